using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>A list of class names, one a line, each the name of a folder of images.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Names">The names, in its order.</param>
internal sealed record ClassList(string Path, IReadOnlyList<string> Names)
{
    private const string Ending = "_classes.txt";

    /// <summary>Whether the file's name says that it lists classes.</summary>
    public bool IsSure => Path.EndsWith(Ending, StringComparison.Ordinal);

    /// <summary>The list of a part in a folder; null where there is none.</summary>
    public static ClassList? Find(string folder, string part) =>
        new[] { Ending, ".txt" }
            .Select(ending => System.IO.Path.Combine(folder, part + ending))
            .Where(File.Exists)
            .Select(file => new ClassList(
                file,
                [.. RegularFile.Lines(file).Select(line => line.Trim()).Where(line => line.Length > 0)]
            ))
            .FirstOrDefault(list => list.Names.Count > 0);

    /// <summary>Refuses names that are no plain folder names, and names that an earlier list or line has.</summary>
    /// <param name="lists">All lists.</param>
    /// <exception cref="CounterpoiseException">One is; the message names it and its list.</exception>
    public static void Check(params ClassList[] lists)
    {
        Dictionary<string, ClassList> seen = new(StringComparer.Ordinal);
        foreach (ClassList list in lists)
        {
            foreach (string name in list.Names)
            {
                if (name is "." or ".." || name.AsSpan().ContainsAny("/\\"))
                {
                    throw new CounterpoiseException(
                        $"{list.Path}: '{name}' is no name of a class folder, expected one a line, without a path; correct the line."
                    );
                }

                if (!seen.TryAdd(name, list))
                {
                    throw new CounterpoiseException(
                        $"{list.Path}: the class '{name}' is listed twice, the first time in {seen[name].Path}; "
                            + "every class is in one list, once."
                    );
                }
            }
        }
    }
}
