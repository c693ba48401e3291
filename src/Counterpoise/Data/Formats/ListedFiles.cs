using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>One line of a list: a file and its label as they are written there.</summary>
/// <param name="Path">The file, relative to the images' folder.</param>
/// <param name="Label">The label.</param>
/// <param name="Line">The line, from 1.</param>
internal readonly record struct ListedFile(string Path, string Label, long Line);

/// <summary>A list of the files of one part.</summary>
/// <param name="Path">Where it is, for messages.</param>
/// <param name="Files">Its lines.</param>
internal sealed record FileList(string Path, IReadOnlyList<ListedFile> Files)
{
    /// <summary>What the list counts: lines, or images where a line says nothing.</summary>
    public string Unit { get; init; } = "line";

    /// <summary>A place in the list, for messages.</summary>
    public string At(ListedFile file) => $"{Path}: {Unit} {file.Line}";
}

/// <summary>Makes a listing of lists, and refuses lines that lead elsewhere, to nothing or to the same file twice.</summary>
internal static class ListedFiles
{
    /// <summary>The folder that a list's paths start from.</summary>
    /// <param name="list">The list.</param>
    /// <param name="imageRoot">What the user gave, or null to look in the list's folder and the folders in it.</param>
    /// <exception cref="UsageException">The first file is in none of them.</exception>
    /// <exception cref="CounterpoiseException">The first file's path leads elsewhere.</exception>
    internal static string RootOf(FileList list, string? imageRoot)
    {
        ListedFile first = list.Files[0];
        RequireInside(list, first);
        string folder = Path.GetDirectoryName(Path.GetFullPath(list.Path))!;
        string[] candidates = imageRoot is not null
            ? [imageRoot]
            : [folder, .. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        return candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, first.Path)))
            ?? throw new UsageException(
                $"{list.At(first)} names {first.Path}, which is not below {candidates[0]}"
                    + (
                        imageRoot is null
                            ? $" nor a folder in it; say where the images are with {Named("imageRoot")}."
                            : $"; give the folder that the paths start from with {Named("imageRoot")}."
                    )
            );
    }

    /// <summary>The listing of two lists.</summary>
    /// <param name="form">What the lists are, for the user.</param>
    /// <param name="root">The folder that paths start from.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="train">The training list.</param>
    /// <param name="test">The list that is tested on.</param>
    /// <param name="labelOf">The index of a label, or -1 for one that the training part lacks.</param>
    /// <exception cref="CounterpoiseException">A line is wrong; the message names it.</exception>
    internal static ImageListing Listing(
        string form,
        string root,
        IReadOnlyList<string> classes,
        FileList train,
        FileList test,
        Func<string, int> labelOf
    )
    {
        RequireClasses(train, classes);
        ImageFile[] training = Resolve(train, root, labelOf);
        ImageFile[] tested = Resolve(test, root, labelOf);
        List<string> notes = [$"{test.Path} is tested on; the images are in {root}."];
        var trained = training.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        int both = tested.Count(file => trained.Contains(file.Path));
        if (both > 0)
        {
            notes.Add($"{test.Path}: {both} of its images are trained on, too; on them accuracy says little.");
        }

        string[] untested = [.. classes.Where((_, label) => tested.All(file => file.Label != label)).Take(11)];
        if (untested.Length > 0)
        {
            string more = untested.Length > 10 ? " and others" : "";
            notes.Add($"{test.Path}: no test images of {string.Join(", ", untested.Take(10))}{more}.");
        }

        return new ImageListing(classes, training, tested, notes) { Form = form, ImageRoot = root };
    }

    /// <summary>The files of a list with their labels' indices.</summary>
    /// <exception cref="CounterpoiseException">A line is wrong; the message names it.</exception>
    internal static ImageFile[] Resolve(FileList list, string root, Func<string, int> labelOf)
    {
        RequireOnce(list);
        var files = new ImageFile[list.Files.Count];
        for (int i = 0; i < files.Length; i++)
        {
            ListedFile line = list.Files[i];
            RequireInside(list, line);
            string path = Path.Combine(root, line.Path);
            if (!File.Exists(path))
            {
                throw new CounterpoiseException(
                    $"{list.At(line)} names {line.Path}, which is not in {root}; add the file or remove the line."
                );
            }

            int label = labelOf(line.Label);
            files[i] =
                label >= 0
                    ? new ImageFile(path, label)
                    : throw new CounterpoiseException(
                        $"{list.At(line)} has the label {line.Label}, which no training image has; correct or remove the line."
                    );
        }

        return files;
    }

    /// <summary>Refuses a list that names a file twice, however the path is written.</summary>
    /// <exception cref="CounterpoiseException">It does; the message names both lines.</exception>
    internal static void RequireOnce(FileList list)
    {
        Dictionary<string, ListedFile> seen = new(list.Files.Count, StringComparer.Ordinal);
        foreach (ListedFile line in list.Files)
        {
            string name = string.Join('/', line.Path.Split('/').Where(part => part is not ("" or ".")));
            if (!seen.TryAdd(name, line))
            {
                ListedFile before = seen[name];
                string labels = before.Label == line.Label ? "" : $" with the labels {before.Label} and {line.Label}";
                throw new CounterpoiseException(
                    $"{list.Path}: {list.Unit}s {before.Line} and {line.Line} both name {line.Path}{labels}; remove one of them."
                );
            }
        }
    }

    /// <summary>Refuses a training part of fewer than two classes.</summary>
    /// <exception cref="CounterpoiseException">There is one class.</exception>
    internal static void RequireClasses(FileList train, IReadOnlyList<string> classes)
    {
        if (classes.Count < 2)
        {
            throw new CounterpoiseException(
                $"{train.Path}: found one class, '{classes[0]}', expected at least two; list images of another class."
            );
        }
    }

    private static void RequireInside(FileList list, ListedFile line)
    {
        if (Path.IsPathRooted(line.Path) || line.Path.Split('/', '\\').Contains(".."))
        {
            throw new CounterpoiseException(
                $"{list.At(line)}: {line.Path} is absolute or has '..', expected a path below the images' folder; "
                    + $"correct the line, and give that folder with {Named("imageRoot")}."
            );
        }
    }
}
