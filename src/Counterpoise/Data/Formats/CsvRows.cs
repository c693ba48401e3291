using Counterpoise.Basics;
using Counterpoise.Data.Files;
using CsvHelper;

namespace Counterpoise.Data.Formats;

/// <summary>The rows of a list with columns.</summary>
/// <param name="All">The rows as a list of files; a label is empty where the list has none.</param>
/// <param name="Parts">The part of each row; null where the list does not say it.</param>
/// <param name="IsLabelled">Whether the list says labels.</param>
/// <param name="Notes">What the user must be told of its columns.</param>
internal sealed record CsvRows(FileList All, IReadOnlyList<Part>? Parts, bool IsLabelled, IReadOnlyList<string> Notes)
{
    private static readonly string[] Yes = ["1", "true", "yes", "y", "t"];
    private static readonly string[] No = ["0", "false", "no", "n", "f", ""];

    /// <summary>The rows of a part.</summary>
    public FileList Of(Part part) => All with { Files = [.. All.Files.Where((_, i) => Parts![i] == part)] };

    /// <summary>Whether a file has the columns of a list of images, and labels.</summary>
    public static bool Fits(string file, ListingOptions listing)
    {
        try
        {
            return CsvDialect.Of(file, listing) is { } found
                && (found.Columns.Label >= 0 || found.Columns.OneHot.Length > 0);
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
        CsvDialect dialect = CsvDialect.Of(file, listing) ?? throw CsvDialect.NoColumns(file);
        return CsvDialect.Parse(file, text => new Reading(file, dialect, listed).Read(text));
    }

    /// <summary>One reading of a list.</summary>
    private sealed class Reading(string file, CsvDialect dialect, ListedFiles listed)
    {
        private readonly ListColumns columns = dialect.Columns;
        private readonly List<ListedFile> rows = [];
        private readonly List<string>[] parts = [.. dialect.Columns.Parts.Select(_ => new List<string>())];
        private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);

        internal CsvRows Read(TextReader text)
        {
            using var csv = new CsvParser(
                text,
                dialect.Configuration(bad =>
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

            string? label = LabelOf(fields);
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
        private string? LabelOf(string[] fields)
        {
            if (columns.Label >= 0)
            {
                return fields[columns.Label].Length == 0 ? null : fields[columns.Label];
            }

            if (columns.OneHot.Length == 0)
            {
                return "";
            }

            int[] ones = [.. columns.OneHot.Where(column => ListColumns.IsOne(fields[column]))];
            return ones is [var only] && columns.OneHot.All(column => ListColumns.IsBit(fields[column]))
                ? columns.Name(only)
                : null;
        }

        /// <summary>The first column whose values are parts, by its place among those that may be; -1 for none.</summary>
        private int PartColumn()
        {
            for (int i = 0; i < parts.Length; i++)
            {
                int column = columns.Parts[i];
                bool isFlag = columns.FlagOf(column) is not null;
                string[] values = [.. parts[i].Distinct(StringComparer.Ordinal)];
                int known = values.Count(value =>
                    isFlag ? FlagValue(value) is not null : PartNames.Of(value) is not null
                );
                if (known == values.Length && (values.Length > 1 || columns.MaySayParts(column)))
                {
                    return i;
                }

                if (columns.MustSayParts(column) || (known > 0 && columns.MaySayParts(column)))
                {
                    if (known > 0 && listed.Counts)
                    {
                        CountUnknown(i, isFlag);
                        return i;
                    }

                    int row = parts[i]
                        .FindIndex(value => isFlag ? FlagValue(value) is null : PartNames.Of(value) is null);
                    if (row >= 0)
                    {
                        throw new CounterpoiseException(
                            $"{file}: line {rows[row].Line} has the {columns.Name(column)} '{parts[i][row]}', expected {(isFlag ? "0 or 1" : "train, test or val")}; correct or remove the line, or rename the column if it says something else."
                        );
                    }
                }
            }

            return -1;
        }

        /// <summary>Takes rows away whose part is not known, where data is only looked at.</summary>
        private void CountUnknown(int column, bool isFlag)
        {
            for (int row = rows.Count - 1; row >= 0; row--)
            {
                string value = parts[column][row];
                if (isFlag ? FlagValue(value) is null : PartNames.Of(value) is null)
                {
                    listed.LeftOut.Add("rows of a part that is not known", null, $"{file}: line {rows[row].Line}");
                    rows.RemoveAt(row);
                    foreach (List<string> values in parts)
                    {
                        values.RemoveAt(row);
                    }
                }
            }
        }

        private Part[] PartsOf(int column) =>
            columns.FlagOf(columns.Parts[column]) is { } part
                ?
                [
                    .. parts[column]
                        .Select(value =>
                            FlagValue(value) == true ? part
                            : part == Part.Train ? Part.Test
                            : Part.Train
                        ),
                ]
                : [.. parts[column].Select(value => PartNames.Of(value)!.Value)];

        /// <summary>What a value of a flag says; null where it is none.</summary>
        private static bool? FlagValue(string value) =>
            Yes.Contains(value, StringComparer.OrdinalIgnoreCase) || ListColumns.IsOne(value) ? true
            : No.Contains(value, StringComparer.OrdinalIgnoreCase) || ListColumns.IsBit(value) ? false
            : null;

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
