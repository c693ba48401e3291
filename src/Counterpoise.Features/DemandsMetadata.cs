using System.Globalization;
using System.Text.Json;
using Counterpoise.Basics;
using Counterpoise.Data;

namespace Counterpoise.Features;

/// <summary>What an ONNX file's own metadata says of its images: as exports of this library, and as ONNX's specification of image metadata.</summary>
internal static class DemandsMetadata
{
    /// <param name="model">The ONNX file's name, for messages.</param>
    /// <param name="metadata">Texts by key.</param>
    /// <exception cref="CounterpoiseException">A value makes no sense.</exception>
    internal static ImageDemands Of(string model, IReadOnlyDictionary<string, string> metadata)
    {
        float[]? range = Text("Image.NominalPixelRange") switch
        {
            null => null,
            "NominalRange_0_255" => [0, 1 / 255f],
            "Normalized_0_1" => [0, 1],
            "Normalized_1_1" => [0.5f, 0.5f],
            _ => throw Wrong("Image.NominalPixelRange", "NominalRange_0_255, Normalized_0_1 or Normalized_1_1"),
        };
        int? size = Side("image_size", ImageDemands.LeastSize, ImageDemands.LargestSize);
        return new ImageDemands("the file itself")
        {
            Size = size,
            Resize = Side("resize", size ?? ImageDemands.LeastSize, ImageDemands.LargestResize),
            Rule = Text("resize_rule") switch
            {
                null => null,
                "square" => ResizeRule.Square,
                "shorter_side" => ResizeRule.ShorterSide,
                _ => throw Wrong("resize_rule", "square or shorter_side"),
            },
            Mean = Channels("mean", isPositive: false) ?? (range is null ? null : [range[0], range[0], range[0]]),
            Std = Channels("std", isPositive: true) ?? (range is null ? null : [range[1], range[1], range[1]]),
            Order = Text("Image.BitmapPixelFormat") switch
            {
                null => null,
                "Rgb8" => ChannelOrder.Rgb,
                "Bgr8" => ChannelOrder.Bgr,
                _ => throw Wrong("Image.BitmapPixelFormat", "Rgb8 or Bgr8"),
            },
        };

        string? Text(string key) => metadata.GetValueOrDefault(key);

        int? Side(string key, int least, int most) =>
            Text(key) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side)
            && side >= least
            && side <= most
                ? side
            : throw Wrong(key, $"{least} to {most} pixels");

        float[]? Channels(string key, bool isPositive)
        {
            if (Text(key) is not { } text)
            {
                return null;
            }

            try
            {
                float[] values = JsonSerializer.Deserialize<float[]>(text) ?? [];
                return ChannelValues.Fit(values, isPositive)
                    ? values
                    : throw Wrong(key, ChannelValues.Expected(isPositive));
            }
            catch (JsonException)
            {
                throw Wrong(key, ChannelValues.Expected(isPositive));
            }
        }

        CounterpoiseException Wrong(string key, string expected) =>
            new(
                $"{model}: its metadata has '{key}' '{Printable.Of(metadata[key])}', expected {expected}; say it in a JSON file beside it, or in the recipe (data.features_mean, data.features_std, data.features_order)."
            );
    }
}
