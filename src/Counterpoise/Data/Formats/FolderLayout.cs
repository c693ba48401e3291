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
internal sealed record PartFolder(string Path, IReadOnlyList<ClassFolder> Classes);

/// <summary>Which folders of a data set are parts and which are classes, before any class folder is listed.</summary>
/// <param name="Parts">The parts that are there; of folders that are classes alone, one to train on.</param>
/// <param name="Notes">What the user must be told of how folders were read.</param>
internal sealed record FolderLayout(IReadOnlyDictionary<Part, PartFolder> Parts, IReadOnlyList<string> Notes)
{
    private const int LeastClasses = 2;

    /// <summary>Reads the folders of a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="walk">Looks into folders, and counts what is left out.</param>
    /// <param name="reading">What they are taken for.</param>
    /// <exception cref="CounterpoiseException">They can be read in two ways, or contradict each other.</exception>
    internal static FolderLayout Of(string root, ImageFileWalk walk, FolderReading reading)
    {
        string[] folders = walk.Folders(root);
        ILookup<Part?, string> named = folders.ToLookup(folder => PartNames.Of(Name(folder)));
        string[] parts = [.. folders.Where(folder => PartNames.Of(Name(folder)) is not null)];
        string[] others = [.. named[null]];
        switch (reading)
        {
            case FolderReading.Classes:
                return OfClasses(root, folders);
            case FolderReading.Parts:
                return OfParts(root, walk, named, others);
        }

        if (parts.Length == 0)
        {
            return OfAlike(root, walk, folders);
        }

        if (others.Length == 0 || !others.Any(walk.HasFilesBelow))
        {
            return OfParts(root, walk, named, others);
        }

        // Folders of both kinds: a class may be called train, and a good part may have something beside it.
        string[] withClasses = [.. parts.Where(part => HoldsClasses(walk, part))];
        string? sample = withClasses.FirstOrDefault(part =>
            walk.Folders(part).Select(Name).Intersect(others.Select(Name), StringComparer.Ordinal).Any()
        );
        return sample is not null
                ? throw new CounterpoiseException(
                    $"{root}: the folders {Names(others)} are classes, and {Name(sample)}/ holds folders of the same names; "
                        + $"move the class folders into {Path.Combine(root, "train")}."
                )
            : withClasses.Length == 0 ? OfClasses(root, folders)
            : withClasses.Length > 1 || !others.Any(ImageFileWalk.HasFiles) ? OfParts(root, walk, named, others)
            : throw new CounterpoiseException(
                $"{root}: {Name(withClasses[0])}/ may be a part, whose classes are {Names(walk.Folders(withClasses[0]))}, or a class beside {Names(others)}; "
                    + $"say which with {Named("folders")} parts or {Named("folders")} classes."
            );
    }

    /// <summary>The same with a part whose class folders are in a folder elsewhere.</summary>
    internal FolderLayout With(Part part, string folder, ImageFileWalk walk) =>
        Directory.Exists(folder)
            ? this with
            {
                Parts = new Dictionary<Part, PartFolder>(Parts) { [part] = Holding(folder, walk.Folders(folder)) },
            }
            : throw new UsageException(
                $"{folder}: is no folder, but the data is one; give a folder with a folder per class to test on."
            );

    /// <summary>Folders none of which is named like a part: classes, unless all hold the same folders.</summary>
    private static FolderLayout OfAlike(string root, ImageFileWalk walk, string[] folders)
    {
        if (folders.Length < LeastClasses || ImageFileWalk.HasFiles(folders[0]))
        {
            return OfClasses(root, folders);
        }

        var below = folders.ToDictionary(folder => folder, folder => walk.Folders(folder));
        string[] shared =
        [
            .. below
                .Values.Select(inside => inside.Select(Name))
                .Aggregate((a, b) => a.Intersect(b, StringComparer.Ordinal)),
        ];
        if (shared.Length < LeastClasses || folders.Any(ImageFileWalk.HasFiles))
        {
            return OfClasses(root, folders);
        }

        return below.Values.SelectMany(inside => inside).All(folder => PartNames.Of(Name(folder)) is not null)
            ? OfPartsInClasses(root, below)
            : throw new CounterpoiseException(
                $"{root}: the folders {Names(folders)} all hold the folders {Names(shared)}, so they may be parts or classes; if parts, name them train and test, "
                    + $"or give one with {Named("data")} and one with {Named("testData")}; if classes, say so with {Named("folders")} classes."
            );
    }

    private static FolderLayout OfClasses(string root, string[] folders) =>
        new(new Dictionary<Part, PartFolder> { [Part.Train] = Holding(root, folders) }, []);

    private static FolderLayout OfParts(string root, ImageFileWalk walk, ILookup<Part?, string> named, string[] others)
    {
        Dictionary<Part, PartFolder> parts = [];
        List<string> notes = [];
        foreach (Part part in Enum.GetValues<Part>())
        {
            string[] folders = [.. named[part]];
            if (folders.Length > 1)
            {
                throw new CounterpoiseException(
                    $"{root}: the folders {Names(folders)} are the same part by their names; keep one, or leave the others out with {Named("exclude")}."
                );
            }

            if (folders is [var folder])
            {
                string holding = Descend(walk, folder);
                parts[part] = Holding(holding, walk.Folders(holding));
                if (holding != folder)
                {
                    notes.Add($"{folder}: its classes are the folders in {Name(holding)}/, the one folder in it.");
                }
            }
        }

        foreach (string other in others)
        {
            if (walk.HasFilesBelow(other))
            {
                walk.LeftOut.Add("folders of images beside the parts", null, other);
            }
        }

        return new(parts, notes);
    }

    /// <summary>Every class has a folder for each of its parts.</summary>
    private static FolderLayout OfPartsInClasses(string root, Dictionary<string, string[]> below)
    {
        var parts = below
            .Values.SelectMany(inside => inside)
            .GroupBy(folder => PartNames.Of(Name(folder))!.Value)
            .ToDictionary(
                part => part.Key,
                part => new PartFolder(
                    root,
                    [.. part.Select(folder => new ClassFolder(Name(Path.GetDirectoryName(folder)!), folder))]
                )
            );
        return new(parts, [$"{root}: each class has its own parts, {Names(below.Values.First())}."]);
    }

    /// <summary>Archives and downloads often wrap a folder in one of the same name.</summary>
    private static string Descend(ImageFileWalk walk, string folder) =>
        walk.Folders(folder) is [var only] && !ImageFileWalk.HasFiles(folder) && HoldsClasses(walk, only)
            ? Descend(walk, only)
            : folder;

    private static bool HoldsClasses(ImageFileWalk walk, string folder) =>
        walk.Folders(folder).Count(walk.HasFilesBelow) >= LeastClasses;

    private static PartFolder Holding(string folder, string[] classes) =>
        new(folder, [.. classes.Select(path => new ClassFolder(Name(path), path))]);

    private static string Name(string folder) => Path.GetFileName(folder);

    private static string Names(IEnumerable<string> folders)
    {
        string[] names = [.. folders.Select(Name)];
        return string.Join(", ", names.Take(5).Select(name => name + "/")) + (names.Length > 5 ? ", ..." : "");
    }
}
