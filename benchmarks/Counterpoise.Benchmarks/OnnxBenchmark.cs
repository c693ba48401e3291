using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Data;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using Counterpoise.Runtime;
using Counterpoise.Serving;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks;

/// <summary>Every network as OnnxRuntime computes it, against this library: how equal, and how fast.</summary>
internal sealed class OnnxBenchmark : IBenchmark
{
    private const int UsualRounds = 3;
    private const int Classes = 10;

    public string Name => "onnx";

    public string Summary => "exported networks by OnnxRuntime against their evaluation here, in float32";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        IEnumerable<NetworkDescription> networks = options.Quick ? NetworkCatalogue.All.Take(1) : NetworkCatalogue.All;
        return [.. networks.SelectMany(network => Compare(network, options))];
    }

    private static IEnumerable<Figure> Compare(NetworkDescription network, BenchmarkOptions options)
    {
        using StagedNetwork own = network.Create(Classes, new Draws(1));
        int size = SizeOf(network.Name);
        var preparation = new ImagePreparation(
            new ImageReading(new ImageGeometry(size, size, ResizeRule.Square)),
            Normalisation.Cifar
        );
        var description = new ClassifierDescription(
            [.. Enumerable.Range(0, Classes).Select(label => $"{label}")],
            preparation,
            [.. Enumerable.Repeat(1, Classes)],
            [.. Enumerable.Repeat(1.0 / Classes, Classes)],
            network.Name,
            "erm"
        );
        int images = Math.Max(1, (options.Quick ? 1 << 12 : 1 << 17) / (size * size));
        byte[] bytes = Pixels(preparation, images);
        using Tensor pixels = tensor(bytes, ScalarType.Byte).reshape(images, 3, size, size);
        Settle(own, pixels);
        using var exported = new OnnxClassifier(
            OnnxModel.Of(own, description, new OnnxOptions { FoldBatchNormalisation = true }),
            options.Threads
        );
        using var input = new InputPipeline(Normalisation.Cifar, options.Execution with { Precision = Precision.Fp32 });
        float[] theirs = new float[images * Classes];
        float[] ours = [];
        var onnx = new Contestant(
            $"{network.Name} by OnnxRuntime",
            () => Turn.Measure(images, () => exported.Classify(bytes, images, theirs))
        );
        var here = new Contestant(
            $"{network.Name} here",
            () => Turn.Measure(images, () => ours = Probabilities(own, input, pixels))
        );
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [onnx, here]);
        double apart = ours.Zip(theirs, (one, other) => Math.Abs((double)one - other)).Max();
        yield return new Figure($"{network.Name}_apart", "probability", [apart]);
        yield return Figure.Ratio($"{network.Name}_over_onnx", Figure.TimesAsFast, here.PerSecond, onnx.PerSecond);
    }

    private static byte[] Pixels(ImagePreparation preparation, int images)
    {
        using var folder = new TemporaryFolder();
        JpegFiles.Write(folder.Path, images);
        byte[] pixels = new byte[images * preparation.Bytes];
        string[] files = Directory.GetFiles(folder["train"], "*", SearchOption.AllDirectories);
        for (int i = 0; i < images; i++)
        {
            preparation.Read(files[i], pixels.AsSpan(i * preparation.Bytes, preparation.Bytes));
        }

        return pixels;
    }

    /// <summary>Moments of the images themselves, so that features have the sizes of a trained network's.</summary>
    private static void Settle(StagedNetwork network, Tensor pixels)
    {
        const int batches = 20;
        network.train();
        using (no_grad())
        {
            for (int batch = 0; batch < batches; batch++)
            {
                using var scope = NewDisposeScope();
                network.Map((pixels[..Math.Min(8, (int)pixels.shape[0])].to(ScalarType.Float32) - 120) / 60);
            }
        }

        network.eval();
    }

    private static float[] Probabilities(StagedNetwork network, InputPipeline input, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return network.call(input.Prepare(pixels)).softmax(1).contiguous().data<float>().ToArray();
    }

    private static int SizeOf(string network) =>
        network switch
        {
            "tiny-resnet18" => 64,
            "resnet12" => 84,
            _ when network.StartsWith("cifar", StringComparison.Ordinal) => 32,
            _ when NetworkCatalogue.Find(network).Stages.Count == 4 => 32,
            _ => 224,
        };
}
