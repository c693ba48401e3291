using Counterpoise.Basics;
using Counterpoise.Data.Files;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Listings;

/// <summary>Makes a test part of data that has none, so that nothing is ever tested on what it was trained on.</summary>
internal static class StratifiedSplit
{
    private const double TestShare = 0.2;

    /// <summary>
    /// Splits a fifth of every class off, at least one image to each side, or as near to it as whole groups allow; or
    /// one of several folds; or everything.
    /// </summary>
    /// <param name="root">The data, for messages.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="files">The files of each class.</param>
    /// <param name="options">The data seed that the choice depends on, the fold, and whether anything is to be trained on at all.</param>
    /// <exception cref="CounterpoiseException">A class has a single image or group.</exception>
    internal static ImageListing Of(string root, string[] classes, ImageFile[][] files, OpenOptions options)
    {
        ImageFile[] all = [.. files.SelectMany(list => list)];
        if (options.TestsAll)
        {
            return new(classes, [], all, [$"{root}: there is no test part; all {all.Length} images are tested on."]);
        }

        int single = Array.FindIndex(files, list => list.Length == 1);
        string refusal =
            single < 0
                ? ""
                : $"{files[single][0].Path}: class '{classes[single]}' has 1 image, expected at least 2: one to train on and "
                    + "one to test on; add images, or make train/ and test/ folders.";
        if (single >= 0)
        {
            return options.Inspects
                ? new(classes, all, [], [$"{refusal} Nothing was split off."])
                : throw new CounterpoiseException(refusal);
        }

        int[]? groups = ImageGroups.Numbers(all);
        ImageListing listing =
            options.Listing.Folds > 0 ? OfFold(root, classes, all, groups, options)
            : groups is not null ? OfGroups(root, classes, all, groups, options)
            : OfImages(root, classes, files, options.Seed);
        return listing with { Notes = [.. listing.Notes, .. NamedLikeParts(root, all)] };
    }

    /// <summary>Names of files may say parts that are not read from them.</summary>
    private static string[] NamedLikeParts(string root, ImageFile[] all)
    {
        ImageFile[] named =
        [
            .. all.Where(file =>
                PartNames.Of(Path.GetFileNameWithoutExtension(file.Path)) is Part.Test or Part.Validation
            ),
        ];
        return named.Length == 0
            ? []
            :
            [
                $"{root}: the names of {named.Length} files say test or validation, such as {Path.GetFileName(named[0].Path)}, "
                    + "but names of files say no part: they are divided like all others; make train/ and test/ folders, or a list with a column split.",
            ];
    }

    /// <summary>The choice of a fifth among images that are known by their labels.</summary>
    /// <param name="root">The data, for messages.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="labels">The label of every image.</param>
    /// <param name="options">The data seed that the choice depends on, and whether the data is only looked at.</param>
    /// <returns>The positions to train on and those to test on, both ascending, and what the user must be told.</returns>
    /// <exception cref="CounterpoiseException">A class has a single image.</exception>
    internal static (int[] Train, int[] Test, string Note) Of(
        string root,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> labels,
        OpenOptions options
    )
    {
        int[][] positions = ClassPositions.Of(labels, classes.Count);
        int single = Array.FindIndex(positions, list => list.Length == 1);
        if (single >= 0)
        {
            string refusal =
                $"{root}: class '{classes[single]}' has 1 image, expected at least 2: one to train on and one to test on; add images, or a test part.";
            return options.Inspects
                ? ([.. Enumerable.Range(0, labels.Count)], [], $"{refusal} Nothing was split off.")
                : throw new CounterpoiseException(refusal);
        }

        List<int> train = [];
        List<int> test = [];
        for (int c = 0; c < positions.Length; c++)
        {
            (int[] trained, int[] tested) = OfClass(c, positions[c].Length, options.Seed);
            train.AddRange(trained.Select(i => positions[c][i]));
            test.AddRange(tested.Select(i => positions[c][i]));
        }

        return ([.. train.Order()], [.. test.Order()], Note(root, test.Count, labels.Count, options.Seed));
    }

    private static ImageListing OfImages(string root, string[] classes, ImageFile[][] files, ulong seed)
    {
        List<ImageFile> train = [];
        List<ImageFile> test = [];
        for (int c = 0; c < classes.Length; c++)
        {
            (int[] trained, int[] tested) = OfClass(c, files[c].Length, seed);
            test.AddRange(tested.Select(i => files[c][i]));
            train.AddRange(trained.Select(i => files[c][i]));
        }

        return new(classes, train, test, [Note(root, test.Count, test.Count + train.Count, seed)]);
    }

    private static (int[] Train, int[] Test) OfClass(int c, int count, ulong seed)
    {
        int taken = Math.Clamp((int)Math.Round(TestShare * count, MidpointRounding.AwayFromZero), 1, count - 1);
        int[] order = new Draws(seed).At(DrawPurpose.TestSplit, 0, c).Permutation(count);
        return ([.. order[taken..].Order()], [.. order[..taken].Order()]);
    }

