using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>Makes a test part of a folder that has none, so that nothing is ever tested on what it was trained on.</summary>
internal static class StratifiedSplit
{
    private const double TestShare = 0.2;

    /// <summary>Splits a fifth of every class off, at least one image to each side.</summary>
    /// <param name="root">The folder, for messages.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="files">The files of each class.</param>
    /// <param name="seed">The data seed that the choice depends on.</param>
    /// <exception cref="CounterpoiseException">A class has a single image.</exception>
    public static ImageListing Of(string root, string[] classes, ImageFile[][] files, ulong seed)
    {
        List<ImageFile> train = [];
        List<ImageFile> test = [];
        for (int c = 0; c < classes.Length; c++)
        {
            int count = files[c].Length;
            if (count == 1)
            {
                throw new CounterpoiseException(
                    $"{files[c][0].Path}: class '{classes[c]}' has 1 image, expected at least 2: one to train on and "
                        + "one to test on; add images, or make train/ and test/ folders."
                );
            }

            (int[] trained, int[] tested) = OfClass(c, count, seed);
            test.AddRange(tested.Select(i => files[c][i]));
            train.AddRange(trained.Select(i => files[c][i]));
        }

        return new(classes, train, test, [Note(root, test.Count, test.Count + train.Count, seed)]);
    }

    /// <summary>The same choice of images that are known by their labels.</summary>
    /// <param name="root">The data set, for messages.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="labels">The label of every image.</param>
    /// <param name="seed">The data seed that the choice depends on.</param>
    /// <returns>The positions to train on and those to test on, both ascending.</returns>
    /// <exception cref="CounterpoiseException">A class has a single image.</exception>
    public static (int[] Train, int[] Test) Of(
        string root,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> labels,
        ulong seed
    )
    {
        List<int> train = [];
        List<int> test = [];
        foreach ((int c, int[] positions) in ClassPositions.Of(labels, classes.Count).Index())
        {
            if (positions.Length == 1)
            {
                throw new CounterpoiseException(
                    $"{root}: class '{classes[c]}' has 1 image, expected at least 2: one to train on and one to test on; "
                        + "add images, or a test part."
                );
            }

            (int[] trained, int[] tested) = OfClass(c, positions.Length, seed);
            train.AddRange(trained.Select(i => positions[i]));
            test.AddRange(tested.Select(i => positions[i]));
        }

        return ([.. train.Order()], [.. test.Order()]);
    }

    /// <summary>What the user must be told.</summary>
    public static string Note(string root, int test, int all, ulong seed) =>
        $"{root}: there is no test part; {test} of {all} images, 20 % of each class, were "
        + $"split off for testing (data seed {seed}).";

    private static (int[] Train, int[] Test) OfClass(int c, int count, ulong seed)
    {
        int taken = Math.Clamp((int)Math.Round(TestShare * count, MidpointRounding.AwayFromZero), 1, count - 1);
        int[] order = new Draws(seed).At(DrawPurpose.TestSplit, 0, c).Permutation(count);
        return ([.. order[taken..].Order()], [.. order[..taken].Order()]);
    }
}
