using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

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
    /// <summary>How the form is called when it is recognised.</summary>
    internal const string Title = "Tiered-ImageNet's class lists";

    private static readonly string[] ImageFolders = ["", "images", "train", "val", "test"];

    /// <summary>The listing of a folder with the three class lists and a folder of images per class; else null.</summary>
    /// <exception cref="CounterpoiseException">A class is listed twice, has no folder or too few images.</exception>
    internal static ImageListing? Find(string folder, OpenOptions options, TieredCounts counts)
    {
        if (
            !Directory.Exists(folder)
            || ClassList.Find(folder, "train") is not { } major
            || ClassList.Find(folder, "val") is not { } validation
            || ClassList.Find(folder, "test") is not { } test
        )
        {
            return null;
        }

        if (!major.Names.Any(name => FolderOf(folder, name) is not null))
        {
            return major.IsSure
                ? throw new CounterpoiseException(
                    $"{major.Path}: found a folder of none of its classes, expected them in {folder} or in {string.Join(", ", ImageFolders.Skip(1))} there; add the images."
                )
                : null; // A folder of another form, with other lists of such names.
        }

        ClassList.Check(major, validation, test);
        return List(folder, major, options.Tiered == TieredStep.Tune ? validation : test, options, counts);
    }

    private static ImageListing List(
        string folder,
        ClassList major,
        ClassList minor,
        OpenOptions options,
        TieredCounts counts
    )
    {
        bool tunes = options.Tiered == TieredStep.Tune;
        string[] classes = [.. major.Names, .. minor.Names];
        List<ImageFile> train = [];
        List<ImageFile> tested = [];
        var walk = new ImageFileWalk(folder, options.Listing.Choice, options.Decoding);
        for (int label = 0; label < classes.Length; label++)
        {
            bool isMajor = label < major.Names.Count;
            string images =
                FolderOf(folder, classes[label])
                ?? throw new CounterpoiseException(
                    $"{(isMajor ? major : minor).Path}: there is no folder of images of the class '{classes[label]}' in {folder}; add it."
                );
            ImageFile[] files = [.. walk.Files(images, classes[label]).Select(path => new ImageFile(path, label))];
            int aside = counts.Validation + counts.Test;
            if (files.Length < aside + counts.Minor)
            {
                throw new CounterpoiseException(
                    $"{images}: has {files.Length} images, expected at least {aside + counts.Minor}: {counts.Test} to test on, {counts.Validation} to validate on and {counts.Minor} to train on; add images."
                );
            }

            int wanted = isMajor ? files.Length - aside : counts.Minor;
            int[] order = new Draws(options.Seed).At(DrawPurpose.TestSplit, 1, label).Permutation(files.Length);
            IEnumerable<int> held = tunes ? order[counts.Test..aside] : order[..counts.Test];
            tested.AddRange(held.Order().Select(i => files[i]));
            train.AddRange(order[aside..(aside + wanted)].Order().Select(i => files[i]));
        }

        return new ImageListing(
            classes,
            train,
            tested,
            [
                $"{folder}: {major.Names.Count} major classes, and {minor.Names.Count} minor ones of the {(tunes ? "validation" : "test")} list with {counts.Minor} training images each, "
                    + $"tested on {(tunes ? counts.Validation : counts.Test)} images a class (data seed {options.Seed}).",
                .. walk.Notes,
            ]
        )
        {
            Form = $"{Title}, to {(tunes ? "tune" : "test")}",
            ImageRoot = folder,
            HasProtocol = true,
            LeftOut = walk.LeftOut.All,
        };
    }

    private static string? FolderOf(string folder, string name) =>
        ImageFolders.Select(below => Path.Combine(folder, below, name)).FirstOrDefault(Directory.Exists);
}
