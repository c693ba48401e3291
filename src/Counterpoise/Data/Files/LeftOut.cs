namespace Counterpoise.Data.Files;

/// <summary>Something of a data set that is there and not used. Nothing is left out without one.</summary>
/// <param name="Reason">What it is and why it is not used, as a plural: <c>files ending with .ppm, which are not read</c>.</param>
/// <param name="Class">The class that it would belong to; null where it belongs to none.</param>
/// <param name="Count">How many images, rows, columns or folders.</param>
/// <param name="Files">Where they are, in order: the first <see cref="MostNamed"/>.</param>
internal sealed record LeftOut(string Reason, string? Class, int Count, IReadOnlyList<string> Files)
{
    /// <summary>The most files that one entry names.</summary>
    internal const int MostNamed = 1000;

    private const int NamedInNote = 3;
    private const int ClassesInNote = 10;

    /// <summary>What the user must be told: a line for every reason, with the number in each class and the first files.</summary>
    /// <param name="data">The data set, which names of files are shortened by.</param>
    /// <param name="all">What is left out of it.</param>
    internal static IReadOnlyList<string> Notes(string data, IReadOnlyList<LeftOut> all)
    {
        return [.. all.GroupBy(entry => entry.Reason, StringComparer.Ordinal).Select(Note)];

        string Note(IGrouping<string, LeftOut> entries)
        {
            int count = entries.Sum(entry => entry.Count);
            LeftOut[] classes = [.. entries.Where(entry => entry.Class is not null)];
            string of =
                classes.Length == 0
                    ? ""
                    : $"; {string.Join(", ", classes.Take(ClassesInNote).Select(entry => $"{entry.Class} {entry.Count}"))}{(classes.Length > ClassesInNote ? ", ..." : "")}";
            string[] named = [.. entries.SelectMany(entry => entry.Files).Take(NamedInNote)];
            string more = count > named.Length ? $" and {count - named.Length} more" : "";
            string files =
                named.Length == 0 ? "" : $": {string.Join(", ", named.Select(file => Short(data, file)))}{more}";
            return $"{data}: left out {entries.Key} ({count}{of}){files}.";
        }
    }

    /// <summary>The name of a file below a data set; of another one as it is.</summary>
    internal static string Short(string data, string file)
    {
        string start = Path.TrimEndingDirectorySeparator(data) + Path.DirectorySeparatorChar;
        return file.StartsWith(start, StringComparison.Ordinal) ? file[start.Length..] : file;
    }
}

/// <summary>Counts what is left out, by reason and class, in the order in which reasons and classes first occur.</summary>
internal sealed class LeftOutList
{
    private readonly Dictionary<(string Reason, string? Class), (int Count, List<string> Files)> found = [];

    /// <summary>What was added.</summary>
    internal IReadOnlyList<LeftOut> All =>
        [.. found.Select(pair => new LeftOut(pair.Key.Reason, pair.Key.Class, pair.Value.Count, pair.Value.Files))];

    /// <summary>Adds a file, a row or a folder.</summary>
    /// <param name="reason">As in <see cref="LeftOut.Reason"/>.</param>
    /// <param name="class">As in <see cref="LeftOut.Class"/>.</param>
    /// <param name="file">Where it is.</param>
    internal void Add(string reason, string? @class, string file)
    {
        (int count, List<string> files) = found.GetValueOrDefault((reason, @class), (0, []));
        if (files.Count < LeftOut.MostNamed)
        {
            files.Add(file);
        }

        found[(reason, @class)] = (count + 1, files);
    }
}
