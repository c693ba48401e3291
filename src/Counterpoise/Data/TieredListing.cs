namespace Counterpoise.Data;

/// <summary>Which step of the Tiered-ImageNet protocol is trained.</summary>
public enum TieredStep
{
    /// <summary>The major classes and the test classes, tested on their test images: what is reported.</summary>
    Test,

    /// <summary>The major classes and the validation classes, tested on their validation images: for choosing hyper-parameters.</summary>
    Tune,
}

/// <summary>How many images of a class the protocol takes for what.</summary>
/// <param name="Minor">Training images of a minor class.</param>
/// <param name="Validation">Validation images of every class.</param>
/// <param name="Test">Test images of every class.</param>
internal readonly record struct TieredCounts(int Minor, int Validation, int Test)
{
    /// <summary>Those of Ye, Zhan and Chao (ICCV 2021, supplement C.1).</summary>
    internal static TieredCounts Paper { get; } = new(5, 3, 50);
}

/// <summary>
/// The step imbalance that Ye, Zhan and Chao (ICCV 2021, supplement C.1) make of Tiered-ImageNet: the classes of its
/// training list are major; those of the two other lists are minor, with five training images each.
/// </summary>
internal static class TieredListing
{
    private static readonly string[] Endings = [".txt", "_classes.txt"];
    private static readonly string[] ImageFolders = ["", "images", "train"];

    /// <summary>The listing of a folder with the three class lists and a folder of images per class; else null.</summary>
    /// <exception cref="CounterpoiseException">A class has no folder or too few images.</exception>
    internal static ImageListing? Find(string folder, OpenOptions options, TieredCounts counts)
    {
        if (!Directory.Exists(folder) || Lists(folder) is not { } lists)
        {
            return null;
        }

        string? root = ImageFolders
            .Select(name => Path.Combine(folder, name))
            .FirstOrDefault(candidate => Directory.Exists(Path.Combine(candidate, lists.Major[0])));
        return root is null ? null : List(folder, root, lists, options, counts);
    }

    private static ImageListing List(
        string folder,
        string root,
        (string[] Major, string[] Validation, string[] Test) lists,
        OpenOptions options,
        TieredCounts counts
    )
    {
        bool tunes = options.Tiered == TieredStep.Tune;
        string[] classes = [.. lists.Major, .. tunes ? lists.Validation : lists.Test];
        if (classes.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new CounterpoiseException(
                $"{folder}: class '{twice.Key}' is listed twice; every class is in one list, once."
            );
        }

        List<ImageFile> train = [];
        List<ImageFile> tested = [];
        for (int label = 0; label < classes.Length; label++)
        {
            ImageFile[] files = FilesOf(folder, Path.Combine(root, classes[label]), label);
            int aside = counts.Validation + counts.Test;
            int wanted = label < lists.Major.Length ? files.Length - aside : counts.Minor;
            if (wanted < 1 || files.Length < aside + wanted)
            {
                throw new CounterpoiseException(
                    $"{Path.Combine(root, classes[label])}: has {files.Length} images, expected at least {aside + counts.Minor}: {counts.Test} to test on, {counts.Validation} to validate on and {counts.Minor} to train on."
                );
            }

            int[] order = new Draws(options.Seed).At(DrawPurpose.TestSplit, 1, label).Permutation(files.Length);
            IEnumerable<int> held = tunes ? order[counts.Test..aside] : order[..counts.Test];
            tested.AddRange(held.Order().Select(i => files[i]));
            train.AddRange(order[aside..(aside + wanted)].Order().Select(i => files[i]));
        }

        string minor = tunes ? $"{lists.Validation.Length} validation" : $"{lists.Test.Length} test";
        return new ImageListing(
            classes,
            train,
            tested,
            [
                $"{folder}: {lists.Major.Length} major classes and {minor} classes as minor ones with {counts.Minor} training images each, "
                    + $"tested on {(tunes ? counts.Validation : counts.Test)} images a class (data seed {options.Seed}).",
            ]
        )
        {
            Form = $"Tiered-ImageNet's class lists, to {(tunes ? "tune" : "test")}",
            ImageRoot = root,
        };
    }

    private static ImageFile[] FilesOf(string lists, string folder, int label) =>
        Directory.Exists(folder)
            ? ImageListing.Images(folder, label)
            : throw new CounterpoiseException(
                $"{lists}: a list names '{Path.GetFileName(folder)}', but there is no folder {folder}; add it."
            );

    private static (string[] Major, string[] Validation, string[] Test)? Lists(string folder)
    {
        string[]? Read(string part) =>
            Endings
                .Select(ending => Path.Combine(folder, part + ending))
                .Where(File.Exists)
                .Select(file =>
                    File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray()
                )
                .FirstOrDefault(names =>
                    names.Length > 0 && !names.Any(name => name.Contains(' ') || name.Contains('/'))
                );
        return Read("train") is { } major && Read("val") is { } validation && Read("test") is { } test
            ? (major, validation, test)
            : null;
    }
}
