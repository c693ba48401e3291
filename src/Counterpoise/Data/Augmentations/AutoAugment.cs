using Counterpoise.Basics;
using Counterpoise.Data.Pixels;
using static Counterpoise.Data.Augmentations.PixelOperation;

namespace Counterpoise.Data.Augmentations;

/// <summary>An operation of a sub-policy.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Probability">How often.</param>
/// <param name="Level">How strongly, 0 to 9; without meaning for operations without a magnitude.</param>
internal readonly record struct PolicyStep(PixelOperation Operation, double Probability, int Level = 0);

/// <summary>What AutoAugment does to one image.</summary>
/// <param name="SubPolicy">The sub-policy's index.</param>
/// <param name="First">Its first operation, or null where that is not done.</param>
/// <param name="Second">Its second operation, or null.</param>
internal readonly record struct AutoAugmentDraw(int SubPolicy, PixelChange? First, PixelChange? Second);

/// <summary>
/// AutoAugment with the policy learned on CIFAR-10: of 25 pairs of operations each image gets one, and each operation of
/// the pair is done with its own probability (Cubuk et al., CVPR 2019, table 7).
/// </summary>
internal static class AutoAugment
{
    /// <summary>The sub-policies in the paper's order.</summary>
    internal static IReadOnlyList<(PolicyStep First, PolicyStep Second)> Cifar { get; } =
    [
        (new(Invert, 0.1), new(Contrast, 0.2, 6)),
        (new(Rotate, 0.7, 2), new(TranslateX, 0.3, 9)),
        (new(Sharpness, 0.8, 1), new(Sharpness, 0.9, 3)),
        (new(ShearY, 0.5, 8), new(TranslateY, 0.7, 9)),
        (new(AutoContrast, 0.5), new(Equalize, 0.9)),
        (new(ShearY, 0.2, 7), new(Posterize, 0.3, 7)),
        (new(Color, 0.4, 3), new(Brightness, 0.6, 7)),
        (new(Sharpness, 0.3, 9), new(Brightness, 0.7, 9)),
        (new(Equalize, 0.6), new(Equalize, 0.5)),
        (new(Contrast, 0.6, 7), new(Sharpness, 0.6, 5)),
        (new(Color, 0.7, 7), new(TranslateX, 0.5, 8)),
        (new(Equalize, 0.3), new(AutoContrast, 0.4)),
        (new(TranslateY, 0.4, 3), new(Sharpness, 0.2, 6)),
        (new(Brightness, 0.9, 6), new(Color, 0.2, 8)),
        (new(Solarize, 0.5, 2), new(Invert, 0)),
        (new(Equalize, 0.2), new(AutoContrast, 0.6)),
        (new(Equalize, 0.2), new(Equalize, 0.6)),
        (new(Color, 0.9, 9), new(Equalize, 0.6)),
        (new(AutoContrast, 0.8), new(Solarize, 0.2, 8)),
        (new(Brightness, 0.1, 3), new(Color, 0.7, 0)),
        (new(Solarize, 0.4, 5), new(AutoContrast, 0.9)),
        (new(TranslateY, 0.9, 9), new(TranslateY, 0.7, 9)),
        (new(AutoContrast, 0.9), new(Solarize, 0.8, 3)),
        (new(Equalize, 0.8), new(Invert, 0.1)),
        (new(TranslateY, 0.7, 9), new(AutoContrast, 0.9)),
    ];

    /// <summary>What one image gets.</summary>
    /// <param name="stream">Draws of this image's own.</param>
    internal static AutoAugmentDraw Draw(DrawStream stream)
    {
        int chosen = stream.NextInt(Cifar.Count);
        PixelChange? first = Draw(Cifar[chosen].First, ref stream);
        PixelChange? second = Draw(Cifar[chosen].Second, ref stream);
        return new AutoAugmentDraw(chosen, first, second);
    }

    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="stream">Draws of this image's own.</param>
    internal static void Apply(Span<byte> image, PixelSize size, DrawStream stream)
    {
        AutoAugmentDraw draw = Draw(stream);
        draw.First?.Apply(image, size);
        draw.Second?.Apply(image, size);
    }

    private static PixelChange? Draw(PolicyStep step, ref DrawStream stream)
    {
        bool done = stream.NextDouble() < step.Probability;
        bool negative = stream.NextInt(2) == 0;
        return done ? PixelChange.At(step.Operation, step.Level, negative) : null;
    }
}
