namespace Counterpoise.Data;

/// <summary>How hard the synthetic images are. A range is drawn from uniformly, per image.</summary>
internal sealed record SyntheticDifficulty
{
    public static SyntheticDifficulty Default { get; } = new();

    /// <summary>Radius of the shape, in pixels.</summary>
    public (double Least, double Most) Radius { get; init; } = (6.5, 11.5);

    /// <summary>The shape's width over its height is within this factor of 1, either way.</summary>
    public double Squeeze { get; init; } = 1.2;

    /// <summary>How far the shape's colour is from the background's, in gray levels.</summary>
    public (double Least, double Most) Contrast { get; init; } = (35, 120);

    /// <summary>Amplitude of the waves laid over the background and the shape, in gray levels.</summary>
    public (double Least, double Most) Texture { get; init; } = (0, 28);

    /// <summary>Standard deviation of the noise of each value, in gray levels.</summary>
    public (double Least, double Most) Noise { get; init; } = (8, 30);

    /// <summary>The most small blobs strewn over the background; 0 to this many are drawn.</summary>
    public int Clutter { get; init; } = 5;

    /// <summary>The share of images with a bar across the shape.</summary>
    public double Occluded { get; init; } = 0.5;

    /// <summary>Half width of that bar, in pixels.</summary>
    public (double Least, double Most) Bar { get; init; } = (0.8, 2.2);
}
