using Counterpoise.Data.Files;
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

/// <summary>The sizes that an image goes through: cut where it is very thin, resized, then cropped.</summary>
/// <param name="Size">Height and width of what the network gets, in pixels.</param>
/// <param name="Resize">The length of a side, or of the shorter one, after resizing, in pixels; at least Size.</param>
/// <param name="Rule">Which sides get that length.</param>
internal readonly record struct ImageGeometry(int Size, int Resize, ResizeRule Rule)
{
    /// <summary>Where the shape is kept, the longer side is at most this many times the shorter one: a line of pixels would become gigabytes.</summary>
    internal const int LongestShape = 16;

    // More than this could not be kept: the first rules cut only what would have failed.
    private const long MostResized = 100_000_000;

    /// <summary>The middle part of an image that is used, before it is resized.</summary>
    /// <param name="original">The image's size, upright or not.</param>
    /// <param name="rules">The version of the rules.</param>
    internal PixelSize Used(PixelSize original, int rules)
    {
        int shorter = Math.Min(original.Width, original.Height);
        bool isWhole =
            Rule == ResizeRule.Square
            || (
                rules == DecodingRules.First
                && (double)original.Width * original.Height / shorter / shorter * Resize * Resize <= MostResized
            );
        long longest = isWhole ? int.MaxValue : (long)LongestShape * shorter;
        return new((int)Math.Min(original.Width, longest), (int)Math.Min(original.Height, longest));
    }

    /// <summary>The size after resizing.</summary>
    /// <param name="used">The size of the part that is used, upright or not.</param>
    internal PixelSize Stored(PixelSize used)
    {
        if (Rule == ResizeRule.Square)
        {
            return new PixelSize(Resize, Resize);
        }

        int shorter = Math.Min(used.Width, used.Height);
        return new PixelSize(Scaled(used.Width, shorter), Scaled(used.Height, shorter));
    }

    private int Scaled(int side, int shorter) => Math.Max(Resize, (int)Math.Round((double)side * Resize / shorter));
}
