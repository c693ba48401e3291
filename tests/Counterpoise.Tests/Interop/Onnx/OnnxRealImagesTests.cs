using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop.Onnx;

/// <summary>Every network on photographs, where the variable <c>COUNTERPOISE_PHOTOS</c> names a folder of JPEG files.</summary>
public sealed class OnnxRealImagesTests(ITestOutputHelper output)
{
    private const int Images = 8;
    private const int Classes = 10;

    public static TheoryData<string> Networks => [.. NetworkCatalogue.All.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_network_gives_the_same_logits_for_photographs(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("COUNTERPOISE_PHOTOS");
        Assert.SkipUnless(Directory.Exists(folder), "COUNTERPOISE_PHOTOS names no folder of JPEG files.");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(Classes, new Draws(2));
        int size = network.Stages.Count > 4 ? 96 : 32;
        ClassifierDescription described = OnnxRun.Describe(network, Classes, size);
        byte[] pixels = Read(folder!, described.Images);
        float[] images = new float[pixels.Length];
        for (int image = 0; image < Images; image++)
        {
            Range part = (image * described.Images.Bytes)..((image + 1) * described.Images.Bytes);
            described.Images.Normalise(pixels.AsSpan(part), images.AsSpan(part));
        }

        Tensor input = tensor(images).reshape(Images, 3, size, size);
        OnnxRun.Shake(network, 20, size, input);
        float[][] found =
        [
            .. new[] { false, true }.Select(folded =>
            {
                var options = new OnnxOptions { FoldBatchNormalisation = folded, IncludeNormalisation = true };
                byte[] model = OnnxModel.Of(network, described, options).Content;
                return OnnxRun.Output(model, "pixels", tensor(pixels, ScalarType.Byte).reshape(Images, 3, size, size));
            }),
        ];
        float[] exact = OnnxRun.Exact(network, input);
        output.WriteLine(
            $"{name}: exported {OnnxRun.Apart(exact, found[0]):E1} from float64, folded {OnnxRun.Apart(exact, found[1]):E1}; "
                + $"logits up to {exact.Max(Math.Abs):F1}"
        );
        double bound = 1e-4 * Math.Max(1, exact.Max(Math.Abs));
        Assert.All(found, one => Assert.True(OnnxRun.Apart(exact, one) < bound));
    }

    private static byte[] Read(string folder, ImagePreparation images)
    {
        byte[] pixels = new byte[Images * images.Bytes];
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder, "*.JPEG", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Take(Images),
        ];
        Assert.Equal(Images, files.Length);
        for (int image = 0; image < Images; image++)
        {
            Assert.Null(images.Read(files[image], pixels.AsSpan(image * images.Bytes, images.Bytes)));
        }

        return pixels;
    }
}
