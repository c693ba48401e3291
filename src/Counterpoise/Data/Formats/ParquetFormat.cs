using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>A folder of Parquet files, as the Hugging Face hub keeps data sets.</summary>
internal sealed class ParquetFormat() : DataFormat("a folder of Parquet files, or one of them")
{
    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.LabelColumn;

    /// <summary>Rows of Parquet files can be read in order alone, so they are packed once, beside the files.</summary>
    internal override ImageData? Open(string data, OpenOptions options)
    {
        if (ParquetSet.Find(data, options.Listing.LabelColumn) is not { } set)
        {
            return null;
        }

        string cache = set.CachePath(options);
        List<string> notes = [];
        var entry = new CacheEntry(
            cache,
            Path.GetDirectoryName(cache)!,
            "Pack the data elsewhere with 'counterpoise data pack' and train on that file."
        );
        CacheContent content = entry.Require(
            temporary =>
            {
                using ImageData images = set.Open(options);
                PackedFileWriter.Write(temporary, images, options, options.Progress, CancellationToken.None);
                notes.Add(
                    $"{data}: rows of Parquet files can be read in order alone, so they were packed into {cache}."
                );
                return images.LeftOut;
            },
            options.Messages
        );
        ImageData packed = PackedFile.Open(cache, options);
        return packed with { Notes = [.. packed.Notes, .. notes, .. content.Notes] };
    }

    /// <inheritdoc/>
    internal override ImageData? OpenToPack(string data, OpenOptions options) =>
        ParquetSet.Find(data, options.Listing.LabelColumn)?.Open(options);

    /// <inheritdoc/>
    internal override DataInspection? Inspect(string data, OpenOptions options) =>
        ParquetSet.Find(data, options.Listing.LabelColumn) is { } set ? ParquetInspection.Of(set, options) : null;

    /// <inheritdoc/>
    /// <remarks>Rows can be read in order alone, so the sample is of the first ones.</remarks>
    internal override DataSurvey? Survey(string data, OpenOptions options)
    {
        if (ParquetSet.Find(data, options.Listing.LabelColumn) is not { } set)
        {
            return null;
        }

        using ImageData images = set.Open(options with { SkipUnreadable = true });
        return images.Train is ParquetImages rows
            ? DataSurvey.Of(
                rows.Classes,
                rows.Labels,
                Enumerable.Range(0, Math.Min(rows.Count, DataSurvey.MostSampled)).Select(rows.SizeOf)
            )
            : DataSurvey.None;
    }
}
