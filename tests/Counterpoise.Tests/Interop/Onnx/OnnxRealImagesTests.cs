using Counterpoise.Data;
using Counterpoise.Interop;
using Counterpoise.Interop.Onnx;
using Counterpoise.Models;
using TorchSharp;
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
        int size = network.Stages.Count > 4 ? 160 : 32; // Moments over a few places of a small map amplify every rounding.
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
        float[] wanted = network.call(input).data<float>().ToArray();
        foreach (bool folded in new[] { false, true })
        {
            var options = new OnnxOptions { FoldBatchNormalisation = folded, IncludeNormalisation = true };
            byte[] model = OnnxModel.Of(network, described, options).Content;
            float[] found = OnnxRun.Output(
                model,
                "pixels",
                tensor(pixels, ScalarType.Byte).reshape(Images, 3, size, size)
            );
            double apart = OnnxRun.Apart(wanted, found);
            output.WriteLine(
                $"{name}{(folded ? ", folded" : "")}: {apart:E1} apart, logits up to {wanted.Max(Math.Abs):F1}"
            );
            Assert.True(apart < 1e-4, $"{apart} apart");
        }
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
