using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>All that decides which pixels an image file becomes.</summary>
/// <param name="Geometry">The sizes that it goes through.</param>
internal sealed record ImageReading(ImageGeometry Geometry)
{
    /// <summary>What transparent pixels are laid over.</summary>
    public BackgroundColour Background { get; init; }

    /// <summary>What values of 16 bits are scaled by.</summary>
    public PixelRange Range { get; init; }

    /// <summary>The version of the rules.</summary>
    public int Rules { get; init; } = DecodingRules.Newest;

    /// <summary>
    /// Which part of an upright picture, of the size that it has in its file, becomes the crop at once; null resizes the
    /// whole, to be cropped from.
    /// </summary>
    public Func<PixelSize, PixelBox>? Part { get; init; }

    /// <summary>Whether versions before the second one read files so, too.</summary>
    public bool IsFirst => Rules == DecodingRules.First && Background == default && Range == PixelRange.Full;

    /// <summary>What tells pixels of this reading from those of another one; empty for the first.</summary>
    public string Identity => IsFirst ? "" : $"decoding {Rules} {Background} {Range}";
}
