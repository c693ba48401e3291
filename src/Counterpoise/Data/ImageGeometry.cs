using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>How an image of any shape becomes one that is cropped from.</summary>
public enum ResizeRule
{
    /// <summary>Both sides get the same length, whatever the shape was.</summary>
    Square,

    /// <summary>The shorter side gets the length, and the longer one keeps the proportion.</summary>
    ShorterSide,
}

/// <summary>The sizes that an image goes through: resized first, then cropped.</summary>
/// <param name="Size">Height and width of what the network gets, in pixels.</param>
/// <param name="Resize">The length of a side, or of the shorter one, after resizing, in pixels; at least Size.</param>
/// <param name="Rule">Which sides get that length.</param>
internal readonly record struct ImageGeometry(int Size, int Resize, ResizeRule Rule)
{
    /// <summary>The size after resizing, of an upright image.</summary>
    internal PixelSize Stored(PixelSize original)
    {
        if (Rule == ResizeRule.Square)
        {
            return new PixelSize(Resize, Resize);
        }

        int shorter = Math.Min(original.Width, original.Height);
        return new PixelSize(Scaled(original.Width, shorter), Scaled(original.Height, shorter));
    }

    private int Scaled(int side, int shorter) => Math.Max(Resize, (int)Math.Round((double)side * Resize / shorter));
}
