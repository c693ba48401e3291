using Parquet.Meta;

namespace Counterpoise.Data.Formats;

/// <summary>Goes over the pages of a column, without their content, before the library reads them.</summary>
internal static class ParquetPages
{
    private const long AlwaysAllowed = 64 << 20;

    /// <summary>Requires pages that lie one behind the other in the file and have the values that the column says.</summary>
    /// <param name="file">The file.</param>
    /// <param name="chunk">The column in a group of rows.</param>
    /// <exception cref="InvalidDataException">They do not.</exception>
    internal static void Require(Stream file, ColumnMetaData chunk)
    {
        long end = file.Length;
        long place = new[] { chunk.DictionaryPageOffset ?? 0, chunk.DataPageOffset, chunk.IndexPageOffset ?? 0 }
            .Where(offset => offset != 0)
            .DefaultIfEmpty()
            .Min();
        for (long values = 0; values < chunk.NumValues; )
        {
            if (place <= 0 || place >= end)
            {
                throw new InvalidDataException(
                    $"a page of the column {Name(chunk)} is at byte {place} of {end}, after {values} of {chunk.NumValues} values"
                );
            }

            file.Position = place;
            ParquetHeader page = ParquetHeader.OfPage(file, end);
            long packed = page["Page", 3];
            long unpacked = page["Page", 2];
            long dictionary = page["Dictionary", 1];
            var kind = (PageType)page["Page", 1];
            long found = kind switch
            {
                PageType.DATA_PAGE => page["Data", 1],
                PageType.DATA_PAGE_V2 => page["Data2", 1],
                _ => 0,
            };
            if (
                packed < 0
                || packed > end - file.Position
                || unpacked < 0
                || unpacked > Math.Max(AlwaysAllowed, chunk.TotalUncompressedSize)
                || dictionary < 0
                || dictionary > unpacked
                || found < 0
                || found > chunk.NumValues - values
            )
            {
                throw new InvalidDataException(
                    $"the page of the column {Name(chunk)} at byte {place} announces {packed} bytes, {unpacked} unpacked, {found + dictionary} values"
                );
            }

            long next = file.Position + packed;
            if (chunk.Codec == CompressionCodec.SNAPPY && packed > 0 && kind != PageType.DATA_PAGE_V2)
            {
                // Snappy's own bytes begin with the length again, and it takes memory by that one.
                long length = page.ReadLength();
                if (length != unpacked)
                {
                    throw new InvalidDataException(
                        $"the page of the column {Name(chunk)} at byte {place} announces {length} bytes unpacked where {unpacked} were said"
                    );
                }
            }

            values += found;
            place = next;
        }
    }

    private static string Name(ColumnMetaData chunk) => string.Join('/', chunk.PathInSchema);
}
