using Counterpoise.Basics;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>
/// Random changes of a training image, in this order: zero padding before a random crop back to size, or a random part
/// resized to it; a mirror image; colour jitter; AutoAugment or RandAugment; Cutout. All but crop and mirror image are
/// off unless set.
/// </summary>
/// <param name="Pad">Pixels of zeros added on every side before cropping; 0 turns cropping off.</param>
/// <param name="Flip">Whether half of the images are mirrored left to right.</param>
internal sealed record Augmentation(int Pad, bool Flip)
{
    /// <summary>The least share of an image's area that is resized to the crop; 0 crops without resizing.</summary>
    public double LeastArea { get; init; }

    /// <summary>Whether such parts are taken from pictures as they are in their files; else from stored images.</summary>
    public bool FromOriginals { get; init; }

    /// <summary>How far factors of brightness, contrast and saturation are from 1 at most; 0 leaves them alone.</summary>
    public double ColourJitter { get; init; }

    /// <summary>How far the hue turns at most, as a share of the circle; 0 leaves it alone.</summary>
    public double HueJitter { get; init; }

    /// <summary>The policy of AutoAugment that the crop then goes through.</summary>
    public AutoAugmentPolicy AutoAugment { get; init; }

    /// <summary>How many operations of RandAugment the crop goes through; 0 for none.</summary>
    public int RandAugment { get; init; }

    /// <summary>Their magnitude, 0 to 30.</summary>
    public int RandAugmentMagnitude { get; init; }

    /// <summary>The side of the square that Cutout paints over, in pixels; 0 paints none.</summary>
    public int Cutout { get; init; }

    /// <summary>What Cutout paints with.</summary>
    public (byte Red, byte Green, byte Blue) CutoutColour { get; init; }

    /// <summary>The changes that settings ask for.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="colour">What Cutout paints with.</param>
    public static Augmentation Of(DataSettings settings, (byte Red, byte Green, byte Blue) colour)
    {
        DataSettings resolved = settings.Resolve();
        return new Augmentation(resolved.Pad!.Value, resolved.Flip)
        {
            LeastArea = resolved.RandomResizedCrop,
            FromOriginals = resolved.CropFrom == CropSource.Original,
            ColourJitter = resolved.ColourJitter,
            HueJitter = resolved.HueJitter,
            AutoAugment = resolved.AutoAugment,
            RandAugment = resolved.RandAugment,
            RandAugmentMagnitude = resolved.RandAugmentMagnitude,
            Cutout = resolved.Cutout,
            CutoutColour = colour,
        };
    }

    /// <summary>All of it as text, for what depends on it.</summary>
    internal string Identity =>
        FormattableString.Invariant(
            $"{Pad} {Flip} {LeastArea:R} {FromOriginals} {ColourJitter:R} {HueJitter:R} {AutoAugment} {RandAugment} {RandAugmentMagnitude} {Cutout} {CutoutColour}"
        );

    /// <summary>The crop and flip of the example at one place of an epoch's order.</summary>
    /// <param name="draws">The run's draws.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="place">The place in the epoch's global order, from 0; not the image's index in the set.</param>
    /// <param name="rows">How many rows more than the crop the image has.</param>
    /// <param name="columns">How many columns more.</param>
    public CropAndFlip Draw(Draws draws, int epoch, long place, int rows = 0, int columns = 0)
    {
        DrawStream stream = draws.At(DrawPurpose.Augmentation, epoch, place);
        int top = stream.NextInt(rows + (2 * Pad) + 1) - Pad;
        int left = stream.NextInt(columns + (2 * Pad) + 1) - Pad;
        return new CropAndFlip(top, left, Flip && stream.NextInt(2) == 1);
    }
}

/// <summary>One image's crop and flip.</summary>
/// <param name="Top">The crop's first row in the unpadded image; negative rows, and rows past the end, are zeros.</param>
/// <param name="Left">The crop's first column in the unpadded image; columns outside the image are zeros.</param>
/// <param name="Flip">Whether the crop is then mirrored left to right.</param>
internal readonly record struct CropAndFlip(int Top, int Left, bool Flip);

/// <summary>The augmentation of one mini-batch: which draw belongs to its i-th example.</summary>
/// <param name="Augmentation">What may change.</param>
/// <param name="Draws">The run's draws.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="FirstPlace">The place of the batch's first example in the epoch's global order.</param>
internal readonly record struct BatchAugmentation(Augmentation Augmentation, Draws Draws, int Epoch, long FirstPlace)
{
    /// <summary>The place of each example, where they do not follow each other; else null.</summary>
    internal IReadOnlyList<long>? Places { get; init; }

    /// <summary>Which of some views the batch's example <paramref name="index"/> is, from 0.</summary>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="views">How many there are.</param>
    internal int ViewAt(int index, int views) => Draws.At(DrawPurpose.ViewChoice, Epoch, PlaceOf(index)).NextInt(views);

    /// <summary>The crop and flip of the batch's example <paramref name="index"/>.</summary>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="rows">How many rows more than the crop the image has.</param>
    /// <param name="columns">How many columns more.</param>
    public CropAndFlip At(int index, int rows = 0, int columns = 0) =>
        Augmentation.Draw(Draws, Epoch, PlaceOf(index), rows, columns);

    /// <summary>The part of an image that is resized to the batch's example <paramref name="index"/>.</summary>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="image">The size of the image that it is cut from.</param>
    public PixelBox PartAt(int index, PixelSize image) =>
        RandomPart.Draw(image, Augmentation.LeastArea, Draws.At(DrawPurpose.RandomResizedCrop, Epoch, PlaceOf(index)));

    /// <summary>Does to the crop of the batch's example <paramref name="index"/> what comes after cropping.</summary>
    /// <param name="crop">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The crop's size.</param>
    /// <param name="index">The example's place in the batch.</param>
    internal void Finish(Span<byte> crop, PixelSize size, int index)
    {
        if (Augmentation is { ColourJitter: > 0 } or { HueJitter: > 0 })
        {
            DrawStream stream = Draws.At(DrawPurpose.ColourJitter, Epoch, PlaceOf(index));
            ColourJitter.Apply(crop, size, Augmentation.ColourJitter, Augmentation.HueJitter, stream);
        }

        if (Augmentation.AutoAugment == AutoAugmentPolicy.Cifar)
        {
            AutoAugment.Apply(crop, size, Draws.At(DrawPurpose.AutoAugment, Epoch, PlaceOf(index)));
        }

        if (Augmentation.RandAugment > 0)
        {
            DrawStream stream = Draws.At(DrawPurpose.RandAugment, Epoch, PlaceOf(index));
            RandAugment.Apply(crop, size, Augmentation.RandAugment, Augmentation.RandAugmentMagnitude, stream);
        }

        if (Augmentation.Cutout > 0)
        {
            DrawStream stream = Draws.At(DrawPurpose.Cutout, Epoch, PlaceOf(index));
            Cutout.Apply(crop, size, Augmentation.Cutout, Augmentation.CutoutColour, stream);
        }
    }

    private long PlaceOf(int index) => Places?[index] ?? FirstPlace + index;
}
