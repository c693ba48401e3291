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
    /// <param name="options">The data seed that the choice depends on, and whether anything is to be trained on at all.</param>
    /// <exception cref="CounterpoiseException">A class has a single image.</exception>
    public static ImageListing Of(string root, string[] classes, ImageFile[][] files, OpenOptions options)
    {
        if (options.TestsAll)
        {
            ImageFile[] all = [.. files.SelectMany(list => list)];
            return new(classes, [], all, [$"{root}: there is no test part; all {all.Length} images are tested on."]);
        }

        ulong seed = options.Seed;
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

            int taken = Math.Clamp((int)Math.Round(TestShare * count, MidpointRounding.AwayFromZero), 1, count - 1);
            int[] order = new Draws(seed).At(DrawPurpose.TestSplit, 0, c).Permutation(count);
            test.AddRange(order[..taken].Order().Select(i => files[c][i]));
            train.AddRange(order[taken..].Order().Select(i => files[c][i]));
        }

        string note =
            $"{root}: there is no test part; {test.Count} of {test.Count + train.Count} images, 20 % of each class, were "
            + $"split off for testing (data seed {seed}).";
        return new(classes, train, test, [note]);
    }
}
