using Counterpoise.Runs;

namespace Counterpoise.Watch;

/// <summary>The run folders below a folder. A run is found by its id in this list; ids never become paths.</summary>
internal sealed class WatchedFolder(string root)
{
    /// <summary>How deep below the root run folders are looked for: <c>runs/a/b/run</c>.</summary>
    private const int Deepest = 3;

    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    private readonly Lock gate = new();
    private Dictionary<string, WatchedRun> known = new(StringComparer.Ordinal);

    /// <summary>Looks again which runs there are, in order of their ids.</summary>
    internal IReadOnlyList<WatchedRun> Scan()
    {
        lock (gate)
        {
            var found = new Dictionary<string, WatchedRun>(StringComparer.Ordinal);
            foreach (string path in Runs(root, 0))
            {
                string id = Id(path);
                found[id] = known.GetValueOrDefault(id) ?? new WatchedRun(id, path);
            }

            known = found;
            return [.. known.Values.OrderBy(run => run.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>The run with an id; null where there is none, or where it was deleted.</summary>
    internal WatchedRun? Find(string id)
    {
        lock (gate)
        {
            if (known.TryGetValue(id, out WatchedRun? run))
            {
                return run.Exists ? run : null;
            }
        }

        return Scan().FirstOrDefault(run => run.Id == id);
    }

    private static IEnumerable<string> Runs(string folder, int depth)
    {
        if (File.Exists(Path.Combine(folder, RunFiles.Description)))
        {
            return [folder];
        }

        return depth == Deepest || !Directory.Exists(folder)
            ? []
            : Directory.EnumerateDirectories(folder, "*", Readable).SelectMany(below => Runs(below, depth + 1));
    }

    private string Id(string path)
    {
        string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
        return relative == "." ? Path.GetFileName(Path.GetFullPath(root)) : relative;
    }
}
