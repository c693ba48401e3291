using System.IO.Enumeration;
using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>One image file and the class it belongs to.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Label">Index of its class.</param>
internal readonly record struct ImageFile(string Path, int Label);

/// <summary>Which image files belong to which class and part, before any is opened.</summary>
/// <param name="Classes">The class names; those of folders are in ordinal order.</param>
/// <param name="Train">The training files, class by class, in ordinal order.</param>
/// <param name="Test">The test files, class by class, in ordinal order.</param>
/// <param name="Notes">How the test part was made, classes without test images.</param>
internal sealed record ImageListing(
    IReadOnlyList<string> Classes,
    IReadOnlyList<ImageFile> Train,
    IReadOnlyList<ImageFile> Test,
    IReadOnlyList<string> Notes
)
{
    /// <summary>What the listing was made of, for the user.</summary>
    public string Form { get; init; } = "a folder of images";

    /// <summary>The folder that identities name files from.</summary>
    public string? ImageRoot { get; init; }

    private static readonly string[] TestNames = ["test", "val", "valid", "validation"];

    /// <summary>Lists a folder; null where no folder in it holds images.</summary>
    /// <param name="root">The folder that holds class folders, or train/ and test/.</param>
    /// <param name="seed">The data seed, for the test part of a folder that has none.</param>
    /// <exception cref="CounterpoiseException">The folder is laid out wrongly; the message says where.</exception>
    public static ImageListing? Of(string root, ulong seed)
    {
        try
        {
            string[] folders = Folders(root);
            string? train = folders.FirstOrDefault(folder => IsNamed(folder, "train"));
            string[] tests = [.. TestNames.SelectMany(name => folders.Where(folder => IsNamed(folder, name)))];
            // Tiny-ImageNet's test/ has no labels; its val/ is what everybody tests on.
            string? test =
                tests.FirstOrDefault(folder => TinyImageNetLabels.Find(folder) is not null) ?? tests.FirstOrDefault();
            if (train is null && test is not null)
            {
                throw new CounterpoiseException(
                    $"{root}: found {Path.GetFileName(test)}/ but no train/ beside it; name the training folder train."
                );
            }

            return List(root, train, test, seed);
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            throw new CounterpoiseException($"{root}: could not be listed: {error.Message}", error);
        }
    }

    private static ImageListing? List(string root, string? train, string? test, ulong seed)
    {
        string[] folders = Folders(train ?? root);
        string[] classes = [.. folders.Select(folder => Path.GetFileName(folder))];
        ImageFile[][] files = [.. folders.Select((folder, label) => Images(folder, label))];
        if (files.All(list => list.Length == 0))
        {
            return null;
        }

        int empty = Array.FindIndex(files, list => list.Length == 0);
        if (empty >= 0)
        {
            throw new CounterpoiseException(
                $"{folders[empty]}: the class folder holds no images ({string.Join(", ", ImageFormats.Endings)}); "
                    + "add images or remove the folder."
            );
        }

        if (classes.Length == 1)
        {
            throw new CounterpoiseException(
                $"{train ?? root}: found one class, '{classes[0]}', expected at least two; make a folder per class."
            );
        }

        if (test is null)
        {
            return StratifiedSplit.Of(root, classes, files, seed);
        }

        ImageFile[] tested = TestFiles(test, train!, classes);
        string[] untested = [.. classes.Where((_, label) => tested.All(file => file.Label != label))];
        return new(
            classes,
            [.. files.SelectMany(list => list)],
            tested,
            untested.Length == 0 ? [] : [$"{test}: no test images of {string.Join(", ", untested)}."]
        );
    }

    private static ImageFile[] TestFiles(string test, string train, string[] classes)
    {
        if (TinyImageNetLabels.Find(test) is { } labels)
        {
            return labels.Files(classes);
        }

        List<ImageFile> files = [];
        foreach (string folder in Folders(test))
        {
            string name = Path.GetFileName(folder);
            int label = Array.IndexOf(classes, name);
            ImageFile[] images = Images(folder, label);
            if (label < 0 && images.Length > 0)
            {
                throw new CounterpoiseException(
                    $"{folder}: the test set has the class '{name}', which {train} lacks; "
                        + Nearest.Hint(name, classes)
                );
            }

            files.AddRange(images);
        }

        return files.Count > 0
            ? [.. files]
            : throw new CounterpoiseException(
                $"{test}: found no test images; add them below a folder per class, or remove the folder to have a "
                    + "part of the training images split off."
            );
    }

    private static string[] Folders(string parent) =>
        [
            .. Directory
                .EnumerateDirectories(parent, "*", new EnumerationOptions())
                .Where(folder => !Path.GetFileName(folder).StartsWith("__", StringComparison.Ordinal))
                .Select(RequireNoCircle)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A class folder may be a link, but one to a folder above it would hold the images of all classes.</summary>
    private static string RequireNoCircle(string folder)
    {
        string? target = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        string here = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        return
            target is null
            || !here.StartsWith(
                Path.TrimEndingDirectorySeparator(target) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal
            )
            ? folder
            : throw new CounterpoiseException(
                $"{folder}: is a link to {target}, a folder above it, expected one of a class's images; remove the link."
            );
    }

    /// <summary>The image files below a folder, in ordinal order.</summary>
    internal static ImageFile[] Images(string folder, int label)
    {
        // Hidden files and folders are skipped by default. A link to a folder is not followed: it may lead in circles.
        EnumerationOptions options = new() { RecurseSubdirectories = true, IgnoreInaccessible = false };
        FileSystemEnumerable<string> files = new(folder, (ref entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && ImageFormats.IsNamedLikeOne(entry.FileName),
            ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. files.Order(StringComparer.Ordinal).Select(path => new ImageFile(path, label))];
    }

    private static bool IsNamed(string folder, string name) =>
        Path.GetFileName(folder).Equals(name, StringComparison.OrdinalIgnoreCase);
}
