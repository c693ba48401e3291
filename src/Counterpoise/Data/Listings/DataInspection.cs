using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Listings;

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

    /// <summary>Files with the same bytes, the worst first.</summary>
    public IReadOnlyList<DuplicateFinding> Identical { get; init; } = [];

    /// <summary>Images that look the same, the worst first; null where they were not looked for.</summary>
    public IReadOnlyList<DuplicateFinding>? Near { get; init; }

    /// <summary>Readable images per class of the validation part beside a test part; null where there is none.</summary>
    public IReadOnlyList<int>? ValidationCounts { get; init; }

    internal static DataInspection Of(ImageData data)
    {
        PixelSize size = new(data.Train.Width, data.Train.Height);
        int classes = data.Train.Classes.Count;
        return new(
            data.Name,
            data.Train.Classes,
            ClassCounts.Of(data.Train.Labels, classes),
            ClassCounts.Of(data.Test.Labels, classes),
            size,
            size,
            size,
            [],
            data.Notes
        )
        {
            LeftOut = data.LeftOut,
            ValidationCounts = data.Validation is { } held ? ClassCounts.Of(held.Labels, classes) : null,
        };
    }

    /// <summary>Decodes every file of a folder once, to see whether it can be, and keeps none.</summary>
    internal static DataInspection Of(string root, ImageListing listing, OpenOptions options)
    {
        ImageFile[] files = [.. listing.All];
        PixelSize[] sizes = new PixelSize[files.Length];
        var traits = new ImageTraits[files.Length];
        var hashes = new PerceptualHash?[options.Compares ? files.Length : 0];
        var square = new ImageGeometry(PerceptualHash.Side, PerceptualHash.Side, ResizeRule.Square);
        string?[] reasons = ImageFolder.DecodeAll(
            files,
            options with
            {
                SkipUnreadable = true,
            },
            (i, path) =>
            {
                PixelBuffer image = PixelBuffer.OfThisThread;
                string? reason = ImageDecoder.Decode(
                    path,
                    options.Reading with
                    {
                        Geometry = square,
                    },
                    image,
                    out sizes[i]
                );
                traits[i] = reason is null ? image.Traits : ImageTraits.None;
                if (options.Compares && reason is null)
                {
                    hashes[i] = PerceptualHash.Of(image);
                }

                return reason;
            }
        );
        PartFile[] parts = listing.PartFiles;
        IReadOnlyList<DuplicateFinding> identical = IdenticalFiles.Find(parts);
        int[] readable = [.. Enumerable.Range(0, files.Length).Where(i => reasons[i] is null)];
        PixelSize[] ordered = [.. readable.Select(i => sizes[i]).OrderBy(size => (long)size.Width * size.Height)];
        int train = listing.Train.Count;
        int tested = train + listing.Test.Count;
        return new(
            ImageFolder.Name(root),
            listing.Classes,
            CountsFrom(0, train),
            CountsFrom(train, tested),
            ordered.FirstOrDefault(),
            ordered.ElementAtOrDefault((ordered.Length - 1) / 2),
            ordered.LastOrDefault(),
            ImageFolder.Unreadable(files, reasons),
            [
                $"{root}: recognised {listing.Form}: {listing.Counts}.",
                .. listing.Notes,
                .. ImageRemarks.Of(root, options.Reading, traits, i => Path.GetRelativePath(root, files[i].Path)),
                .. IdenticalFiles.Notes(root, identical),
                .. Files.LeftOut.Notes(root, listing.LeftOut),
            ]
        )
        {
            ValidationCounts = listing.Validation is null ? null : CountsFrom(tested, files.Length),
            Identical = identical,
            Near = options.Compares ? NearImages.Find(parts, hashes) : null,
            LeftOut = [.. listing.LeftOut, .. ImageFolder.LeftOutOf(files, reasons, listing.Classes)],
        };

        int[] CountsFrom(int first, int end) =>
            ClassCounts.Of(
                readable.Where(i => i >= first && i < end).Select(i => files[i].Label),
                listing.Classes.Count
            );
    }
}
