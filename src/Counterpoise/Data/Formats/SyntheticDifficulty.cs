namespace Counterpoise.Data.Formats;

/// <summary>How hard the synthetic images are. A range is drawn from uniformly, per image.</summary>
internal sealed record SyntheticDifficulty
{
    public static SyntheticDifficulty Default { get; } = new();

    /// <summary>Radius of the shape, in pixels.</summary>
    public (double Least, double Most) Radius { get; init; } = (6.5, 11.5);

    /// <summary>The shape's width over its height is within this factor of 1, either way.</summary>
    public double Squeeze { get; init; } = 1.2;

    /// <summary>Saturation of the shape's colour, and how far other colours are from the background's, in gray levels.</summary>
    public (double Least, double Most) Contrast { get; init; } = (70, 150);

    /// <summary>Standard deviation of a shape's hue around its class's, in radians; neighbouring classes are 0.63 apart.</summary>
    public double HueSpread { get; init; } = 0.35;

    /// <summary>Amplitude of the waves laid over the background and the shape, in gray levels.</summary>
    public (double Least, double Most) Texture { get; init; } = (0, 14);

    /// <summary>Standard deviation of the noise of each value, in gray levels.</summary>
    public (double Least, double Most) Noise { get; init; } = (4, 14);

    /// <summary>The most small blobs strewn over the background; 0 to this many are drawn.</summary>
    public int Clutter { get; init; } = 3;

    /// <summary>The share of images with a bar across the shape.</summary>
    public double Occluded { get; init; } = 0.3;

    /// <summary>Half width of that bar, in pixels.</summary>
    public (double Least, double Most) Bar { get; init; } = (0.8, 2.2);
}
