using System.Globalization;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>
/// Lists of image files, a line "path label" each, one list a part, as ImageNet-LT, Places-LT and iNaturalist 2018 are
/// published for long-tailed recognition.
/// </summary>
internal sealed partial class ListFiles() : ListingFormat("lists of image files (.txt)")
{
    private const string Extension = ".txt";
    private const string ClassNames = "classes.txt";
    private const int LinesLookedAt = 20;
    private static readonly (Part Part, string[] Names)[] Others =
    [
        (Part.Test, ["test", "testing", "eval"]),
        (Part.Validation, ["val", "valid", "validation", "dev"]),
    ];

    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.ImageRoot | ListingNeed.TestData | ListingNeed.Files;

    /// <summary>The listing of a folder that holds lists, or of a training list; null where there are none.</summary>
    /// <exception cref="UsageException">There is no list to test on, or the images are not found.</exception>
    /// <exception cref="CounterpoiseException">A line is wrong; the message names it.</exception>
    private protected override ImageListing? Find(string path, OpenOptions options)
    {
        string? train =
            Directory.Exists(path) ? TrainingListIn(path)
            : Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase) ? path
            : null;
        if (train is null)
        {
            return null;
        }

        var listed = new ListedFiles(options);
        Dictionary<Part, FileList> parts = new() { [Part.Train] = Read(train, listed) };
        foreach ((Part part, string list) in ListsBeside(train, options))
        {
            parts[part] = Read(list, listed);
        }

        int classes = CountClasses(parts[Part.Train]);
        return listed.Listing(
            $"the list {Path.GetFileName(train)}",
            Names(train, classes),
            parts,
            label => int.Parse(label, CultureInfo.InvariantCulture) is var index && index < classes ? index : -1
        );
    }

    private static string? TrainingListIn(string folder)
    {
        string[] lists =
        [
            .. Directory.EnumerateFiles(folder, $"*{Extension}").Where(IsTrainingList).Order(StringComparer.Ordinal),
        ];
        return lists.Length < 2
            ? lists.FirstOrDefault()
            : throw new UsageException(
                $"{folder}: found the training lists {string.Join(", ", lists.Select(Path.GetFileName))}; give the path of one of them."
            );
    }

    /// <summary>A file whose name has the word train and whose lines are an image file and a number: logs and lists of classes are none.</summary>
    private static bool IsTrainingList(string path) =>
        TrainWord().IsMatch(Path.GetFileName(path))
        && RegularFile
            .Lines(path)
            .Where(line => line.Trim().Length > 0)
            .Take(LinesLookedAt)
            .Any(line => Parse(line, 1) is { } file && IsImage(file.Path));

    private static bool IsImage(string path) =>
        ImageFormats.IsNamedLikeOne(path)
        || (path.Contains('/', StringComparison.Ordinal) && Path.GetExtension(path).Length == 0);

    /// <summary>The lists beside a training list whose names have another part's in the place of train.</summary>
    private static List<(Part Part, string Path)> ListsBeside(string train, OpenOptions options)
    {
        if (options.Listing.TestData is { } given)
        {
            return [(Part.Test, given)];
        }

        List<(Part, string)> lists = [];

        string name = Path.GetFileName(train);
        string folder = Path.GetDirectoryName(Path.GetFullPath(train))!;
        if (!TrainWord().IsMatch(name) && options.TestsAll)
        {
            return [];
        }

        if (!TrainWord().IsMatch(name))
        {
            throw new UsageException(
                $"{train}: found no word train in the list's name to put test in its place; give the test list with {Named("testData")}."
            );
        }

        string[] files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        foreach ((Part part, string[] words) in Others)
        {
            string? found = words
                .Select(word => TrainWord().Replace(name, word, 1))
                .SelectMany(named =>
                    files.Where(file => named.Equals(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase))
                )
                .FirstOrDefault();
            if (found is not null)
            {
                lists.Add((part, found));
            }
        }

        return lists.Count > 0 || options.TestsAll
            ? lists
            : throw new UsageException(
                $"{train}: found no list to test on beside it, expected {TrainWord().Replace(name, "test", 1)} or {TrainWord().Replace(name, "val", 1)}; "
                    + $"add one, or give it with {Named("testData")}."
            );
    }

    private static FileList Read(string list, ListedFiles listed)
    {
        List<ListedFile> lines = [];
        long number = 0;
        foreach (string line in TextList.Lines(list))
        {
            number++;
            if (line.Trim().Length == 0)
            {
                continue;
            }

            if (Parse(line, number) is { } file)
            {
                lines.Add(file);
            }
            else
            {
                listed.Refuse(
                    $"{list}: line {number}",
                    "lines that are no path and label",
                    $"{list}: line {number} is '{line.Trim()}', expected a path and a label, such as n01440764/1.JPEG 0; correct or remove the line."
                );
            }
        }

        return lines.Count > 0
            ? new FileList(list, lines)
            : throw new CounterpoiseException($"{list}: the list is empty; download it again.");
    }

    /// <summary>The label is what follows the last blank, or comma or semicolon: paths may have blanks.</summary>
    private static ListedFile? Parse(string line, long number)
    {
        string text = line.Trim();
        int at = text.LastIndexOfAny([' ', '\t', ',', ';']);
        return at > 0 && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int label)
            ? new ListedFile(
                text[..at].TrimEnd(' ', '\t', ',', ';'),
                label.ToString(CultureInfo.InvariantCulture),
                number
            )
            : null;
    }

    private static int CountClasses(FileList list)
    {
        int[] labels =
        [
            .. list.Files.Select(line => int.Parse(line.Label, CultureInfo.InvariantCulture)).Distinct().Order(),
        ];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != i)
            {
                throw new CounterpoiseException(
                    $"{list.Path}: no line has the label {i}, but the largest is {labels[^1]}; number the classes from 0 without gaps."
                );
            }
        }

        return labels.Length;
    }

    private static string[] Names(string list, int classes)
    {
        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(list))!, ClassNames);
        if (!File.Exists(file))
        {
            return [.. Enumerable.Range(0, classes).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        }

        string[] names = [.. TextList.Lines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length != classes
                ? throw new CounterpoiseException(
                    $"{file}: found {names.Length} class names, expected {classes}, one a line; correct or remove the file."
                )
            : names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
                ? throw new CounterpoiseException(
                    $"{file}: the class name '{twice.Key}' is there {twice.Count()} times, expected {classes} different ones; correct or remove the file."
                )
            : names;
    }

    [GeneratedRegex("(?<![a-z])train(?:ing)?(?![a-z])", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TrainWord();
}
