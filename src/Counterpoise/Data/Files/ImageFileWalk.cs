using Counterpoise.Basics;

namespace Counterpoise.Data.Files;

/// <summary>
/// Finds image files below folders: the one way in which training, testing, predicting and serving do. What it does not
/// take it counts.
/// </summary>
/// <remarks>Links are followed, except to a folder above or to one that was read already.</remarks>
/// <param name="root">The data set, from which patterns start.</param>
/// <param name="choice">Which files are wanted; null for all.</param>
/// <param name="decoding">The version of the rules by which files are read; null for the newest.</param>
/// <param name="aside">A folder below the data set that is read by itself, and so not looked into; null for none.</param>
internal sealed class ImageFileWalk(string root, FileChoice? choice = null, int? decoding = null, string? aside = null)
{
    private readonly IReadOnlyList<string> endings = ImageFormats.EndingsOf(decoding);
    private readonly FileChoice choice = choice ?? new FileChoice([], []);
    private readonly HashSet<string> counted = new(StringComparer.Ordinal);
    private readonly string? apart = aside is null ? null : RealPath.Of(aside);
    private readonly Pairs twins = new();
    private readonly Pairs masks = new();

    /// <summary>Which files are wanted.</summary>
    internal FileChoice Choice => choice;

    /// <summary>What was not taken so far.</summary>
    internal LeftOutList LeftOut { get; } = new();

    /// <summary>What the user must be told of the files that were taken; empty where there is nothing.</summary>
    internal IReadOnlyList<string> Notes =>
        [
            .. choice.Unused(root),
            .. twins.Note(
                root,
                "files differ from another one in their ending alone",
                "if they are masks or copies, exclude them, by a pattern such as '*.png'"
            ),
            .. masks.Note(
                root,
                "files are named like masks of another one and are read as images of its class",
                "if they are masks, exclude them, by a pattern such as '*_mask.*'"
            ),
        ];

    /// <summary>The image files below a folder, in ordinal order of their paths, found one by one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="class">The class that they belong to, for what is left out; null for none.</param>
    internal IEnumerable<string> Files(string folder, string? @class)
    {
        string real = RealPath.Of(folder);
        return Below(folder, real, @class, [real]);
    }

    /// <summary>The image files in a folder itself.</summary>
    internal string[] FilesIn(string folder) =>
        [
            .. FolderEntry
                .Ordered(folder)
                .Where(entry => !entry.IsFolder && !MayBeFolder(entry) && IsTaken(entry, null))
                .Select(entry => entry.Path),
        ];

    /// <summary>The folders in a folder that may be parts or classes, in ordinal order.</summary>
    /// <remarks>What is left out in a folder is counted once, however often it is asked for.</remarks>
    /// <exception cref="CounterpoiseException">One cannot be opened by its name, or is a link to a folder above it.</exception>
    internal string[] Folders(string parent)
    {
        if (!counted.Add(parent))
        {
            return new ImageFileWalk(root, choice, decoding, aside).Folders(parent);
        }

        string real = RealPath.Of(parent);
        List<string> folders = [];
        foreach (FolderEntry entry in FolderEntry.Ordered(parent))
        {
            if (MayBeFolder(entry))
            {
                LeftOut.Add("broken links", entry.Name, entry.Path);
            }
            else if (entry.IsFolder && !IsLeftOut(entry, null))
            {
                folders.Add(entry.Path);
                if (entry.IsMisnamed)
                {
                    throw new CounterpoiseException(
                        $"{entry.Path}: the folder's name is not UTF-8, so that it cannot be opened and its class would be lost; rename it."
                    );
                }

                if (entry.IsLink && RealPath.Holds(RealPath.Of(entry.Path), real))
                {
                    throw new CounterpoiseException(
                        $"{entry.Path}: is a link to {RealPath.Of(entry.Path)}, a folder above it, expected one of a class's images; remove the link."
                    );
                }
            }
        }

        return [.. folders];
    }

    /// <summary>The folders within one that may be a part or a class, without links; nothing is counted.</summary>
    internal string[] Inside(string folder)
    {
        var looking = new ImageFileWalk(root, choice, decoding, aside);
        return
        [
            .. FolderEntry
                .Ordered(folder)
                .Where(entry =>
                    entry is { IsFolder: true, IsLink: false, IsMisnamed: false } && !looking.IsLeftOut(entry, null)
                )
                .Select(entry => entry.Path),
        ];
    }

    /// <summary>Whether a folder itself holds image files.</summary>
    internal static bool HasFiles(string folder) =>
        FolderEntry
            .In(folder)
            .Any(entry => !entry.IsFolder && IsPlain(entry) && ImageFormats.IsNamedLikeOne(entry.Name));

    /// <summary>Whether there are image files below a folder, through links within it or not.</summary>
    internal bool HasFilesBelow(string folder) =>
        new ImageFileWalk(root, choice, decoding, aside).Files(folder, null).Any();

