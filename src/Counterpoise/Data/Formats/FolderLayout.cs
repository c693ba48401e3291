using Counterpoise.Basics;
using Counterpoise.Data.Files;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>The folder of a class's images.</summary>
/// <param name="Class">The class.</param>
/// <param name="Path">Where it is.</param>
internal readonly record struct ClassFolder(string Class, string Path);

/// <summary>A folder of class folders.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Classes">The class folders in it, in ordinal order.</param>
internal sealed record PartFolder(string Path, IReadOnlyList<ClassFolder> Classes)
{
    /// <summary>A folder whose folders are classes.</summary>
    internal static PartFolder Of(string path, IEnumerable<string> classes) =>
        new(path, [.. classes.Select(folder => new ClassFolder(System.IO.Path.GetFileName(folder), folder))]);
}

/// <summary>Which folders of a data set are parts and which are classes, before any class folder is listed.</summary>
/// <param name="Parts">The parts that are there; of folders that are classes alone, one to train on.</param>
/// <param name="Others">Folders beside the parts that are none.</param>
/// <param name="Notes">What the user must be told of how folders were read.</param>
internal sealed record FolderLayout(
    IReadOnlyDictionary<Part, PartFolder> Parts,
    IReadOnlyList<string> Others,
    IReadOnlyList<string> Notes
)
{
    private const int LeastClasses = 2;
    private static readonly string[] Pictures = ["images", "image", "imgs", "img", "photos", "frames"];

    /// <summary>Reads the folders of a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="walk">Looks into folders; what it counts is not used.</param>
    /// <param name="reading">What they are taken for.</param>
    /// <exception cref="CounterpoiseException">They can be read in two ways, or contradict each other.</exception>
    internal static FolderLayout Of(string root, ImageFileWalk walk, FolderReading reading)
    {
        string[] folders = walk.Folders(root);
        string[] parts = [.. folders.Where(IsPart)];
        string[] others = [.. folders.Except(parts).Where(walk.HasFilesBelow)];
        if (reading == FolderReading.Classes)
        {
            return OfClasses(root, folders, []);
        }

        if (reading == FolderReading.Parts)
        {
            return OfParts(root, walk, parts, others, isSure: true);
        }

        if (others.Length == 0 && parts.Length == 0)
        {
            return OfClasses(root, folders, []);
        }

        // Each class with its own parts: other folders hold parts, and those named like parts, if any, do so, too.
        if (
            others.Any(folder => HoldsParts(walk, folder))
            && folders.All(folder => !walk.HasFilesBelow(folder) || HoldsParts(walk, folder))
        )
        {
            return OfPartsInClasses(root, walk, [.. folders.Where(walk.HasFilesBelow)]);
        }

        if (others.FirstOrDefault(folder => HoldsParts(walk, folder)) is { } uneven)
        {
            throw new CounterpoiseException(
                $"{root}: {Name(uneven)}/ holds the parts {Names(walk.Inside(uneven).Where(IsPart))}, and {Name(folders.First(folder => walk.HasFilesBelow(folder) && !HoldsParts(walk, folder)))}/ does not; "
                    + $"make train/ and test/ folders with a folder per class, or take every folder for a class with {Named("folders")} classes."
            );
        }

        // A folder with images in it is a class, whatever its name; a part has folders of classes.
        string[] real = [.. parts.Where(part => !ImageFileWalk.HasFiles(part) && walk.HasFilesBelow(part))];
        string[] loose = [.. parts.Where(ImageFileWalk.HasFiles)];
        if (real.Length == 0 && (others.Length > 0 || loose.All(part => PartNames.OtherWords(Name(part)).Count > 0)))
        {
            RequireClasses(
                root,
                walk,
                folders,
                $"if parts, name them train and test, or give one with {Named("data")} and one with {Named("testData")}; if classes, say so with {Named("folders")} classes."
            );
            return OfClasses(
                root,
                folders,
                loose.Length == 0
                    ? []
                    :
                    [
                        $"{root}: {Names(loose)} {(loose.Length == 1 ? "is read as a class" : "are read as classes")}, as the images lie in {(loose.Length == 1 ? "it" : "them")}; if it is a part, give its classes folders.",
                    ]
            );
        }

        if (real.Length > 0 && others.FirstOrDefault(ImageFileWalk.HasFiles) is not null)
        {
            throw new CounterpoiseException(
                $"{root}: {Name(real[0])}/ may be a part, with the classes {Names(walk.Inside(real[0]))}, or a class beside {Names(others)}; "
                    + $"if it is a part, move the class folders into {Path.Combine(root, "train")}, or leave them out with {Named("folders")} parts; if all are classes, say so with {Named("folders")} classes."
            );
        }

        return OfParts(root, walk, parts, others, isSure: false);
    }

    /// <summary>What the folder of a part is called; of parts within classes that of the first class.</summary>
    internal string NameOf(Part part) =>
        Name(Parts[part].Classes is [var first, ..] && Name(first.Path) != first.Class ? first.Path : Parts[part].Path)
        + "/";

    /// <summary>The same with a part whose class folders are in a folder elsewhere, or in its test part.</summary>
    /// <exception cref="UsageException">It holds no folders of images.</exception>
    internal FolderLayout WithTest(string folder, ImageFileWalk walk)
    {
        if (!Directory.Exists(folder))
        {
            throw new UsageException(
                $"{folder}: is no folder, but the data is one; give a folder with a folder per class to test on."
            );
        }

        PartFolder test =
            Of(folder, walk, FolderReading.Auto) is { } inside
            && (inside.Parts.GetValueOrDefault(Part.Test) ?? inside.Parts.GetValueOrDefault(Part.Validation))
                is { } part
                ? part
                : PartFolder.Of(folder, walk.Folders(folder));
        return test.Classes.Any(named => walk.HasFilesBelow(named.Path))
            ? this with
            {
                Parts = new Dictionary<Part, PartFolder>(Parts) { [Part.Test] = test },
            }
            : throw new UsageException(
                $"{folder}: found no images in folders per class, expected such to test on; give the folder above the class folders."
            );
    }

    private static FolderLayout OfClasses(string root, string[] folders, string[] notes) =>
        new(new Dictionary<Part, PartFolder> { [Part.Train] = PartFolder.Of(root, folders) }, [], notes);

    private static FolderLayout OfParts(string root, ImageFileWalk walk, string[] parts, string[] others, bool isSure)
    {
        Dictionary<Part, PartFolder> found = [];
        List<string> notes = [];
        foreach (IGrouping<Part?, string> part in parts.GroupBy(folder => PartNames.Of(Name(folder))))
        {
            if (part.Count() > 1)
            {
                throw new CounterpoiseException(
                    $"{root}: the folders {Names(part)} are the same part by their names; keep one, leave the others out with {Named("exclude")}, or take all for classes with {Named("folders")} classes."
                );
            }

            string folder = part.Single();
            string holding = Descend(walk, folder);
            found[part.Key!.Value] = PartFolder.Of(holding, walk.Folders(holding));
            if (holding != folder)
            {
                notes.Add($"{folder}: its classes are the folders in {Name(holding)}/, the one folder in it.");
            }

            if (!isSure)
            {
                RequireClasses(
                    holding,
                    walk,
                    walk.Folders(holding),
                    $"if they are the classes of {Name(holding)}/, say so with {Named("folders")} parts."
                );
            }
        }

        return new(found, others, notes);
    }

    /// <summary>Every class has a folder for each of its parts.</summary>
    private static FolderLayout OfPartsInClasses(string root, ImageFileWalk walk, string[] classes)
    {
        (Part Part, string Class, string Path)[] folders =
        [
            .. classes.SelectMany(folder =>
                walk.Folders(folder)
                    .Where(walk.HasFilesBelow)
                    .Select(part => (PartNames.Of(Name(part))!.Value, Name(folder), part))
            ),
        ];
        foreach ((Part _, string name, string path) in folders)
        {
            if (walk.Inside(path).Count(walk.HasFilesBelow) >= LeastClasses)
            {
                throw new CounterpoiseException(
                    $"{root}: {name}/{Name(path)}/ holds the folders {Names(walk.Inside(path))}, so that {Names(classes)} are collections and no classes; give one of them."
                );
            }
        }

        if (
            folders.GroupBy(folder => (folder.Class, folder.Part)).FirstOrDefault(same => same.Count() > 1) is { } twice
        )
        {
            throw new CounterpoiseException(
                $"{root}: {Names(twice.Select(folder => folder.Path))} of {twice.Key.Class}/ are the same part by their names; keep one."
            );
        }

        RequireNoMasks(root, classes);
        return new(
            folders
                .GroupBy(folder => folder.Part)
                .ToDictionary(
                    part => part.Key,
                    part => new PartFolder(root, [.. part.Select(folder => new ClassFolder(folder.Class, folder.Path))])
                ),
            [],
            [$"{root}: each class has its own parts, {Names(folders.Select(folder => folder.Path).DistinctBy(Name))}."]
        );
    }

    /// <summary>Refuses class folders that all hold the same folders, which may be the classes, and those with parts deep in them.</summary>
    private static void RequireClasses(string root, ImageFileWalk walk, string[] folders, string choice)
    {
        RequireNoMasks(root, folders);
        if (folders.FirstOrDefault(folder => HoldsPartsBelow(walk, folder)) is { } deep)
        {
            throw new CounterpoiseException(
                $"{deep}: holds folders that are named like parts, which would be mixed in one class; make train/ and test/ folders with a folder per class, "
                    + $"or take them all for the class with {Named("folders")} classes."
            );
        }

        if (folders.Length < LeastClasses || folders.Any(ImageFileWalk.HasFiles))
        {
            return;
        }

        string[] shared =
        [
            .. folders
                .Select(folder => walk.Inside(folder).Where(walk.HasFilesBelow).Select(Name))
                .Aggregate((a, b) => a.Intersect(b, StringComparer.Ordinal)),
        ];
        if (shared.Length < LeastClasses)
        {
            return;
        }

        string? mask = shared.FirstOrDefault(MaskNames.IsFolder);
        throw new CounterpoiseException(
            $"{root}: the folders {Names(folders)} all hold the folders {Names(shared)}, so they may be parts or classes; "
                + (mask is null ? "" : $"leave masks out with {Named("exclude")} {mask}; ")
                + choice
        );
    }

    private static void RequireNoMasks(string root, IEnumerable<string> folders)
    {
        string[] names = [.. folders.Select(Name)];
        if (
            names.FirstOrDefault(MaskNames.IsFolder) is { } mask
            && names.Any(name => Pictures.Contains(name, StringComparer.OrdinalIgnoreCase))
        )
        {
            throw new CounterpoiseException(
                $"{root}: the folders {Names(folders)} are images and their masks or labels, not classes; give the folder of images, leave the other out with {Named("exclude")} {mask}, or take them for classes with {Named("folders")} classes."
            );
        }
    }

    /// <summary>Archives and downloads often wrap a folder in one of the same name.</summary>
    private static string Descend(ImageFileWalk walk, string folder) =>
        walk.Inside(folder) is [var only]
        && !ImageFileWalk.HasFiles(folder)
        && (HoldsClasses(walk, only) || (IsPart(only) && walk.Inside(only).Length > 0))
            ? Descend(walk, only)
            : folder;

    private static bool HoldsClasses(ImageFileWalk walk, string folder) =>
        walk.Inside(folder).Count(walk.HasFilesBelow) >= LeastClasses;

    /// <summary>Whether all images of a folder lie in folders that are named like parts.</summary>
    private static bool HoldsParts(ImageFileWalk walk, string folder) =>
        !ImageFileWalk.HasFiles(folder)
        && walk.Inside(folder).Where(walk.HasFilesBelow).ToArray() is { Length: > 0 } below
        && below.All(IsPart);

    /// <summary>Whether there are folders of two parts, or of one beside images, anywhere below a folder.</summary>
    private static bool HoldsPartsBelow(ImageFileWalk walk, string folder)
    {
        string[] below = [.. walk.Inside(folder).Where(walk.HasFilesBelow)];
        return below.Select(inside => PartNames.Of(Name(inside))).OfType<Part>().Distinct().Count() > 1
            || below.Any(inside => HoldsPartsBelow(walk, inside));
    }

    private static bool IsPart(string folder) => PartNames.Of(Name(folder)) is not null;

    private static string Name(string folder) => Path.GetFileName(folder);

    private static string Names(IEnumerable<string> folders)
    {
        string[] names = [.. folders.Select(Name)];
        return string.Join(", ", names.Take(5).Select(name => name + "/")) + (names.Length > 5 ? ", ..." : "");
    }
}
