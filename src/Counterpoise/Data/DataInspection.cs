using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>A file that could not be decoded.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record UnreadableFile(string Path, string Reason);

/// <summary>What a data set holds, without its pixels.</summary>
/// <param name="Name">The data set's short name.</param>
/// <param name="Classes">The class names.</param>
/// <param name="TrainCounts">Readable training images per class.</param>
/// <param name="TestCounts">Readable test images per class.</param>
/// <param name="Smallest">The original size with the fewest pixels; zeros where no image is readable.</param>
/// <param name="Median">The original size in the middle when ordered by pixels.</param>
/// <param name="Largest">The original size with the most pixels.</param>
/// <param name="Unreadable">Files that could not be decoded, in order.</param>
/// <param name="Notes">What the user must be told, one line each; the first says what was recognised.</param>
internal sealed record DataInspection(
    string Name,
    IReadOnlyList<string> Classes,
    IReadOnlyList<int> TrainCounts,
    IReadOnlyList<int> TestCounts,
    PixelSize Smallest,
    PixelSize Median,
    PixelSize Largest,
    IReadOnlyList<UnreadableFile> Unreadable,
    IReadOnlyList<string> Notes
)
{
    /// <summary>What is there and not used. The notes say it, too.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    internal static DataInspection Of(ImageData data)
    {
        PixelSize size = new(data.Train.Width, data.Train.Height);
        int classes = data.Train.Classes.Count;
        return new(
            data.Name,
            data.Train.Classes,
            Counts(data.Train.Labels, classes),
            Counts(data.Test.Labels, classes),
            size,
            size,
            size,
            [],
            data.Notes
        )
        {
            LeftOut = data.LeftOut,
        };
    }

    /// <summary>Decodes every file of a folder once, to see whether it can be, and keeps none.</summary>
    internal static DataInspection Of(string root, ImageListing listing, OpenOptions options)
    {
        ImageFile[] files = [.. listing.Train, .. listing.Test];
        PixelSize[] sizes = new PixelSize[files.Length];
        var traits = new ImageTraits[files.Length];
        string?[] reasons = ImageFolder.DecodeAll(
            files,
            options with
            {
                SkipUnreadable = true,
            },
            (i, path) =>
            {
                PixelBuffer image = PixelBuffer.OfThisThread;
                string? reason = ImageDecoder.Decode(path, options.Reading, image, out sizes[i]);
                traits[i] = reason is null ? image.Traits : ImageTraits.None;
                return reason;
            }
        );
        int train = listing.Train.Count;
        int[] readable = [.. Enumerable.Range(0, files.Length).Where(i => reasons[i] is null)];
        PixelSize[] ordered = [.. readable.Select(i => sizes[i]).OrderBy(size => (long)size.Width * size.Height)];
        return new(
            ImageFolder.Name(root),
            listing.Classes,
            Counts(readable.Where(i => i < train).Select(i => files[i].Label), listing.Classes.Count),
            Counts(readable.Where(i => i >= train).Select(i => files[i].Label), listing.Classes.Count),
            ordered.FirstOrDefault(),
            ordered.ElementAtOrDefault((ordered.Length - 1) / 2),
            ordered.LastOrDefault(),
            ImageFolder.Unreadable(files, reasons),
            [
                $"{root}: recognised {listing.Form}: {listing.Classes.Count} classes, {train} training and "
                    + $"{listing.Test.Count} test images.",
                .. listing.Notes,
                .. ImageRemarks.Of(root, options.Reading, traits, i => Path.GetRelativePath(root, files[i].Path)),
            ]
        );
    }

    private static int[] Counts(IEnumerable<int> labels, int classes)
    {
        int[] counts = new int[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