    private static string Note(string root, int test, int all, ulong seed) =>
        $"{root}: there is no test part; {test} of {all} images, 20 % of each class, were "
        + $"split off for testing (data seed {seed}).";

    /// <summary>As near to the share of every class as whole groups allow.</summary>
    private static ImageListing OfGroups(
        string root,
        string[] classes,
        ImageFile[] files,
        int[] groups,
        OpenOptions options
    )
    {
        RequireGroups(root, classes, files, groups);
        int[] labels = [.. files.Select(file => file.Label)];
        double[] wanted = [.. classes.Select((_, c) => TestShare * labels.Count(label => label == c))];
        DrawStream draws = new Draws(options.Seed).At(DrawPurpose.TestSplit, 3, 0);
        var tested = WholeGroups.Choose(labels, groups, wanted, draws, isOneAtLeast: true).ToHashSet();
        ImageListing listing = Divided(classes, files, [.. files.Select((_, i) => tested.Contains(i) ? 0 : 1)], 0);
        return listing with
        {
            Notes =
            [
                $"{root}: there is no test part; {listing.Test.Count} of {files.Length} images, {Shares(listing)} of a class, were "
                    + $"split off for testing in whole groups (data seed {options.Seed}).{Untested(listing)}",
            ],
        };
    }

    private static ImageListing OfFold(
        string root,
        string[] classes,
        ImageFile[] files,
        int[]? groups,
        OpenOptions options
    )
    {
        (int fold, int count) = (options.Listing.Fold, options.Listing.Folds);
        if (count < 2 || fold < 1 || fold > count)
        {
            throw new UsageException($"Fold {fold} of {count} is asked for; give 2 folds or more, and one of them.");
        }

        int[] folds = FoldsOf(root, classes, files, groups, count, options.Seed);
        ImageListing listing = Divided(classes, files, folds, fold - 1);
        return listing with
        {
            Notes =
            [
                $"{root}: fold {fold} of {count} is tested on, {listing.Test.Count} of {files.Length} images, {Shares(listing)} of a class (data seed {options.Seed}).{Untested(listing)}",
            ],
        };
    }

    /// <summary>Folds none of which holds a class whole.</summary>
    private static int[] FoldsOf(string root, string[] classes, ImageFile[] files, int[]? groups, int count, ulong seed)
    {
        int[] labels = [.. files.Select(file => file.Label)];
        int parts = groups?.Distinct().Count() ?? files.Length;
        if (parts < count)
        {
            throw new UsageException(
                $"{root}: has {parts} {(groups is null ? "images" : "groups")}, expected at least one for each of {count} folds; give fewer folds."
            );
        }

        if (groups is not null)
        {
            RequireGroups(root, classes, files, groups);
        }

        int[] folds = Folds.Of(labels, classes.Length, groups, count, seed);
        for (int c = 0; c < classes.Length; c++)
        {
            if (folds.Where((_, i) => labels[i] == c).Distinct().Count() < 2)
            {
                throw new CounterpoiseException(
                    $"{root}: the groups of class '{classes[c]}' cannot be on both sides of a split, so large are they; choose smaller groups."
                );
            }
        }

        return folds;
    }

    /// <summary>Refuses a class whose images are all of one group: it cannot be on both sides.</summary>
    private static void RequireGroups(string root, string[] classes, ImageFile[] files, int[] groups)
    {
        var groupsOf = files
            .Select((file, i) => (file.Label, Group: groups[i]))
            .Distinct()
            .CountBy(image => image.Label)
            .ToDictionary();
        int whole = Array.FindIndex([.. classes.Select((_, c) => groupsOf.GetValueOrDefault(c))], number => number < 2);
        if (whole >= 0)
        {
            throw new CounterpoiseException(
                $"{root}: all images of class '{classes[whole]}' are of one group, expected at least 2: one to train on and one to test on; "
                    + $"add images of others, or choose another {Named("group")}."
            );
        }
    }

    private static string Untested(ImageListing listing)
    {
        string[] none = [.. listing.Classes.Where((_, c) => listing.Test.All(file => file.Label != c)).Take(10)];
        return none.Length == 0 ? "" : $" No test images of {string.Join(", ", none)}.";
    }

    private static ImageListing Divided(string[] classes, ImageFile[] files, int[] folds, int tested) =>
        new(
            classes,
            [.. files.Where((_, i) => folds[i] != tested)],
            [.. files.Where((_, i) => folds[i] == tested)],
            []
        );

    /// <summary>The smallest and the largest share of a class that is tested on.</summary>
    private static string Shares(ImageListing listing)
    {
        double[] shares =
        [
            .. listing.Classes.Select(
                (_, c) =>
                {
                    int test = listing.Test.Count(file => file.Label == c);
                    return 100.0 * test / (test + listing.Train.Count(file => file.Label == c));
                }
            ),
        ];
        string least = $"{shares.Min():F0}";
        string most = $"{shares.Max():F0}";
        return least == most ? $"{least} %" : $"{least} to {most} %";
    }
}
