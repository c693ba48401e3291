using System.Globalization;
using Counterpoise.Basics;
using CsvHelper;
using CsvHelper.Configuration;

namespace Counterpoise.Data.Formats;

/// <summary>How a list with columns is written.</summary>
/// <param name="Separator">What is between two fields.</param>
/// <param name="Columns">Which column says what.</param>
internal sealed record CsvDialect(char Separator, ListColumns Columns)
{
    private static readonly char[] Separators = [',', ';', '\t', '|', ' '];

    /// <summary>The separator by which the first lines are those of a list of images, and its columns; null where there is none.</summary>
    /// <param name="file">The list.</param>
    /// <param name="listing">The columns that the user names.</param>
    /// <exception cref="UsageException">A column that the user names is not there.</exception>
    internal static CsvDialect? Of(string file, ListingOptions listing) =>
        Parse<CsvDialect?>(
            file,
            text =>
            {
                string start = string.Join('\n', Lines(text).Take(20));
                UsageException? unknown = null; // A column that the user names may be there with another separator.
                foreach (char separator in Separators)
                {
                    string[][] rows = FirstRows(start, separator);
                    if (rows is [var first, ..] && (first.Length > 1 || separator == Separators[^1]))
                    {
                        try
                        {
                            if (ListColumns.Of(first, rows.ElementAtOrDefault(1), listing) is { } columns)
                            {
                                return new CsvDialect(separator, columns);
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

    /// <summary>How its lines are divided into fields.</summary>
    /// <param name="bad">What is done with a quote within a field.</param>
    internal CsvConfiguration Configuration(Action<BadDataFoundArgs> bad) => Configuration(Separator, bad);

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

    /// <summary>What a file that is no list of images lacks.</summary>
    internal static CounterpoiseException NoColumns(string file)
    {
        string first = TextList.Lines(file).FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        return first.Length == 0
            ? new CounterpoiseException($"{file}: is empty, expected a header and a row for each image.")
            : new CounterpoiseException(
                $"{file}: has the columns {first.Trim()}, expected one of paths, such as path or file_name, and one of labels, such as label or class; "
                    + $"rename them, or name them with {SettingName.Named("pathColumn")} and {SettingName.Named("labelColumn")}."
            );
    }

    /// <summary>Reads a list's text; what is wrong with it names the line.</summary>
    /// <exception cref="CounterpoiseException">It is no CSV.</exception>
    internal static T Parse<T>(string file, Func<TextReader, T> parse)
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
}
