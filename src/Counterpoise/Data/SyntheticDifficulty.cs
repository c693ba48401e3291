namespace Counterpoise.Data;

/// <summary>How hard the synthetic images are. A range is drawn from uniformly, per image.</summary>
internal sealed record SyntheticDifficulty
{
    public static SyntheticDifficulty Default { get; } = new();

    /// <summary>Radius of the shape, in pixels.</summary>
    public (double Least, double Most) Radius { get; init; } = (9, 12);

    /// <summary>The shape's width over its height is within this factor of 1, either way.</summary>
    public double Squeeze { get; init; } = 1.2;

    /// <summary>The shape is turned by at most this, in radians, either way.</summary>
    public double Tilt { get; init; } = 0.3;

    /// <summary>The shape's centre is at most this far from the image's along each axis, in pixels.</summary>
    public double Shift { get; init; } = 3;

    /// <summary>How far the shape's colour is from the background's, in gray levels.</summary>
    public (double Least, double Most) Contrast { get; init; } = (70, 150);

    /// <summary>Amplitude of the waves laid over the background and the shape, in gray levels.</summary>
    public (double Least, double Most) Texture { get; init; } = (0, 10);

    /// <summary>Standard deviation of the noise of each value, in gray levels.</summary>
    public (double Least, double Most) Noise { get; init; } = (3, 12);

    /// <summary>The most small blobs strewn over the background; 0 to this many are drawn.</summary>
    public int Clutter { get; init; } = 2;

    /// <summary>The share of images with a bar across the shape.</summary>
    public double Occluded { get; init; } = 0.2;

    /// <summary>Half width of that bar, in pixels.</summary>
    public (double Least, double Most) Bar { get; init; } = (0.8, 2.2);
}
