using System.Globalization;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>The classes of Parquet files, which are those of the training files. The labels of every file are brought to them by
/// name, as files may number the same names in other ways.</summary>
internal sealed class ParquetClasses
{
    private const char NoLetter = '\uFFFD';
    private readonly Dictionary<string, int> indices;
    private readonly ParquetShard source;
    private readonly string lacking;

    private ParquetClasses(IReadOnlyList<string> names, ParquetShard source, string lacking)
    {
        Names = names;
        this.source = source;
        this.lacking = lacking;
        indices = names.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
    }

    /// <summary>The class names.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Names in the training files' metadata that no training row has.</summary>
    internal IReadOnlyList<string> Unused => [.. (source.Names ?? []).Except(Names, StringComparer.Ordinal)];

    /// <summary>Whether classes are numbers that nothing names.</summary>
    private bool IsByNumber => source is { HasText: false, Names: null };

    /// <summary>The classes of training files: by the names of their numbers, by text in ordinal order, or by their numbers.</summary>
    /// <param name="train">The training files; where nothing is trained, those that are tested on.</param>
    /// <param name="least">How many classes there must be.</param>
    /// <exception cref="CounterpoiseException">Files cannot be brought together, numbers have gaps, or there are too few classes.</exception>
    internal static ParquetClasses Of(IReadOnlyList<ParquetShard> train, int least)
    {
        ParquetShard naming =
            train.FirstOrDefault(shard => shard.Names is not null)
            ?? train.FirstOrDefault(shard => shard.HasText)
            ?? train[0];
        object[] values = [.. train.SelectMany(shard => shard.Labels).Where(value => !ParquetLabel.IsNone(value))!];
        var all = new ParquetClasses(
            naming.Names
                ?? (
                    naming.HasText
                        ? [.. values.OfType<string>().Distinct().Order(StringComparer.Ordinal)]
                        : Numbers(naming, values)
                ),
            naming,
            $"which {naming.Path} lacks"
        );
        int[] used =
        [
            .. train.SelectMany(all.Of).Select(label => label.Class).Where(index => index >= 0).Distinct().Order(),
        ];
        return used.Length switch
        {
            0 => throw new CounterpoiseException(
                $"{naming.Path}: no row has a label, expected one for every image; add the labels."
            ),
            1 when least > 1 => throw new CounterpoiseException(
                $"{naming.Path}: found one class, '{all.Names[used[0]]}', expected at least two; add images of another class."
            ),
            _ => new([.. used.Select(index => all.Names[index])], naming, "which no training image has"),
        };
    }

    /// <summary>What the rows of a file stand for.</summary>
    /// <exception cref="CounterpoiseException">The file has classes that training lacks, or numbers that nothing names.</exception>
    internal ParquetLabel[] Of(ParquetShard shard)
    {
        if (!shard.HasText && shard.Names is null && source.HasText)
        {
            throw new CounterpoiseException(
                $"{shard.Path}: its labels are numbers without names, but those of {source.Path} are text; write text, or write the names into the file's metadata."
            );
        }

        IReadOnlyList<string>? names = IsByNumber ? null : shard.Names ?? source.Names;
        string badText = $"with a label in the column {shard.Columns.Label?.Path} that is not valid text (UTF-8)";
        (string? Name, string? Problem)[] read = [.. shard.Labels.Select(value => Read(value, names, badText))];
        string[] foreign =
        [
            .. read.Select(row => row.Name).OfType<string>().Where(name => !indices.ContainsKey(name)).Distinct(),
        ];
        return foreign.Length == 0
            ? [.. read.Select(row => new ParquetLabel(row.Name is null ? -1 : indices[row.Name], row.Problem))]
            : throw new CounterpoiseException(
                $"{shard.Path}: has the classes {ParquetFiles.Shortened(foreign)}, {lacking}; "
                    + "correct the labels or the names in the metadata, or remove the rows."
            );
    }

    /// <summary>What must be said of how a file's labels were read; null for nothing.</summary>
    internal string? NoteOn(ParquetShard shard) =>
        shard.HasText ? null
        : IsByNumber
            ? shard.Names is null ? null
                : $"{shard.Path}: its labels have names, but those of {source.Path} are numbers; they were taken by number."
        : shard.Names is null
            ? $"{shard.Path}: its labels are numbers without names; they were taken for those of {source.Path}."
        : source.Names is { } names && !shard.Names.SequenceEqual(names, StringComparer.Ordinal)
            ? $"{shard.Path}: numbers its classes in another way than {source.Path}; they were taken by name."
        : null;

    private static (string? Name, string? Problem) Read(object? value, IReadOnlyList<string>? names, string badText) =>
        value switch
        {
            _ when ParquetLabel.IsNone(value) => (null, ParquetLabel.None),
            string text => text.Contains(NoLetter) ? (null, badText) : (text, null),
            long number when names is null => (number.ToString(CultureInfo.InvariantCulture), null),
            long number when number >= 0 && number < names.Count => (names[(int)number], null),
            _ => (null, $"with the label {value}, but {names!.Count} are named"),
        };

    private static string[] Numbers(ParquetShard naming, object[] values)
    {
        long[] numbers = [.. values.Cast<long>().Distinct().Order()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != i)
            {
                throw new CounterpoiseException(
                    numbers[i] < 0
                        ? $"{naming.Path}: has the label {numbers[i]}, expected 0 or more; number the classes from 0 without gaps."
                        : $"{naming.Path}: no training image has the label {i}, but the largest is {numbers[^1]}; number the classes from 0 without gaps."
                );
            }
        }

        return [.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }
}
