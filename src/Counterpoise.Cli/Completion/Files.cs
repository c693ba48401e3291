using Counterpoise.Runs;

namespace Counterpoise.Cli.Completion;

/// <summary>Files and folders that a word can become. Folders end in '/', on every system.</summary>
internal static class Files
{
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    /// <summary>What the folder that the word names so far holds.</summary>
    /// <param name="word">The beginning of a path.</param>
    /// <param name="extension">The files' extension; all files if it is empty.</param>
    internal static IEnumerable<string> Of(string word, string extension = "")
    {
        string before = word[..(word.LastIndexOf('/') + 1)];
        var folder = new DirectoryInfo(before.Length == 0 ? "." : before);
        return !folder.Exists
            ? []
            : folder
                .EnumerateFileSystemInfos("*", Readable)
                .Where(entry => entry is DirectoryInfo || entry.Name.EndsWith(extension, StringComparison.Ordinal))
                .Select(entry => before + entry.Name + (entry is DirectoryInfo ? "/" : ""))
                .Order(StringComparer.Ordinal);
    }

    /// <summary>The folders in the folder that the word names so far.</summary>
    internal static IEnumerable<string> Folders(string word) => Of(word).Where(path => path.EndsWith('/'));

    /// <summary>The run folders below <c>runs</c>, where they are put unless told otherwise.</summary>
    internal static IEnumerable<string> Runs() =>
        !Directory.Exists("runs")
            ? []
            : Directory
                .EnumerateFiles(
                    "runs",
                    RunFiles.Description,
                    new EnumerationOptions
                    {
                        IgnoreInaccessible = true,
                        RecurseSubdirectories = true,
                        MaxRecursionDepth = 3,
                    }
                )
                .Select(file => Path.GetDirectoryName(file)!.Replace('\\', '/'))
                .Order(StringComparer.Ordinal);
}
