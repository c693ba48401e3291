using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Features;

/// <summary>A network as somebody else might have written it: it takes normalised images and gives a vector.</summary>
internal static class SmallExtractor
{
    internal const int Length = 9;
    private static readonly string[] Names = [.. Enumerable.Range(0, Length).Select(i => $"{i}")];

    /// <summary>Its ONNX file, which declares an image size.</summary>
    internal static byte[] Content(int size)
    {
        using StagedNetwork network = Network();
        ImagePreparation images = new(
            new ImageReading(new ImageGeometry(size, size, ResizeRule.Square)),
            Normalisation.Cifar
        );
        return OnnxModel
            .Of(
                network,
                new ClassifierDescription(
                    Names,
                    images,
                    [.. Names.Select(_ => 1)],
                    [.. Names.Select(_ => 0.1)],
                    "small",
                    "erm"
                ),
                new OnnxOptions()
            )
            .Content;
    }

    internal static OnnxExtractor Open(int size) =>
        new("small", Content(32), FeaturePreparation.ImageNet with { Size = size }, threads: 1);

    /// <summary>What the network gives for images [N, 3, H, W], float32, in the caller's dispose scope.</summary>
    internal static Tensor Logits(Tensor images)
    {
        using StagedNetwork network = Network();
        using var noGradient = no_grad();
        return network.call(images);
    }

    /// <summary>Images of noise, [N, 3, size, size].</summary>
    internal static byte[] Pixels(int count, int size)
    {
        DrawStream draws = new Draws(1).At(DrawPurpose.Order, 0, 0);
        byte[] pixels = new byte[count * 3 * size * size];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)draws.NextInt(256);
        }

        return pixels;
    }

    private static StagedNetwork Network()
    {
        StagedNetwork network = NetworkCatalogue.Find("resnet10").Create(Length, new Draws(5));
        network.eval();
        return network;
    }
}
