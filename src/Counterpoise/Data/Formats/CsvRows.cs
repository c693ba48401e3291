using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using CsvHelper;
using CsvHelper.Configuration;

namespace Counterpoise.Data.Formats;

/// <summary>The rows of a list with columns.</summary>
/// <param name="All">The rows as a list of files; a label is empty where the list has none.</param>
/// <param name="Parts">The part of each row; null where the list does not say it.</param>
/// <param name="IsLabelled">Whether the list says labels.</param>
/// <param name="Notes">What the user must be told of its columns.</param>
internal sealed record CsvRows(FileList All, IReadOnlyList<Part>? Parts, bool IsLabelled, IReadOnlyList<string> Notes)
{
    private static readonly char[] Separators = [',', ';', '\t', '|', ' '];
    private static readonly string[] Yes = ["1", "true", "yes", "y", "t"];
    private static readonly string[] No = ["0", "false", "no", "n", "f", ""];

    /// <summary>The rows of a part.</summary>
    public FileList Of(Part part) => All with { Files = [.. All.Files.Where((_, i) => Parts![i] == part)] };

    /// <summary>Whether a file has the columns of a list of images, and labels.</summary>
    public static bool Fits(string file, ListingOptions listing)
    {
        try
        {
            return Open(file, listing) is { } found && (found.Columns.Label >= 0 || found.Columns.OneHot.Length > 0);
        }
        catch (CounterpoiseException)
        {
            return false; // It is somebody else's.
        }
    }

    /// <summary>Reads a list.</summary>
    /// <param name="file">The list.</param>
    /// <param name="listing">The columns that the user names.</param>
    /// <param name="listed">Refuses rows that are wrong, and counts columns that are not used.</param>
    /// <exception cref="CounterpoiseException">A column is missing or a row is wrong; the message names it.</exception>
    public static CsvRows Read(string file, ListingOptions listing, ListedFiles listed)
    {
        (char separator, ListColumns columns) = Open(file, listing) ?? throw NoColumns(file);
        return Parse(file, text => new Reading(file, columns, listed).Read(text, separator));
    }

    /// <summary>The separator by which the first lines are those of a list of images, and its columns.</summary>
    private static (char Separator, ListColumns Columns)? Open(string file, ListingOptions listing) =>
        Parse<(char, ListColumns)?>(
            file,
            text =>
            {
                string start = string.Join('\n', Lines(text).Take(20));
                UsageException? unknown = null; // A column that the user names may be there with another separator.
                foreach (char separator in Separators)
                {
                    string[][] rows = FirstRows(start, separator);
                    if (rows is [{ Length: > 1 } first, ..])
                    {
                        try
                        {
                            if (ListColumns.Of(first, rows.ElementAtOrDefault(1), listing) is { } columns)
                            {
                                return (separator, columns);
                            }
                        }
                        catch (UsageException missing)
                        {
                            unknown ??= new UsageException($"{file}: {missing.Message}");
                        }
                    }
                }

                return unknown is null ? null : throw unknown;
            }
        );

