namespace Counterpoise.Data.Formats;

/// <summary>All forms of data, in the order in which they are tried: each is looked for only where none before it is.</summary>
internal static class DataFormats
{
    /// <summary>The forms.</summary>
    internal static IReadOnlyList<DataFormat> All { get; } =
    [
        new PackedFormat(),
        new SyntheticFormat(),
        new ParquetFormat(),
        new CifarFormat(),
        new ArchiveFormat(),
        new ListFiles(),
        new CsvList(),
        new INaturalist(),
        new TieredFormat(),
        new FolderFormat(),
    ];

    /// <summary>What data may be, in one phrase that begins with what most people have.</summary>
    internal static string Expected { get; } =
        string.Join(", ", All.Skip(1).Reverse().Select(format => format.Description)) + $" or {All[0].Description}";
}
