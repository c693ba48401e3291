using System.Globalization;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
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
    private static readonly string[] TestNames = ["test", "val"];

    /// <inheritdoc/>
    internal override bool GoesWithLists => true;

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

        FileList training = Read(train);
        FileList tested = Read(options.TestData ?? TestListOf(train));
        string root = ListedFiles.RootOf(training, options.ImageRoot);
        int classes = CountClasses(training);
        return ListedFiles.Listing(
            $"the list {Path.GetFileName(train)}",
            root,
            Names(train, classes),
            training,
            tested,
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

    /// <summary>A file whose name has the word train and whose lines end with a number: lists of classes have names alone.</summary>
    private static bool IsTrainingList(string path) =>
        TrainWord().IsMatch(Path.GetFileName(path))
        && File.ReadLines(path).Take(LinesLookedAt).Any(line => Parse(line, 1) is not null);

    /// <summary>The list of the same name with test, or else val, in the place of train.</summary>
    private static string TestListOf(string train)
    {
        string name = Path.GetFileName(train);
        if (!TrainWord().IsMatch(name))
        {
            throw new UsageException(
                $"{train}: found no word train in the list's name to put test in its place; give the test list with {Named("testData")}."
            );
        }

        string[] names = [.. TestNames.Select(part => TrainWord().Replace(name, part, 1))];
        string folder = Path.GetDirectoryName(Path.GetFullPath(train))!;
        return names.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists)
            ?? throw new UsageException(
                $"{train}: found no list to test on beside it, expected {string.Join(" or ", names)}; add one, or give it with {Named("testData")}."
            );
    }

    private static FileList Read(string list)
    {
        List<ListedFile> lines = [];
        long number = 0;
        foreach (string line in File.ReadLines(list))
        {
            number++;
            if (line.Trim().Length > 0)
            {
                lines.Add(
                    Parse(line, number)
                        ?? throw new CounterpoiseException(
                            $"{list}: line {number} is '{line.Trim()}', expected a path and a label, such as n01440764/1.JPEG 0; correct or remove the line."
                        )
                );
            }
        }

        return lines.Count > 0
            ? new FileList(list, lines)
            : throw new CounterpoiseException($"{list}: the list is empty; download it again.");
    }

    /// <summary>The label is what follows the last blank: paths may have blanks.</summary>
    private static ListedFile? Parse(string line, long number)
    {
        string text = line.Trim();
        int at = text.LastIndexOfAny([' ', '\t']);
        return at > 0 && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int label)
            ? new ListedFile(text[..at].TrimEnd(), label.ToString(CultureInfo.InvariantCulture), number)
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

        string[] names = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length == classes
            ? names
            : throw new CounterpoiseException(
                $"{file}: found {names.Length} class names, expected {classes}, one a line; correct or remove the file."
            );
    }

    [GeneratedRegex("(?<![a-z])train(?![a-z])", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TrainWord();
}
