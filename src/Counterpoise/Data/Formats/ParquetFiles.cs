using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>Which Parquet files are which part of a data set.</summary>
/// <param name="Folder">The folder that the files' names start from.</param>
/// <param name="Parts">The files of each part that is there, in the order of their names.</param>
/// <param name="LeftOut">What lies beside these files and is not used.</param>
internal sealed record ParquetFiles(
    string Folder,
    IReadOnlyDictionary<Part, IReadOnlyList<ParquetShard>> Parts,
    IReadOnlyList<LeftOut> LeftOut
)
{
    private const string Extension = ".parquet";
    private const int MostNamed = 5;

    /// <summary>Whether a file is called like a Parquet file.</summary>
    internal static bool IsParquet(string path) =>
        Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a part is called in messages.</summary>
    internal static string Name(Part part) =>
        part switch
        {
            Part.Train => "training",
            Part.Validation => "validation",
            _ => "test",
        };

    /// <summary>The first of names, and whether there are more.</summary>
    internal static string Shortened(IEnumerable<string> all)
    {
        string[] names = [.. all];
        return string.Join(", ", names.Take(MostNamed)) + (names.Length > MostNamed ? " and others" : "");
    }

    /// <summary>The files of a data set, or the one file that it is; null where there are none of images and labels.</summary>
    /// <exception cref="UsageException">There are several data sets, or several kinds of files of a part.</exception>
    /// <exception cref="CounterpoiseException">Files are missing, or are called like a data set's and hold something else.</exception>
    /// <param name="path">A folder or a file.</param>
    /// <param name="labelColumn">The column of labels, by name or number from 1; null to find it.</param>
    internal static ParquetFiles? Find(string path, string? labelColumn)
    {
        if (!Directory.Exists(path))
        {
            return IsParquet(path) && File.Exists(path)
                ? new(
                    Path.GetDirectoryName(Path.GetFullPath(path))!,
                    new Dictionary<Part, IReadOnlyList<ParquetShard>>
                    {
                        [Part.Train] = [ParquetShard.Open(path, labelColumn)],
                    },
                    []
                )
                : null;
        }

        var folder = new ParquetFolder(path, labelColumn);
        ParquetFile[][] holding = [.. folder.Configurations.Where(files => files.Any(file => file.HasColumns()))];
        return holding switch
        {
            [] => Bystanders(folder),
            [var files] => Of(folder, files),
            _ => throw new UsageException(
                $"{path}: found Parquet files of {holding.Length} data sets, in {Shortened(holding.Select(files => files[0].Configuration))}, expected one; "
                    + "give the path of the one that is meant."
            ),
        };
    }

    /// <summary>Parquet files may lie beside data of another form. Where there is none, those called like parts are what was meant.</summary>
    private static ParquetFiles? Bystanders(ParquetFolder folder)
    {
        ParquetFile? meant = folder
            .Configurations.SelectMany(files => files)
            .Where(file => file.Part is not null)
            .MinBy(file => file.Part);
        return meant is null || folder.ImageFolders.Count > 0 ? null : throw meant.Open().Columns.Missing();
    }

    private static ParquetFiles Of(ParquetFolder folder, ParquetFile[] files)
    {
        var leftOut = new LeftOutList();
        Dictionary<Part, ParquetFile[]> parts = files
            .Where(file => file.Part is not null)
            .GroupBy(file => file.Part!.Value)
            .ToDictionary(part => part.Key, part => Used(folder.Path, [.. part]));
        bool saysNone = parts.Count == 0;
        if (saysNone)
        {
            parts[Part.Train] = [.. files.Where(file => file.HasColumns())]; // Nothing says what is for what.
        }

        foreach (
            ParquetFile file in folder.Configurations.SelectMany(all => all).Except(parts.Values.SelectMany(all => all))
        )
        {
            leftOut.Add(
                saysNone || file.Configuration != files[0].Configuration
                        ? "Parquet files without columns of images and labels"
                    : file.Part is null ? "Parquet files whose names say no part"
                    : $"Parquet files called {string.Join(' ', file.OtherWords)} beside others of their part",
                null,
                file.Path
            );
        }

        foreach (string images in folder.ImageFolders)
        {
            leftOut.Add("folders that hold images beside the Parquet files", null, images);
        }

        return new ParquetFiles(
            files[0].Configuration,
            parts.ToDictionary(
                part => part.Key,
                IReadOnlyList<ParquetShard> (part) => [.. part.Value.Select(file => file.Open())]
            ),
            leftOut.All
        );
    }

    /// <summary>The files of a part: those whose names say it and no more, where there are such; all of them, and none twice.</summary>
    private static ParquetFile[] Used(string folder, ParquetFile[] files)
    {
        ParquetFile[] plain = [.. files.Where(file => file.OtherWords.Count == 0)];
        ParquetFile[] used = plain.Length > 0 ? plain : files;
        string name = Name(used[0].Part!.Value);
        ParquetFile[] kinds = [.. used.DistinctBy(file => (file.Stem.ToUpperInvariant(), file.Total))];
        if (kinds.Length > 1)
        {
            throw new UsageException(
                $"{folder}: found {name} files of several kinds, such as {Names(kinds)}; keep one kind, and move the others away."
            );
        }

        if (used[0].Total is { } total)
        {
            int[] missing = [.. Enumerable.Range(0, total).Except(used.Select(file => file.Shard!.Value))];
            if (missing.Length > 0 || used.Length > total)
            {
                throw new CounterpoiseException(
                    $"{folder}: found {used.Length} {name} files, expected {total} by their names; "
                        + (
                            missing.Length > 0
                                ? $"download those with the numbers {Shortened(missing.Select(shard => $"{shard:00000}"))}, or rename the files to train on these alone."
                                : $"remove those that are there twice: {Names(used)}."
                        )
                );
            }
        }

        return used;
    }

    private static string Names(IEnumerable<ParquetFile> files) =>
        Shortened(files.Select(file => Path.GetFileName(file.Path)));
}
