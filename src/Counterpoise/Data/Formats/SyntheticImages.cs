using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>
/// The built-in data set: ten classes of 32x32 images drawn by code, so that everything can be tried without a
/// download. Shapes vary in place, size, angle, colour and texture, among clutter and noise; each has hues it is mostly
/// drawn in, which it shares in part with the shape that looks most like it.
/// </summary>
internal static class SyntheticImages
{
    /// <summary>What <see cref="ImageDataSource.Open"/> knows the set by.</summary>
    public const string Name = "synthetic";

    /// <summary>Height and width of every image, in pixels.</summary>
    public const int Size = 32;

    /// <summary>Training images per class unless said otherwise.</summary>
    public const int TrainPerClass = 500;

    /// <summary>Test images per class unless said otherwise.</summary>
    public const int TestPerClass = 100;

    /// <summary>Draws the set. Image i has class i mod 10 and depends on the seed, its part and i alone.</summary>
    /// <param name="seed">The data seed.</param>
    /// <param name="trainPerClass">Training images per class.</param>
    /// <param name="testPerClass">Test images per class; none of them is a training image.</param>
    public static ImageData Open(ulong seed, int trainPerClass = TrainPerClass, int testPerClass = TestPerClass)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trainPerClass);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(testPerClass);
        string note =
            $"{Name}: recognised the built-in set, drawn by code: {SyntheticShape.Names.Count} classes, {trainPerClass} "
            + $"training and {testPerClass} test images each (data seed {seed}).";
        return new ImageData(
            Name,
            Draw(seed, part: 0, trainPerClass, SyntheticDifficulty.Default),
            Draw(seed, part: 1, testPerClass, SyntheticDifficulty.Default),
            [note]
        );
    }

    internal static InMemoryImages Draw(ulong seed, int part, int perClass, SyntheticDifficulty difficulty)
    {
        int classes = SyntheticShape.Names.Count;
        int[] labels = [.. Enumerable.Range(0, perClass * classes).Select(i => i % classes)];
        InMemoryImages images = InMemoryImages.Allocate(labels, SyntheticShape.Names, Size, Size);
        Parallel.For(
            0,
            labels.Length,
            i =>
                SyntheticImage.Draw(
                    labels[i],
                    new Draws(seed).At(DrawPurpose.Synthetic, part, i),
                    difficulty,
                    images.Pixels(i)
                )
        );
        return images;
    }
}
