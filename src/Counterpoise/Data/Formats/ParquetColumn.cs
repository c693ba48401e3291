using System.Numerics;
using Counterpoise.Basics;
using Parquet;
using Parquet.Schema;
using ColumnMetaData = Parquet.Meta.ColumnMetaData;
using Encoding = Parquet.Meta.Encoding;
using Utf8 = System.Text.Encoding;

namespace Counterpoise.Data.Formats;

/// <summary>A group of rows of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="File">The same, opened.</param>
/// <param name="Rows">The group.</param>
internal readonly record struct ParquetGroup(string Path, Stream File, ParquetRowGroupReader Rows);

/// <summary>Reads a column of a group of rows: for every row its value, or null where the row has none.</summary>
/// <remarks>
/// A file holds the values that are there one after the other, without gaps, and beside them a level for every row: how much
/// of the path to the value is there. The value itself is there where the level is the column's highest. A null of a field and
/// a null of the structure around it differ in level alone, so values must be placed by nothing else.
/// </remarks>
internal static class ParquetColumn
{
    // Values that no file can hold, as they are in arrays of their own: where they are still there, nothing was read.
    private static readonly ReadOnlyMemory<byte> NoBytes = new byte[1];
    private static readonly ReadOnlyMemory<char> NoText = new char[1];

    /// <summary>Whether a column has bytes.</summary>
    internal static bool IsBytes(DataField field) =>
        field.ClrType == typeof(ReadOnlyMemory<byte>) || field.ClrType == typeof(byte[]);

    /// <summary>Whether a column has text.</summary>
    internal static bool IsText(DataField field) =>
        field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(string);

    /// <summary>Whether a column has whole numbers, or true and false.</summary>
    internal static bool IsNumber(DataField field) => NumbersOf(field.ClrType) is not null;

    /// <summary>The values of a column of bytes.</summary>
    /// <exception cref="CounterpoiseException">Values and nulls do not add up to the rows.</exception>
    internal static ReadOnlyMemory<byte>?[] Bytes(ParquetGroup group, DataField field) =>
        Read(group, field, NoBytes, null);

    /// <summary>The values of a column of text, which may not be marked as such; what is none has the letter U+FFFD.</summary>
    /// <exception cref="CounterpoiseException">Values and nulls do not add up to the rows.</exception>
    internal static string?[] Text(ParquetGroup group, DataField field) =>
        IsBytes(field)
            ? [.. Bytes(group, field).Select(value => value is { } bytes ? Utf8.UTF8.GetString(bytes.Span) : null)]
            : [.. Read(group, field, NoText, null).Select(value => value?.ToString())];

    /// <summary>The values of a column of whole numbers of any width; false is 0 and true is 1.</summary>
    /// <exception cref="CounterpoiseException">Values and nulls do not add up to the rows.</exception>
    internal static long?[] Numbers(ParquetGroup group, DataField field) => NumbersOf(field.ClrType)!(group, field);

    /// <summary>Requires as many values and nulls of a column as a group has rows.</summary>
    /// <exception cref="CounterpoiseException">There are others.</exception>
    internal static ColumnMetaData RequireCount(string path, ParquetRowGroupReader rows, DataField field)
    {
        ColumnMetaData? chunk = rows.GetMetadata(field)?.MetaData;
        return chunk is not null && chunk.NumValues == rows.RowCount
            ? chunk
            : throw DoNotAddUp(path, field, $"{chunk?.NumValues ?? 0} values and nulls for {rows.RowCount} rows");
    }

    private static Func<ParquetGroup, DataField, long?[]>? NumbersOf(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => Booleans,
            TypeCode.SByte => Integers<sbyte>,
            TypeCode.Byte => Integers<byte>,
            TypeCode.Int16 => Integers<short>,
            TypeCode.UInt16 => Integers<ushort>,
            TypeCode.Int32 => Integers<int>,
            TypeCode.UInt32 => Integers<uint>,
            TypeCode.Int64 => Integers<long>,
            TypeCode.UInt64 => Integers<ulong>,
            _ => null,
        };

    private static long?[] Integers<T>(ParquetGroup group, DataField field)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> =>
        [
            .. Read(group, field, T.MaxValue, T.MaxValue - T.One)
                .Select(value => value is { } number ? long.CreateSaturating(number) : (long?)null),
        ];

    private static long?[] Booleans(ParquetGroup group, DataField field)
    {
        // The library takes no bits at all from values in runs, and all of them for false.
        List<Encoding>? encodings = group.Rows.GetMetadata(field)?.MetaData?.Encodings;
        return encodings is not null && !encodings.Contains(Encoding.PLAIN)
            ? throw new CounterpoiseException(
                $"{group.Path}: the column {field.Path} holds true and false in the encoding {string.Join(", ", encodings)}, expected plain values; write the column as whole numbers."
            )
            : [.. Read(group, field, true, false).Select(value => value is { } flag ? (flag ? 1 : 0) : (long?)null)];
    }

    /// <param name="group">The group of rows.</param>
    /// <param name="field">The column.</param>
    /// <param name="unread">Stands where nothing was read.</param>
    /// <param name="otherwise">To read again with, where that may be a value; null where it cannot be one.</param>
    private static T?[] Read<T>(ParquetGroup group, DataField field, T unread, T? otherwise)
        where T : struct
    {
        int count = checked((int)group.Rows.RowCount);
        if (count == 0)
        {
            return [];
        }

        ParquetPages.Require(group.File, RequireCount(group.Path, group.Rows, field));
        T[] values = new T[count];
        int[] levels = new int[count];
        Array.Fill(values, unread);
        Array.Fill(levels, field.MaxDefinitionLevel == 0 ? 0 : -1);
        group
            .Rows.ReadRawAsync(field, values.AsMemory(), levels.AsMemory(), null, CancellationToken.None)
            .AsTask()
            .GetAwaiter()
            .GetResult();
        var placed = new T?[count];
        int next = 0;
        for (int row = 0; row < count; row++)
        {
            if (levels[row] < 0 || levels[row] > field.MaxDefinitionLevel)
            {
                throw DoNotAddUp(group.Path, field, $"no level for row {row + 1} of {count}");
            }

            if (levels[row] == field.MaxDefinitionLevel)
            {
                placed[row] = values[next++];
            }
        }

        return next == 0 || !EqualityComparer<T>.Default.Equals(values[next - 1], unread) ? placed
            : otherwise is { } other ? Read(group, field, other, null)
            : throw DoNotAddUp(
                group.Path,
                field,
                $"fewer than {next} values and {count - next} nulls for {count} rows"
            );
    }

    private static CounterpoiseException DoNotAddUp(string path, DataField field, string found) =>
        new(
            $"{path}: the column {field.Path} has {found} of a group; the file is damaged: download or write it again."
        );
}
