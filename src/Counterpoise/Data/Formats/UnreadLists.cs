using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>Tells lists that name images, but cannot be read as lists, from files that have nothing to do with images: without their labels, folders may be taken for classes.</summary>
internal static class UnreadLists
{
    private const int LinesLookedAt = 20;
    private static readonly string[] Endings = [".csv", ".tsv", ".txt", ".jsonl"];
    private static readonly char[] Around = [',', ';', '\t', '|', ' ', '"', '\'', ':', '{', '}'];

    /// <summary>Why a file that names images of its folder is not read as a list; null for another file.</summary>
    internal static string? Of(string path, OpenOptions options)
    {
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (!Endings.Contains(ending) || !NamesImages(path))
        {
            return null;
        }

        if (ending is ".txt" or ".jsonl")
        {
            return "read are .csv, and .txt whose names have the word train";
        }

        try
        {
            return CsvRows.Fits(path, options.Listing) ? "another list is" : Refusal(path, options);
        }
        catch (CounterpoiseException refused)
        {
            return refused.Message;
        }
    }

    private static string Refusal(string path, OpenOptions options)
    {
        _ = CsvRows.Read(path, options.Listing, new ListedFiles(options));
        return "it has no column of labels, such as label or class";
    }

    private static bool NamesImages(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] places = [folder, .. Directory.EnumerateDirectories(folder)];
        return RegularFile
            .Lines(path, Encoding.Latin1)
            .Take(LinesLookedAt)
            .SelectMany(line => line.Split(Around, StringSplitOptions.RemoveEmptyEntries))
            .Where(word => ImageFormats.IsNamedLikeOne(word) && !Path.IsPathRooted(word))
            .Any(word => places.Any(place => File.Exists(Path.Combine(place, word.Replace('\\', '/')))));
    }
}
