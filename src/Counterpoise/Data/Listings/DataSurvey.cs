using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Listings;

/// <summary>What can be seen of image files before any is decoded: how many there are of which class, and how large a sample of them is.</summary>
/// <param name="Classes">The class names.</param>
/// <param name="Labels">The label of every training image.</param>
/// <param name="Side">The median of the shorter sides of the sample, in pixels, the smaller of two, or the side of images that have a size of their own; 0 where it is not seen.</param>
/// <param name="Sampled">How many files the sample has that could be read.</param>
internal sealed record DataSurvey(IReadOnlyList<string> Classes, IReadOnlyList<int> Labels, int Side, int Sampled)
{
    /// <summary>The most files whose headers are read: enough that the median hardly depends on which, few enough for a slow disk.</summary>
    internal const int MostSampled = 200;

    /// <summary>That of data whose images have a size, or a protocol, of their own: nothing is to be seen.</summary>
    internal static DataSurvey None { get; } = new([], [], 0, 0);

    /// <summary>That of data whose images all have a side of so many pixels.</summary>
    internal static DataSurvey OfSide(int side) => None with { Side = side };

    /// <summary>Looks at training files; those of the sample are evenly spaced among all in the order of their paths.</summary>
    internal static DataSurvey Of(ImageListing listing)
    {
        if (listing.HasProtocol)
        {
            return None;
        }

        string[] paths = [.. listing.Train.Select(file => file.Path).Order(StringComparer.Ordinal)];
        int sampled = Math.Min(paths.Length, MostSampled);
        return Of(
            listing.Classes,
            [.. listing.Train.Select(file => file.Label)],
            Enumerable
                .Range(0, sampled)
                .Select(i => ImageDecoder.SizeOf(paths[(int)((long)i * paths.Length / sampled)]))
        );
    }

    /// <summary>That of images of which a sample was looked at.</summary>
    /// <param name="classes">The class names.</param>
    /// <param name="labels">The label of every training image.</param>
    /// <param name="sample">Sizes; nothing for those that could not be read.</param>
    internal static DataSurvey Of(
        IReadOnlyList<string> classes,
        IReadOnlyList<int> labels,
        IEnumerable<PixelSize> sample
    )
    {
        int[] sides =
        [
            .. sample.Where(size => size != default).Select(size => Math.Min(size.Width, size.Height)).Order(),
        ];
        return new DataSurvey(classes, labels, sides.ElementAtOrDefault((sides.Length - 1) / 2), sides.Length);
    }
}