    private IEnumerable<string> Below(string folder, string real, string? @class, HashSet<string> visited)
    {
        string? before = null;
        FolderEntry[] entries = FolderEntry.Ordered(folder);
        var stems = new Lazy<Dictionary<string, string>>(() => Stems(entries));
        foreach (FolderEntry entry in entries)
        {
            if (!entry.IsFolder)
            {
                if (IsTaken(entry, @class))
                {
                    CountTwin(before, entry.Path);
                    CountMask(stems, entry);
                    before = entry.Path;
                    yield return entry.Path;
                }

                continue;
            }

            if (IsLeftOut(entry, @class))
            {
                continue;
            }

            string child = entry.IsLink ? RealPath.Of(entry.Path) : Path.Combine(real, entry.Name);
            if (entry.IsLink && RealPath.Holds(child, real))
            {
                LeftOut.Add("links to a folder above them", @class, entry.Path);
            }
            else if (!visited.Add(child))
            {
                LeftOut.Add("folders that are read already under another name", @class, entry.Path);
            }
            else
            {
                foreach (string file in Below(entry.Path, child, @class, visited))
                {
                    yield return file;
                }
            }
        }
    }

    /// <summary>A broken link that is not named like an image may have led to a folder of a class.</summary>
    private static bool MayBeFolder(FolderEntry entry) => entry.IsBroken && !ImageFormats.IsNamedLikeOne(entry.Name);

    private static bool IsPlain(FolderEntry entry) => !entry.IsHidden && !SystemFiles.Are(entry.Name);

    /// <summary>Whether a folder is none to be looked into; it is counted then.</summary>
    private bool IsLeftOut(FolderEntry entry, string? @class)
    {
        string? reason =
            SystemFiles.Are(entry.Name) ? "folders that other systems made"
            : entry.Name == CacheFolder.Name || (apart is not null && RealPath.Of(entry.Path) == apart) ? ""
            : entry.IsHidden ? "hidden folders"
            : !choice.IsAll && choice.IsExcluded(Relative(entry)) ? "excluded folders"
            : null;
        return Count(reason, @class, entry);
    }

    /// <summary>Whether a file is an image to be read; it is counted otherwise, where it may be one.</summary>
    private bool IsTaken(FolderEntry entry, string? @class)
    {
        bool isImage = endings.Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase);
        string? reason = SystemFiles.Are(entry.Name)
            ? isImage
                ? "files that other systems made"
                : ""
            : entry.IsHidden
                ? isImage
                    ? "hidden files"
                    : ""
                : entry.IsMisnamed
                    ? "files whose names are not UTF-8, which cannot be opened by them"
                    : entry.IsBroken
                        ? "broken links"
                        : !isImage
                            ? ReasonOfOther(entry)
                            : !choice.IsAll && !choice.Wants(Relative(entry))
                                ? "excluded files"
                                : null;
        return !Count(reason, @class, entry);
    }

    private static string ReasonOfOther(FolderEntry entry)
    {
        string ending = Path.GetExtension(entry.Name).ToLowerInvariant();
        return !ImageFormats.IsNamedLikeOne(entry.Name) && !OtherFiles.MayBeImages(entry.Path) ? ""
            : ending.Length > 1 ? $"files ending with {ending}, which are not read"
            : "files without an ending, which are not read";
    }

    /// <summary>Counts what has a reason; what has an empty one is no image and no folder of images.</summary>
    private bool Count(string? reason, string? @class, FolderEntry entry)
    {
        if (reason is { Length: > 0 })
        {
            LeftOut.Add(reason, @class, entry.Path);
        }

        return reason is not null;
    }

    private string Relative(FolderEntry entry) => Path.GetRelativePath(root, entry.Path);

    private void CountTwin(string? before, string file)
    {
        if (
            before is not null
            && Path.GetFileNameWithoutExtension(before.AsSpan())
                .Equals(Path.GetFileNameWithoutExtension(file.AsSpan()), StringComparison.Ordinal)
        )
        {
            twins.Add(before, file);
        }
    }

    private void CountMask(Lazy<Dictionary<string, string>> stems, FolderEntry entry)
    {
        if (
            MaskNames.MaskedBy(Path.GetFileNameWithoutExtension(entry.Name)) is { } masked
            && stems.Value.TryGetValue(masked, out string? image)
        )
        {
            masks.Add(image, entry.Path);
        }
    }

    private static Dictionary<string, string> Stems(FolderEntry[] entries)
    {
        Dictionary<string, string> stems = new(StringComparer.Ordinal);
        foreach (
            FolderEntry entry in entries.Where(entry => !entry.IsFolder && ImageFormats.IsNamedLikeOne(entry.Name))
        )
        {
            stems.TryAdd(Path.GetFileNameWithoutExtension(entry.Name), entry.Path);
        }

        return stems;
    }

    /// <summary>Counts pairs of files and keeps the first.</summary>
    private sealed class Pairs
    {
        private int count;
        private (string First, string Second) example;

        internal void Add(string first, string second) => example = count++ == 0 ? (first, second) : example;

        internal IReadOnlyList<string> Note(string root, string what, string hint) =>
            count == 0
                ? []
                :
                [
                    $"{root}: {count} {what}, such as {Path.GetRelativePath(root, example.First)} and {Path.GetRelativePath(root, example.Second)}; {hint}.",
                ];
    }
}
