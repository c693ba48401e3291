using System.Globalization;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>A Parquet file of a folder, and what its name and that of its folder say of it.</summary>
internal sealed partial class ParquetFile
{
    private readonly string? labelColumn;
    private ParquetShard? opened;

    /// <param name="path">Where it is.</param>
    /// <param name="configuration">The folder of the data set that it is a file of.</param>
    /// <param name="labelColumn">The column of labels; null to find it.</param>
    internal ParquetFile(string path, string configuration, string? labelColumn)
    {
        this.labelColumn = labelColumn;
        Path = path;
        Configuration = configuration;
        Match name = ShardName().Match(System.IO.Path.GetFileNameWithoutExtension(path));
        Stem = name.Groups["stem"].Value.TrimEnd('-', '_', '.', ' ');
        if (name.Groups["total"].Success)
        {
            Shard = int.Parse(name.Groups["shard"].Value, CultureInfo.InvariantCulture);
            Total = int.Parse(name.Groups["total"].Value, CultureInfo.InvariantCulture);
        }

        if (
            PartNames.Of(Stem) is null
            && System.IO.Path.GetDirectoryName(path) is { } folder
            && folder != configuration
        )
        {
            Stem = System.IO.Path.GetFileName(folder);
        }

        Part = PartNames.Of(Stem);
    }

    internal string Path { get; }

    internal string Configuration { get; }

    /// <summary>What is called like the part: the file, without the number of its shard, or its folder.</summary>
    internal string Stem { get; }

    /// <summary>The part; null where neither name says one.</summary>
    internal Part? Part { get; }

    /// <summary>What the names say beside the part.</summary>
    internal IReadOnlyList<string> OtherWords => PartNames.OtherWords(Stem);

    /// <summary>The number of the shard, and of how many, where the name says both.</summary>
    internal int? Shard { get; }

    /// <inheritdoc cref="Shard"/>
    internal int? Total { get; }

    /// <summary>Opens the file.</summary>
    /// <exception cref="CounterpoiseException">It is damaged or no Parquet file.</exception>
    internal ParquetShard Open() => opened ??= ParquetShard.Open(Path, labelColumn);

    /// <summary>Whether it can be opened and has columns of images and of labels.</summary>
    internal bool HasColumns()
    {
        try
        {
            return Open().HasColumns;
        }
        catch (CounterpoiseException)
        {
            return false; // Who needs the file opens it again, and says why it cannot be.
        }
    }

    // The hub's names, of today and of some years ago: train-00000-of-00002, train-00000-of-00002-b42a775f407cee45; also train_1.
    [GeneratedRegex(
        @"^(?<stem>.*?)([-_.]?(?<shard>\d{1,9})[-_]of[-_](?<total>\d{1,9})([-_][0-9a-f]+)?|[-_.]?\d+)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex ShardName();
}
