using System.Globalization;
using Counterpoise.Basics;
using CsvHelper;
using CsvHelper.Configuration;

namespace Counterpoise.Data.Formats;

/// <summary>The rows of a CSV list.</summary>
/// <param name="All">The rows as a list of files.</param>
/// <param name="Parts">The part of each row: train, test or val; null where the list has no such column.</param>
internal sealed record CsvRows(FileList All, IReadOnlyList<string>? Parts)
{
    private static readonly string[] PathNames = ["path", "file", "image", "filename", "file_name", "image_path"];
    private static readonly string[] LabelNames = ["label", "class", "category", "target"];
    private static readonly (string Part, string[] Names)[] PartWords =
    [
        ("train", ["train", "training"]),
        ("test", ["test", "testing"]),
        ("val", ["val", "valid", "validation"]),
    ];

    /// <summary>The names that a column of parts may have.</summary>
    public static IReadOnlyList<string> PartNames { get; } = ["split", "subset", "part", "partition"];

    /// <summary>The rows of a part; null for all.</summary>
    public FileList Of(string part) => All with { Files = [.. All.Files.Where((_, i) => Parts![i] == part)] };

    /// <summary>Whether the header has the columns of a list.</summary>
    public static bool Fits(string file)
    {
        using var text = new StreamReader(file);
        using var csv = new CsvReader(text, Configuration(file));
        return csv.Read()
            && csv.ReadHeader()
            && Find(csv.HeaderRecord!, PathNames) >= 0
            && Find(csv.HeaderRecord!, LabelNames) >= 0;
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="CounterpoiseException">A column is missing or a row is wrong; the message names it.</exception>
    public static CsvRows Read(string file)
    {
        try
        {
            return ReadRows(file);
        }
        catch (CsvHelperException failure)
        {
            throw failure.InnerException as CounterpoiseException
                ?? new CounterpoiseException(
                    $"{file}: line {failure.Context?.Parser?.RawRow} is no CSV; correct or remove it.",
                    failure
                );
        }
    }

    private static CsvRows ReadRows(string file)
    {
        using var text = new StreamReader(file);
        using var csv = new CsvReader(text, Configuration(file));
        if (!csv.Read() || !csv.ReadHeader())
        {
            throw new CounterpoiseException($"{file}: is empty, expected a header and a row for each image.");
        }

        string[] header = csv.HeaderRecord!;
        int path = Column(file, header, PathNames);
        int label = Column(file, header, LabelNames);
        int part = Find(header, PartNames);
        List<ListedFile> rows = [];
        List<string>? parts = part < 0 ? null : [];
        while (csv.Read())
        {
            long line = csv.Parser.RawRow;
            if (csv.Parser.Count != header.Length)
            {
                throw new CounterpoiseException(
                    $"{file}: line {line} has {csv.Parser.Count} fields, expected {header.Length} as in the header; "
                        + "put fields that have commas in quotes."
                );
            }

            rows.Add(new ListedFile(Field(path), Field(label), line));
            parts?.Add(Part(file, line, header[part], csv.GetField(part)!));

            string Field(int column) =>
                csv.GetField(column) is { Length: > 0 } value
                    ? value
                    : throw new CounterpoiseException(
                        $"{file}: line {line} has no {header[column]}; fill it in or remove the line."
                    );
        }

        return rows.Count > 0
            ? new CsvRows(new FileList(file, rows), parts)
            : throw new CounterpoiseException($"{file}: has a header alone, expected a row for each image.");
    }

    private static CsvConfiguration Configuration(string file) =>
        new(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim,
            BadDataFound = bad =>
                throw new CounterpoiseException(
                    $"{file}: line {bad.Context.Parser!.RawRow} has a quote within a field; put the whole field in quotes and double those in it."
                ),
        };

    private static string Part(string file, long line, string column, string value) =>
        PartWords.FirstOrDefault(word => word.Names.Contains(value, StringComparer.OrdinalIgnoreCase)).Part
        ?? throw new CounterpoiseException(
            $"{file}: line {line} has the {column} '{value}', expected train, test or val; correct or remove the line."
        );

    private static int Find(string[] header, IReadOnlyList<string> names) =>
        Array.FindIndex(header, name => names.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase));

    private static int Column(string file, string[] header, string[] names)
    {
        int found = Find(header, names);
        return found >= 0
            ? found
            : throw new CounterpoiseException(
                $"{file}: has the columns {string.Join(", ", header)}, expected one named {string.Join(", ", names)}; rename the column."
            );
    }
}
