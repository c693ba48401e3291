using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>The Parquet files of a folder by data set, as the hub and its users lay them: a data set's files lie in the folder, in
/// its folder <c>data</c> or in one of its own, and in folders there that are called like parts.</summary>
internal sealed class ParquetFolder
{
    private readonly Dictionary<string, List<ParquetFile>> configurations = [];
    private readonly List<string> imageFolders = [];
    private readonly string? labelColumn;

    /// <param name="path">The folder.</param>
    /// <param name="labelColumn">The column of labels; null to find it.</param>
    internal ParquetFolder(string path, string? labelColumn)
    {
        this.labelColumn = labelColumn;
        Path = path;
        Base(path);
        string data = System.IO.Path.Combine(path, "data");
        if (Directory.Exists(data))
        {
            Base(data);
        }
    }

    internal string Path { get; }

    /// <summary>The files of each data set, in the order of their names.</summary>
    internal IReadOnlyList<ParquetFile[]> Configurations =>
        [.. configurations.Values.Select(files => files.OrderBy(file => file.Path, StringComparer.Ordinal).ToArray())];

    /// <summary>Folders that hold images.</summary>
    internal IReadOnlyList<string> ImageFolders => imageFolders;

    private void Base(string folder)
    {
        (List<string> files, List<string> folders, bool imagesBeside) = Look(folder, stops: false);
        Add(files, folder);
        if (imagesBeside)
        {
            imageFolders.Add(folder);
        }

        foreach (string below in folders.Where(below => System.IO.Path.GetFileName(below) != "data" || folder != Path))
        {
            bool isPart = IsPart(below);
            (List<string> filesBelow, List<string> foldersBelow, bool hasImages) = Look(below, stops: true);
            Add(filesBelow, isPart ? folder : below);
            foreach (string last in foldersBelow.TakeWhile(_ => !hasImages))
            {
                (List<string> lastFiles, _, hasImages) = Look(last, stops: true);
                Add(isPart || !IsPart(last) ? [] : lastFiles, below);
            }

            if (hasImages)
            {
                imageFolders.Add(below);
            }
        }
    }

    private void Add(List<string> files, string configuration)
    {
        if (files.Count > 0)
        {
            configurations.TryAdd(configuration, []);
            configurations[configuration]
                .AddRange(files.Select(file => new ParquetFile(file, configuration, labelColumn)));
        }
    }

    private static bool IsPart(string folder) => PartNames.Of(System.IO.Path.GetFileName(folder)) is not null;

    /// <summary>What a folder holds. One with images holds no data set in Parquet files: it may be large, and is left at the first.</summary>
    private static (List<string> Files, List<string> Folders, bool HasImages) Look(string folder, bool stops)
    {
        List<string> files = [];
        List<string> folders = [];
        bool hasImages = false;
        foreach (FolderEntry entry in FolderEntry.In(folder))
        {
            if (SystemFiles.Are(entry.Name) || entry.IsHidden || entry.IsMisnamed)
            {
                continue;
            }

            if (entry.IsFolder)
            {
                folders.Add(entry.Path);
            }
            else if (ParquetFiles.IsParquet(entry.Path))
            {
                files.Add(entry.Path);
            }
            else if (ImageFormats.IsNamedLikeOne(entry.Name))
            {
                if (stops)
                {
                    return ([], [], true);
                }

                hasImages = true;
            }
        }

        folders.Sort(StringComparer.Ordinal);
        return (files, folders, hasImages);
    }
}
