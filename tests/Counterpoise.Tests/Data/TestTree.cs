using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Makes a data set of a description, and describes what was made of one: both in a line.</summary>
internal static class TestTree
{
    private static int images;

    /// <summary>
    /// Makes files: <c>train/cat 3; train/dog 2; notes.txt</c> is a folder with three images, one with two and an empty
    /// file. No two images are the same. A name with a number at its end is a folder of images.
    /// </summary>
    public static void Make(TempFolder temp, string description)
    {
        foreach (string entry in description.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            int at = entry.LastIndexOf(' ');
            if (at > 0 && int.TryParse(entry[(at + 1)..], out int count))
            {
                for (int i = 0; i < count; i++)
                {
                    Image(temp.At([.. entry[..at].Split('/'), $"{i:00}.png"]));
                }
            }
            else
            {
                string path = temp.At(entry.Split('/'));
                if (Path.GetExtension(path) is ".png" or ".jpg")
                {
                    Image(path);
                }
                else
                {
                    File.WriteAllText(path, "");
                }
            }
        }
    }

    /// <summary>An image like no other.</summary>
    public static void Image(string path)
    {
        int number = Interlocked.Increment(ref images);
        TestFiles.Write(
            path,
            8,
            8,
            (x, y) => new SKColor((byte)(number * 7), (byte)(number >> 8), (byte)((x * 31) + (y * number)))
        );
    }

    /// <summary>Class by class the training, test and, where there is such a part, validation images: <c>cat 3+1, dog 2+0</c>.</summary>
    public static string Describe(DataInspection found) =>
        string.Join(
            ", ",
            found.Classes.Select(
                (name, c) =>
                    $"{name} {found.TrainCounts[c]}+{found.TestCounts[c]}"
                    + (found.ValidationCounts is { } held ? $"+{held[c]}" : "")
            )
        );

    /// <summary>What is left out: <c>3 hidden files; 1 broken links of cat</c>.</summary>
    public static string DescribeLeftOut(IEnumerable<LeftOut> all) =>
        string.Join("; ", all.Select(e => $"{e.Count} {e.Reason}{(e.Class is null ? "" : $" of {e.Class}")}"));

    /// <summary>Which image files are listed, by the first form that the data is of.</summary>
    public static ImageListing List(string path, OpenOptions options) =>
        DataFormats
            .All.OfType<ListingFormat>()
            .Select(format => format.List(path, options))
            .First(listing => listing is not null)!;

    public static DataInspection Inspect(string path, ListingOptions? listing = null) =>
        ImageDataSource.Inspect(path, new OpenOptions { Listing = listing ?? new ListingOptions() });
}
