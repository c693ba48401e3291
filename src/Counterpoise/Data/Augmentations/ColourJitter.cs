using Counterpoise.Basics;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>Random brightness, contrast, saturation and hue, one after the other in random order, as torchvision's ColorJitter.</summary>
internal static class ColourJitter
{
    /// <summary>The number of changes.</summary>
    internal const int Changes = 4;

    /// <summary>What one image gets, in order.</summary>
    /// <param name="strength">Factors of brightness, contrast and saturation are from 1 less this, or 0, to 1 more.</param>
    /// <param name="hue">The hue turns by up to this share of the circle, either way; 0 to 0.5.</param>
    /// <param name="stream">Draws of this image's own.</param>
    /// <param name="changes">[4], written.</param>
    internal static void Draw(double strength, double hue, DrawStream stream, Span<PixelChange> changes)
    {
        changes[0] = new(PixelOperation.Brightness, Factor(strength, ref stream) - 1);
        changes[1] = new(PixelOperation.Contrast, Factor(strength, ref stream) - 1);
        changes[2] = new(PixelOperation.Color, Factor(strength, ref stream) - 1);
        changes[3] = new(PixelOperation.Hue, hue * ((2 * stream.NextDouble()) - 1));
        stream.Shuffle(changes);
    }

    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="strength">As in <see cref="Draw"/>.</param>
    /// <param name="hue">As in <see cref="Draw"/>.</param>
    /// <param name="stream">Draws of this image's own.</param>
    internal static void Apply(Span<byte> image, PixelSize size, double strength, double hue, DrawStream stream)
    {
        Span<PixelChange> changes = stackalloc PixelChange[Changes];
        Draw(strength, hue, stream, changes);
        foreach (PixelChange change in changes)
        {
            if (change.Magnitude != 0)
            {
                change.Apply(image, size);
            }
        }
    }

    private static double Factor(double strength, ref DrawStream stream)
    {
        double lowest = Math.Max(0, 1 - strength);
        return lowest + (stream.NextDouble() * (1 + strength - lowest));
    }
}
