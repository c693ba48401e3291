using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Counterpoise.Data;

/// <summary>Lists of image files in CSV with a header: a column of paths, one of labels and, in one file for all, one of parts.</summary>
internal static class CsvList
{
    private const string Extension = ".csv";
    private static readonly string[] PathNames = ["path", "file", "image", "filename", "file_name", "image_path"];
    private static readonly string[] LabelNames = ["label", "class", "category", "target"];
    private static readonly string[] PartNames = ["split", "subset", "part", "partition"];
    private static readonly string[] TestNames = ["test", "val", "valid", "validation"];

    /// <summary>The listing of a CSV file, or of a folder with one that has a column of parts, or with a train and a test file; else null.</summary>
    /// <exception cref="UsageException">There is nothing to test on, or the images are not found.</exception>
    /// <exception cref="CounterpoiseException">A column is missing or a row is wrong; the message names it.</exception>
    internal static ImageListing? Find(string path, string? imageRoot)
    {
        string[] files =
            Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, $"*{Extension}").Order(StringComparer.Ordinal)]
            : Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase) && File.Exists(path)
                ? [path]
            : [];
        if (files.Length == 0)
        {
            return null;
        }

        string train = files.FirstOrDefault(file => IsNamed(file, "train")) ?? files[0];
        (List<ListedFile> rows, List<string?> parts) = Read(train);
        if (parts.All(part => part is null))
        {
            string test = TestFileOf(train);
            return List(train, rows, test, Read(test).Rows, imageRoot);
        }

        ListedFile[] Of(params string[] names) =>
            [.. rows.Where((_, i) => names.Contains(parts[i], StringComparer.OrdinalIgnoreCase))];
        string tested =
            TestNames.FirstOrDefault(name => Of(name).Length > 0)
            ?? throw new UsageException(
                $"{train}: no row is of the part {string.Join(", ", TestNames)}; found {string.Join(", ", parts.Distinct())}."
            );
        return List(train, Of("train", "training"), train, Of(tested), imageRoot);
    }

    private static ImageListing List(
        string train,
        IReadOnlyList<ListedFile> trainRows,
        string test,
        IReadOnlyList<ListedFile> testRows,
        string? imageRoot
    )
    {
        if (trainRows.Count == 0)
        {
            throw new CounterpoiseException(
                $"{train}: has no training rows; mark them with train in the column of parts."
            );
        }

        string root = ListedFiles.RootOf(train, imageRoot, trainRows[0]);
        string[] classes = [.. trainRows.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        if (classes.All(label => label.All(char.IsAsciiDigit)))
        {
            classes = [.. classes.OrderBy(label => long.Parse(label, CultureInfo.InvariantCulture))];
        }

        var indices = classes
            .Select((name, index) => (name, index))
            .ToDictionary(pair => pair.name, pair => pair.index);
        int LabelOf(string label) => indices.GetValueOrDefault(label, -1);
        return new ImageListing(
            classes,
            ListedFiles.Resolve(train, root, trainRows, LabelOf),
            ListedFiles.Resolve(test, root, testRows, LabelOf),
            [$"the images are in {root}."]
        )
        {
            Form = $"the CSV list {Path.GetFileName(train)}",
            ImageRoot = root,
        };
    }

    private static string TestFileOf(string train) =>
        TestNames
            .Select(name => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(train))!, $"{name}{Extension}"))
            .FirstOrDefault(File.Exists)
        ?? throw new UsageException(
            $"{train}: has no column of parts ({string.Join(", ", PartNames)}), and beside it is none of {string.Join(", ", TestNames.Select(name => name + Extension))}; "
                + "add the column, with train and test, or a list of test images."
        );

    private static bool IsNamed(string file, string name) =>
        Path.GetFileNameWithoutExtension(file).Equals(name, StringComparison.OrdinalIgnoreCase);

    private static (List<ListedFile> Rows, List<string?> Parts) Read(string file)
    {
        try
        {
            using var text = new StreamReader(file);
            using var csv = new CsvReader(
                text,
                new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim }
            );
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new CounterpoiseException($"{file}: is empty, expected a header and a row an image.");
            }

            string[] header = csv.HeaderRecord!;
            int path = Column(file, header, PathNames);
            int label = Column(file, header, LabelNames);
            int part = Array.FindIndex(
                header,
                name => PartNames.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase)
            );
            List<ListedFile> rows = [];
            List<string?> parts = [];
            while (csv.Read())
            {
                long line = csv.Parser.RawRow;
                string? named = csv.GetField(path);
                string? labelled = csv.GetField(label);
                rows.Add(
                    string.IsNullOrEmpty(named) || string.IsNullOrEmpty(labelled)
                        ? throw new CounterpoiseException(
                            $"{file}: line {line} has no {(string.IsNullOrEmpty(named) ? header[path] : header[label])}; fill it in or remove the line."
                        )
                        : new ListedFile(named, labelled, line)
                );
                parts.Add(part < 0 ? null : csv.GetField(part));
            }

            return (rows, parts);
        }
        catch (Exception failure) when (failure is CsvHelperException or IOException or UnauthorizedAccessException)
        {
            throw new CounterpoiseException(
                $"{file}: could not be read: {failure.Message.ReplaceLineEndings(" ")}",
                failure
            );
        }
    }

    private static int Column(string file, string[] header, string[] names)
    {
        int found = Array.FindIndex(header, name => names.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase));
        return found >= 0
            ? found
            : throw new CounterpoiseException(
                $"{file}: has the columns {string.Join(", ", header)}, expected one named {string.Join(", ", names)}; rename the column."
            );
    }
}
