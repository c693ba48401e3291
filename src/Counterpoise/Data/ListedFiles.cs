namespace Counterpoise.Data;

/// <summary>One line of a list: a file and its label as they are written there.</summary>
/// <param name="Path">The file, relative to the images' folder.</param>
/// <param name="Label">The label.</param>
/// <param name="Line">The line, from 1.</param>
internal readonly record struct ListedFile(string Path, string Label, long Line);

/// <summary>Makes files of a list's lines, and refuses those that lead elsewhere, to nothing or to the same file twice.</summary>
internal static class ListedFiles
{
    /// <summary>The folder that a list's paths start from.</summary>
    /// <param name="list">The list, for messages.</param>
    /// <param name="imageRoot">What the user gave, or null to look in the list's folder and the folders in it.</param>
    /// <param name="first">The first line.</param>
    /// <exception cref="UsageException">The first file is in none of them.</exception>
    internal static string RootOf(string list, string? imageRoot, ListedFile first)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        string[] candidates = imageRoot is not null
            ? [imageRoot]
            : [folder, .. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        return candidates.FirstOrDefault(candidate => File.Exists(At(candidate, first.Path)))
            ?? throw new UsageException(
                $"{list}: line {first.Line} names {first.Path}, which is not below {candidates[0]}"
                    + (
                        imageRoot is null
                            ? " nor a folder in it; say where the images are with --image-root."
                            : "; give the folder that the paths start from with --image-root."
                    )
            );
    }

    /// <summary>The files with their labels' indices.</summary>
    /// <param name="list">The list, for messages.</param>
    /// <param name="root">The folder that paths start from.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="labelOf">The index of a label, or -1 for one that the training part lacks.</param>
    /// <exception cref="CounterpoiseException">A line is wrong; the message names it.</exception>
    internal static ImageFile[] Resolve(
        string list,
        string root,
        IReadOnlyList<ListedFile> lines,
        Func<string, int> labelOf
    )
    {
        string inside = Path.GetFullPath(root) + Path.DirectorySeparatorChar;
        var seen = new Dictionary<string, ListedFile>(StringComparer.Ordinal);
        var files = new ImageFile[lines.Count];
        for (int i = 0; i < files.Length; i++)
        {
            ListedFile line = lines[i];
            string path = At(root, line.Path);
            if (Path.IsPathRooted(line.Path) || !Path.GetFullPath(path).StartsWith(inside, StringComparison.Ordinal))
            {
                throw new CounterpoiseException(
                    $"{list}: line {line.Line}: {line.Path} leads out of {root}; list paths below that folder."
                );
            }

            if (!seen.TryAdd(line.Path, line))
            {
                ListedFile before = seen[line.Path];
                string labels = before.Label == line.Label ? "" : $" with the labels {before.Label} and {line.Label}";
                throw new CounterpoiseException(
                    $"{list}: lines {before.Line} and {line.Line} both name {line.Path}{labels}; remove one of them."
                );
            }

            if (!File.Exists(path))
            {
                throw new CounterpoiseException(
                    $"{list}: line {line.Line} names {line.Path}, which is not in {root}; add the file or remove the line."
                );
            }

            int label = labelOf(line.Label);
            files[i] =
                label >= 0
                    ? new ImageFile(path, label)
                    : throw new CounterpoiseException(
                        $"{list}: line {line.Line} has the label {line.Label}, which no training image has; correct or remove the line."
                    );
        }

        return files;
    }

    private static string At(string root, string path) =>
        Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar));
}
