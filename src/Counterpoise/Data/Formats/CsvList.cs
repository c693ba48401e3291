using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>Lists of image files in CSV with a header: a column of paths, one of labels and, in one file for all, one of parts.</summary>
internal sealed class CsvList() : ListingFormat("CSV files that list image files")
{
    private const string Extension = ".csv";
    private const string Training = "train";
    private static readonly string[] TestParts = ["test", "val"];
    private static readonly string[] TestFiles = ["test", "val", "valid", "validation"];

    /// <inheritdoc/>
    internal override bool GoesWithLists => true;

    /// <summary>The listing of a CSV list, or of a folder with train.csv or with one CSV file of such columns; else null.</summary>
    /// <exception cref="UsageException">There is nothing to test on, or the images are not found.</exception>
    /// <exception cref="CounterpoiseException">A column is missing or a row is wrong; the message names it.</exception>
    private protected override ImageListing? Find(string path, OpenOptions options)
    {
        string? file =
            Directory.Exists(path) ? ListIn(path)
            : Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase) ? path
            : null;
        if (file is null)
        {
            return null;
        }

        CsvRows rows = CsvRows.Read(file);
        ListedFiles.RequireOnce(rows.All);
        FileList train = rows.Parts is null ? rows.All : rows.Of(Training);
        if (train.Files.Count == 0)
        {
            throw new CounterpoiseException(
                $"{file}: has no training rows; mark them with train in the column of parts."
            );
        }

        string root = ListedFiles.RootOf(train, options.ImageRoot);
        string[] classes = ClassesOf(train);
        Dictionary<string, int> indices = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        int LabelOf(string label) => indices.GetValueOrDefault(label, -1);
        string form = $"the CSV list {Path.GetFileName(file)}";
        if (TestOf(file, rows, options) is { } test)
        {
            ImageListing listing = ListedFiles.Listing(form, root, classes, train, test, LabelOf);
            int unused =
                options.TestData is null && rows.Parts is not null
                    ? rows.All.Files.Count - train.Files.Count - test.Files.Count
                    : 0;
            return unused == 0
                ? listing
                : listing with
                {
                    Notes = [.. listing.Notes, $"{file}: {unused} rows of the part val are not used."],
                };
        }

        ListedFiles.RequireClasses(train, classes);
        ILookup<int, ImageFile> byLabel = ListedFiles.Resolve(train, root, LabelOf).ToLookup(listed => listed.Label);
        ImageFile[][] files = [.. Enumerable.Range(0, classes.Length).Select(label => byLabel[label].ToArray())];
        return StratifiedSplit.Of(file, classes, files, options.Seed) with { Form = form, ImageRoot = root };
    }

    /// <summary>What is tested on: the list that was given, rows of the part test or else val, a list beside; null for none.</summary>
    private static FileList? TestOf(string file, CsvRows rows, OpenOptions options)
    {
        if (options.TestData is not null)
        {
            return CsvRows.Read(options.TestData).All;
        }

        if (rows.Parts is not null)
        {
            return TestParts.Select(rows.Of).FirstOrDefault(part => part.Files.Count > 0)
                ?? throw new UsageException(
                    $"{file}: every row is of the part train, expected some of test or val; mark them, or remove the column to have a part split off."
                );
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return IsNamed(file, Training)
            ? TestFiles
                .Select(name => Path.Combine(folder, name + Extension))
                .Where(File.Exists)
                .Select(test => CsvRows.Read(test).All)
                .FirstOrDefault()
            : null;
    }

    /// <summary>Other CSV files may lie beside folders of images: they count where their columns are those of a list.</summary>
    private static string? ListIn(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal)];
        if (files.FirstOrDefault(file => IsNamed(file, Training)) is { } train)
        {
            return train;
        }

        string[] lists = [.. files.Where(CsvRows.Fits)];
        return lists.Length < 2
            ? lists.FirstOrDefault()
            : throw new UsageException(
                $"{folder}: found the lists {string.Join(", ", lists.Select(Path.GetFileName))}; give the path of one of them, or name the training list train.csv."
            );
    }

    /// <summary>Labels that are all numbers go by size, others in ordinal order.</summary>
    private static string[] ClassesOf(FileList train)
    {
        string[] labels = [.. train.Files.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        return labels.All(label => label.All(char.IsAsciiDigit))
            ?
            [
                .. labels
                    .OrderBy(label => label.TrimStart('0').Length)
                    .ThenBy(label => label.TrimStart('0'), StringComparer.Ordinal),
            ]
            : labels;
    }

    private static bool IsNamed(string file, string name) =>
        Path.GetFileNameWithoutExtension(file).Equals(name, StringComparison.OrdinalIgnoreCase);
}
