namespace Counterpoise.Data.Formats;

/// <summary>Rows of Parquet files that are one part of a data set.</summary>
/// <param name="Shards">The files, in order.</param>
/// <param name="Rows">The rows that are used, counted through all files, ascending.</param>
/// <param name="Labels">The class of each of them.</param>
internal sealed record ParquetRows(
    IReadOnlyList<ParquetShard> Shards,
    IReadOnlyList<int> Rows,
    IReadOnlyList<int> Labels
);