    private static IEnumerable<string> Lines(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static string[][] FirstRows(string start, char separator)
    {
        using var text = new StringReader(start);
        using var csv = new CsvParser(text, Configuration(separator, bad => { }));
        List<string[]> rows = [];
        while (rows.Count < 2 && csv.Read())
        {
            if (csv.Record is { } record && record.Any(field => field.Length > 0))
            {
                rows.Add(record);
            }
        }

        return [.. rows];
    }

    private static CounterpoiseException NoColumns(string file)
    {
        string first = TextList.Lines(file).FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        return first.Length == 0
            ? new CounterpoiseException($"{file}: is empty, expected a header and a row for each image.")
            : new CounterpoiseException(
                $"{file}: has the columns {first.Trim()}, expected one of paths, such as path or file_name, and one of labels, such as label or class; "
                    + $"rename them, or name them with {SettingName.Named("pathColumn")} and {SettingName.Named("labelColumn")}."
            );
    }

    private static T Parse<T>(string file, Func<TextReader, T> parse)
    {
        try
        {
            return TextList.Read(file, parse);
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

    private static CsvConfiguration Configuration(char separator, Action<BadDataFoundArgs> bad) =>
        new(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            Delimiter = separator.ToString(),
            TrimOptions = TrimOptions.Trim,
            WhiteSpaceChars = separator == ' ' ? ['\t'] : [' '],
            BadDataFound = found => bad(found),
        };

    /// <summary>One reading of a list.</summary>
    private sealed class Reading(string file, ListColumns columns, ListedFiles listed)
    {
        private readonly List<ListedFile> rows = [];
        private readonly List<string>[] parts = [.. columns.Parts.Select(_ => new List<string>())];
        private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);

        internal CsvRows Read(TextReader text, char separator)
        {
            using var csv = new CsvParser(
                text,
                Configuration(
                    separator,
                    bad =>
                        throw new CounterpoiseException(
                            $"{file}: line {bad.Context.Parser!.RawRow} has a quote within a field; put the whole field in quotes and double those in it."
                        )
                )
            );
            bool isHeader = columns.Header is not null;
            while (csv.Read())
            {
                string[] fields = csv.Record!;
                if (fields.All(field => field.Length == 0))
                {
                    continue; // A line of blanks, or of separators alone.
                }

                if (!isHeader)
                {
                    Add(fields, csv.RawRow);
                }

                isHeader = false;
            }

            if (rows.Count == 0)
            {
                throw new CounterpoiseException($"{file}: has a header alone, expected a row for each image.");
            }

            int part = PartColumn();
            foreach (int column in columns.Unused(part < 0 ? -1 : columns.Parts[part]))
            {
                listed.LeftOut.Add("columns that are not read", null, $"{file}: {columns.Name(column)}");
            }

            return new CsvRows(
                new FileList(file, rows),
                part < 0 ? null : PartsOf(part),
                columns.Label >= 0 || columns.OneHot.Length > 0,
                columns.Header is null
                    ?
                    [
                        $"{file}: has no header line; column {columns.Path + 1} is read as paths{(columns.Label < 0 ? "" : $", column {columns.Label + 1} as labels")}.",
                    ]
                    : []
            );
        }

        private void Add(string[] fields, long line)
        {
            string at = $"{file}: line {line}";
            if (fields.Length != columns.Count)
            {
                listed.Refuse(
                    at,
                    "rows with too few or too many fields",
                    $"{at} has {fields.Length} fields, expected {columns.Count}{(columns.Header is null ? "" : " as in the header")}; put fields that have commas in quotes."
                );
                return;
            }

            string? label = LabelOf(fields, at);
            if (fields[columns.Path].Length == 0 || label is null)
            {
                int column = fields[columns.Path].Length == 0 ? columns.Path : columns.Label;
                listed.Refuse(
                    at,
                    "rows without a path or a label",
                    column < 0
                        ? $"{at} has not exactly one 1 in {string.Join(", ", columns.OneHot.Select(columns.Name))}; correct or remove the line."
                        : $"{at} has no {columns.Name(column)}; fill it in or remove the line."
                );
                return;
            }

            rows.Add(
                new ListedFile(
                    fields[columns.Path],
                    Once(label),
                    line,
                    columns.Group < 0 ? null : Once(fields[columns.Group])
                )
            );
            for (int i = 0; i < parts.Length; i++)
            {
                parts[i].Add(Once(fields[columns.Parts[i]]));
            }
        }

        /// <returns>Null where there should be a label and is none.</returns>
        private string? LabelOf(string[] fields, string at)
        {
            _ = at;
            if (columns.Label >= 0)
            {
                return fields[columns.Label].Length == 0 ? null : fields[columns.Label];
            }

            if (columns.OneHot.Length == 0)
            {
                return "";
            }

            int[] ones =
            [
                .. columns.OneHot.Where(column =>
                    ListColumns.IsBit(fields[column]) && fields[column].Contains('1', StringComparison.Ordinal)
                ),
            ];
            return ones is [var only] && columns.OneHot.All(column => ListColumns.IsBit(fields[column]))
                ? columns.Name(only)
                : null;
        }

        /// <summary>The first column whose values are parts, by its place among those that may be; -1 for none.</summary>
        private int PartColumn()
        {
            for (int i = 0; i < parts.Length; i++)
            {
                string name = columns.Name(columns.Parts[i]);
                string[] values = [.. parts[i].Distinct(StringComparer.Ordinal)];
                bool isFlag = FlagOf(name) is not null;
                int known = values.Count(value => isFlag ? IsFlag(value) : PartNames.Of(value) is not null);
                bool isNamedSo = ListColumns.PartNamesOfColumns.Contains(name, StringComparer.OrdinalIgnoreCase);
                if (known == values.Length && (values.Length > 1 || isNamedSo))
                {
                    return i;
                }

                if (known > 0 && !isFlag && isNamedSo)
                {
                    int row = parts[i].FindIndex(value => PartNames.Of(value) is null);
                    throw new CounterpoiseException(
                        $"{file}: line {rows[row].Line} has the {name} '{parts[i][row]}', expected train, test or val; correct or remove the line."
                    );
                }
            }

            return -1;
        }

        private Part[] PartsOf(int column)
        {
            string name = columns.Name(columns.Parts[column]);
            return FlagOf(name) is { } part
                ?
                [
                    .. parts[column]
                        .Select(value =>
                            Yes.Contains(value, StringComparer.OrdinalIgnoreCase) ? part
                            : part == Part.Train ? Part.Test
                            : Part.Train
                        ),
                ]
                : [.. parts[column].Select(value => PartNames.Of(value)!.Value)];
        }

        private static Part? FlagOf(string name) =>
            ListColumns
                .Flags.Where(flag => flag.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(flag => (Part?)flag.Part)
                .FirstOrDefault();

        private static bool IsFlag(string value) =>
            Yes.Contains(value, StringComparer.OrdinalIgnoreCase)
            || No.Contains(value, StringComparer.OrdinalIgnoreCase);

        /// <summary>Labels, parts and groups repeat: each is kept once.</summary>
        private string Once(string text)
        {
            if (!texts.TryGetValue(text, out string? kept))
            {
                texts[text] = kept = text;
            }

            return kept;
        }
    }
}
