namespace Counterpoise.Data.Features;

/// <summary>How images become what a frozen network takes: (x / 255 - mean) / std of each channel.</summary>
/// <param name="Size">Height and width, in pixels.</param>
/// <param name="Mean">The means of red, green and blue, in units where 255 is 1.</param>
/// <param name="Std">The standard deviations of red, green and blue, in the same units.</param>
/// <param name="BlueFirst">Whether the network takes the channels as blue, green, red.</param>
public sealed record FeaturePreparation(
    int Size,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Std,
    bool BlueFirst = false
)
{
    /// <summary>ImageNet's usual constants, at 224 pixels.</summary>
    public static FeaturePreparation ImageNet { get; } = new(224, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>All of it as text, for what depends on it.</summary>
    internal string Identity =>
        FormattableString.Invariant(
            $"{Size} [{string.Join(' ', Mean)}] [{string.Join(' ', Std)}] {(BlueFirst ? "bgr" : "rgb")}"
        );
}
