using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using SkiaSharp;

namespace Counterpoise.Serving.Tests;

/// <summary>A small classifier that was not trained, and pictures for it.</summary>
internal static class Example
{
    internal static readonly string[] Classes = ["cat", "dog", "rare, \"odd\" class"];

    private static readonly Normalisation Grey = new([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]);

    internal static ClassifierDescription Description { get; } =
        new(
            Classes,
            new ImagePreparation(new ImageReading(new ImageGeometry(16, 20, ResizeRule.ShorterSide)), Grey),
            [60, 30, 10],
            [0.6, 0.3, 0.1],
            "resnet8",
            "mfw"
        );

    internal static OnnxModel Model(OnnxOptions? options = null)
    {
        using StagedNetwork network = Network();
        return OnnxModel.Of(network, Description, options);
    }

    internal static StagedNetwork Network()
    {
        StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(Classes.Length, new Draws(1));
        network.eval();
        return network;
    }

    internal static OnnxClassifier Classifier(OnnxOptions? options = null) => new(Model(options), threads: 1);

    /// <summary>A classifier of larger images.</summary>
    internal static OnnxClassifier Classifier(int size)
    {
        using StagedNetwork network = Network();
        ImagePreparation images = new(new ImageReading(new ImageGeometry(size, size, ResizeRule.Square)), Grey);
        return new OnnxClassifier(OnnxModel.Of(network, Description with { Images = images }), threads: 1);
    }

    /// <summary>A picture whose colours depend on its number.</summary>
    internal static byte[] Picture(
        int number,
        int width = 24,
        int height = 20,
        SKEncodedImageFormat format = SKEncodedImageFormat.Png
    )
    {
        using var bitmap = new SKBitmap(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bitmap.SetPixel(
                    x,
                    y,
                    new SKColor((byte)((x * 9) + (number * 31)), (byte)(y * 11 * (number + 1)), (byte)(number * 53))
                );
            }
        }

        using SKData data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
