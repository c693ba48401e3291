using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>Says what the images that were decoded have in common and a user may not expect.</summary>
internal static class ImageRemarks
{
    private const int MostNamed = 3;
    private const string ByFile = "data.range=file scales each file by its own smallest and largest value";

    /// <summary>A line for each such trait that an image has.</summary>
    /// <param name="data">The data set, for the lines.</param>
    /// <param name="reading">How the images were read.</param>
    /// <param name="traits">What is known of each image.</param>
    /// <param name="name">The name of an image.</param>
    internal static IReadOnlyList<string> Of(
        string data,
        ImageReading reading,
        IReadOnlyList<ImageTraits> traits,
        Func<int, string> name
    )
    {
        List<string> remarks = [];
        Add(
            ImageTraits.Transparent,
            "with transparent pixels",
            $"these are laid over {reading.Background}, and data.background sets another colour"
        );
        string[] hints =
        [
            .. HasFlat(ImageTraits.Transparent)
                ? ["data.background sets another colour below those with transparent pixels"]
                : Array.Empty<string>(),
            .. HasFlat(ImageTraits.Deep) ? [$"for those of 16 bits {ByFile}"] : Array.Empty<string>(),
        ];
        Add(
            ImageTraits.Flat,
            "of one colour throughout",
            hints.Length > 0 ? string.Join(", and ", hints) : "see whether that is right"
        );
        Add(ImageTraits.Narrow, "of 16 bits that use so little of the range that hardly anything is seen", ByFile);
        Add(ImageTraits.Several, "in files of several pictures", "the first picture of each is used");
        return remarks;

        bool HasFlat(ImageTraits trait) => traits.Any(of => of.HasFlag(ImageTraits.Flat | trait));

        void Add(ImageTraits trait, string what, string hint)
        {
            int[] found = [.. Enumerable.Range(0, traits.Count).Where(i => traits[i].HasFlag(trait))];
            if (found.Length > 0)
            {
                string more = found.Length > MostNamed ? $" and {found.Length - MostNamed} more" : "";
                string images = found.Length == 1 ? "image" : "images";
                remarks.Add(
                    $"{data}: {found.Length} {images} {what}: {string.Join(", ", found.Take(MostNamed).Select(name))}{more}; {hint}."
                );
            }
        }
    }

    /// <summary>What must be told of a reading: nothing of the newest.</summary>
    /// <param name="data">The data set, for the line.</param>
    /// <param name="reading">How its images are read; null where they are no files.</param>
    internal static IReadOnlyList<string> Of(string data, ImageReading? reading) =>
        reading is null or { Rules: DecodingRules.Newest }
            ? []
            :
            [
                $"{data}: its images are read by the rules of older versions (decoding {reading.Rules}, now {DecodingRules.Newest}), as before: "
                    + "TIFF is not read, nor EXIF orientation in PNG.",
            ];
}
