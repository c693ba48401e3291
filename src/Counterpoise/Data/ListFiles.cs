using System.Globalization;

namespace Counterpoise.Data;

/// <summary>
/// Lists of image files, a line "path label" each, one list a part, as ImageNet-LT, Places-LT and iNaturalist 2018 are
/// published for long-tailed recognition.
/// </summary>
internal static class ListFiles
{
    private const string Extension = ".txt";
    private const string ClassNames = "classes.txt";
    private static readonly string[] TestNames = ["test", "val"];

    /// <summary>The listing of a folder that holds lists, or of a training list; null where there are none.</summary>
    /// <exception cref="UsageException">There is no list to test on, or the images are not found.</exception>
    /// <exception cref="CounterpoiseException">A line is wrong; the message names it.</exception>
    internal static ImageListing? Find(string path, string? imageRoot)
    {
        string? train =
            Directory.Exists(path)
                ? Directory
                    .EnumerateFiles(path, $"*{Extension}")
                    .Order(StringComparer.Ordinal)
                    .FirstOrDefault(IsTrainingList)
            : IsTrainingList(path) ? path
            : null;
        return train is null ? null : List(train, TestListOf(train), imageRoot);
    }

    private static ImageListing List(string train, string test, string? imageRoot)
    {
        List<ListedFile> trainLines = Read(train);
        string root = ListedFiles.RootOf(train, imageRoot, trainLines[0]);
        int classes = CountClasses(train, trainLines);
        int LabelOf(string label) =>
            int.Parse(label, CultureInfo.InvariantCulture) is var index && index < classes ? index : -1;
        return new ImageListing(
            Names(train, classes),
            ListedFiles.Resolve(train, root, trainLines, LabelOf),
            ListedFiles.Resolve(test, root, Read(test), LabelOf),
            [$"{test} is tested on; the images are in {root}."]
        )
        {
            Form = $"the list {Path.GetFileName(train)}",
            ImageRoot = root,
        };
    }

    /// <summary>A file whose name says train and whose first line ends with a number.</summary>
    private static bool IsTrainingList(string path) =>
        Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase)
        && Path.GetFileName(path).Contains("train", StringComparison.OrdinalIgnoreCase)
        && File.Exists(path)
        && File.ReadLines(path).FirstOrDefault(line => line.Trim().Length > 0) is { } first
        && Parse(first, 1) is not null;

    /// <summary>The list of the same name with test, or else val, in the place of train.</summary>
    private static string TestListOf(string train)
    {
        string name = Path.GetFileName(train);
        int at = name.IndexOf("train", StringComparison.OrdinalIgnoreCase);
        string[] names = [.. TestNames.Select(part => name[..at] + part + name[(at + "train".Length)..])];
        string folder = Path.GetDirectoryName(Path.GetFullPath(train))!;
        return names.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists)
            ?? throw new UsageException(
                $"{train}: found no list to test on beside it, expected {string.Join(" or ", names)}; add one."
            );
    }

    private static List<ListedFile> Read(string list)
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
                            $"{list}: line {number} is '{line.Trim()}', expected a path and a label, such as n01440764/1.JPEG 0."
                        )
                );
            }
        }

        return lines.Count > 0
            ? lines
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

    private static int CountClasses(string list, List<ListedFile> lines)
    {
        int[] labels =
        [
            .. lines.Select(line => int.Parse(line.Label, CultureInfo.InvariantCulture)).Distinct().Order(),
        ];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != i)
            {
                throw new CounterpoiseException(
                    $"{list}: no line has the label {i}, but the largest is {labels[^1]}; number the classes from 0 without gaps."
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
}
