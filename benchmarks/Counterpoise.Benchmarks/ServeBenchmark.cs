using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Data;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using Microsoft.ML.OnnxRuntime;

namespace Counterpoise.Benchmarks;

/// <summary>Predictions over HTTP with 16 clients, against OnnxRuntime alone on the same images in memory.</summary>
internal sealed class ServeBenchmark : IBenchmark
{
    private const int UsualRounds = 5;
    private const int Size = 64;
    private const int Classes = 100;
    private const int AtOnce = 32;

    public string Name => "serve";

    public string Summary => "ResNet-18 at 64x64 served to 16 clients by wrk, against OnnxRuntime alone";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        if (!HttpLoad.HasWrk)
        {
            Console.Error.WriteLine("wrk is not on the PATH; install it with: apt-get install wrk");
            return
            [
                Figure.Missing("served_over_raw", Figure.TimesAsFast),
                Figure.Missing("served_images_per_second", "images/s"),
                Figure.Missing("p99_ms", "ms"),
            ];
        }

        using var folder = new TemporaryFolder();
        JpegFiles.Write(folder.Path, AtOnce, Size);
        string image = Directory.GetFiles(folder["train/class0"])[0];
        string path = folder["model.onnx"];
        OnnxModel model = Model();
        model.Write(path);
        float[] images = Images(model.Classifier.Images, image);
        using var settings = new SessionOptions { IntraOpNumThreads = options.Threads };
        using var session = new InferenceSession(model.Content, settings);
        using var server = ServedModel.Start(path, options.Threads);
        using var load = new HttpLoad(server.Address, image);
        int seconds = options.Quick ? 1 : 10;
        List<double> p99 = [];
        var raw = new Contestant("OnnxRuntime", () => Raw(session, model, images, options.Quick ? 1 : 100));
        var served = new Contestant(
            "served",
            () =>
            {
                LoadResult result = load.Run(seconds);
                p99.Add(result.P99Ms);
                return result.Turn;
            }
        );
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [raw, served]);
        return
        [
            Figure.Ratio("served_over_raw", Figure.TimesAsFast, served.PerSecond, raw.PerSecond),
            new Figure("served_images_per_second", "images/s", served.PerSecond),
            new Figure("raw_images_per_second", "images/s", raw.PerSecond),
            new Figure("p99_ms", "ms", p99.Skip(1)),
            .. Memory(server, load, options.Quick ? 200 : 100_000, served.PerSecond.Average()),
        ];
    }

    /// <summary>Resident memory of the server after a tenth of many requests, and after all.</summary>
    private static IEnumerable<Figure> Memory(ServedModel server, HttpLoad load, int requests, double perSecond)
    {
        double done = 0;
        var resident = new List<double>();
        while (done < requests)
        {
            done += load.Run((int)Math.Ceiling(requests / 10 / perSecond)).Turn.Work;
            resident.Add(server.ResidentMb);
            Console.Error.WriteLine($"{done:F0} requests: {server.ResidentMb:F0} MB");
        }

        yield return new Figure("requests", "requests", [done]);
        yield return new Figure("resident_mb_first_tenth", "MB", [resident[0]]);
        yield return new Figure("resident_mb", "MB", [resident[^1]]);
    }

    /// <summary>Nothing but OnnxRuntime, as it is set up unless told otherwise, on a batch that is ready.</summary>
    private static Turn Raw(InferenceSession session, OnnxModel model, float[] images, int batches)
    {
        using var run = new RunOptions();
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(images, [AtOnce, 3, Size, Size]);
        return Turn.Measure(
            batches * AtOnce,
            () =>
            {
                for (int batch = 0; batch < batches; batch++)
                {
                    session.Run(run, [model.InputName], [input], [model.OutputName]).Dispose();
                }
            }
        );
    }

    private static float[] Images(ImagePreparation images, string file)
    {
        byte[] pixels = new byte[images.Bytes];
        images.Read(file, pixels);
        float[] batch = new float[AtOnce * images.Bytes];
        for (int i = 0; i < AtOnce; i++)
        {
            images.Normalise(pixels, batch.AsSpan(i * images.Bytes, images.Bytes));
        }

        return batch;
    }

    private static OnnxModel Model()
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet18").Create(Classes, new Draws(0));
        var description = new ClassifierDescription(
            [.. Enumerable.Range(0, Classes).Select(label => $"class {label}")],
            new ImagePreparation(
                new ImageReading(new ImageGeometry(Size, Size, ResizeRule.Square)),
                Normalisation.Cifar
            ),
            [.. Enumerable.Repeat(1, Classes)],
            [.. Enumerable.Repeat(1.0 / Classes, Classes)],
            network.GetName(),
            "erm"
        );
        return OnnxModel.Of(network, description, new OnnxOptions { FoldBatchNormalisation = true });
    }
}
