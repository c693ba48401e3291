using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Writes Parquet files as the hub has them: rows with an image or null, and a label of any type or null.</summary>
internal static class TestParquet
{
    /// <summary>The hub's metadata: the features as JSON.</summary>
    internal static string Features(params string[] columns) =>
        "{\"info\": {\"features\": {" + string.Join(", ", columns) + "}}}";

    /// <summary>The hub's description of a column of classes.</summary>
    internal static string Classes(string column, params string[] names) =>
        $$"""{{JsonSerializer.Serialize(column)}}: {"names": {{JsonSerializer.Serialize(names)}}, "_type": "ClassLabel"}""";

    /// <summary>A PNG that differs for every seed.</summary>
    internal static byte[] Png(int seed)
    {
        using SKBitmap bitmap = new(new SKImageInfo(9, 7, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int i = 0; i < 63; i++)
        {
            bitmap.SetPixel(i % 9, i / 9, new SKColor((byte)(20 * (i % 9)), (byte)(30 * (i / 9)), (byte)(10 * seed)));
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Writes rows of <c>image: {bytes, path}</c> and a column of labels, two rows a group.</summary>
    internal static async Task Write<T>(
        string path,
        (byte[]? Image, T? Label)[] rows,
        string? metadata = null,
        string column = "label",
        int rowsAGroup = 2
    )
        where T : struct =>
        await Write(
            path,
            [.. rows.Select(row => row.Image)],
            new DataField<T?>(column),
            [.. rows.Select(row => (object?)row.Label)],
            metadata,
            rowsAGroup
        );

    /// <summary>The same with labels of text.</summary>
    internal static async Task WriteText(
        string path,
        (byte[]? Image, string? Label)[] rows,
        string? metadata = null,
        string column = "label"
    ) =>
        await Write(
            path,
            [.. rows.Select(row => row.Image)],
            new DataField<string>(column),
            [.. rows.Select(row => (object?)row.Label)],
            metadata,
            2
        );

    /// <summary>Values without their nulls, and the level of every row, as a file holds them.</summary>
    internal static async Task WriteColumn<T>(ParquetRowGroupWriter group, DataField column, T[] values, int[] levels)
        where T : struct =>
        await group.WriteAllPartsAsync<T>(
            column,
            values,
            column.MaxDefinitionLevel > 0 ? levels.AsMemory() : (ReadOnlyMemory<int>?)null,
            null,
            CancellationToken.None
        );

    /// <summary>Writes one column, whatever its type; null is written at the innermost level.</summary>
    internal static async Task WriteColumn(ParquetRowGroupWriter group, DataField column, object?[] values)
    {
        int[] levels =
        [
            .. values.Select(value => value is null ? column.MaxDefinitionLevel - 1 : column.MaxDefinitionLevel),
        ];
        await WriteColumn(group, column, values, levels);
    }

    /// <summary>Writes one column, whatever its type, with nulls at given levels.</summary>
    internal static async Task WriteColumn(
        ParquetRowGroupWriter group,
        DataField column,
        object?[] values,
        int[] levels
    )
    {
        object[] there = [.. values.OfType<object>()];
        await (
            Type.GetTypeCode(column.ClrType) switch
            {
                TypeCode.Boolean => Of<bool>(),
                TypeCode.SByte => Of<sbyte>(),
                TypeCode.Byte => Of<byte>(),
                TypeCode.Int16 => Of<short>(),
                TypeCode.UInt16 => Of<ushort>(),
                TypeCode.Int32 => Of<int>(),
                TypeCode.UInt32 => Of<uint>(),
                TypeCode.Int64 => Of<long>(),
                TypeCode.UInt64 => Of<ulong>(),
                TypeCode.Double => Of<double>(),
                _ when column.ClrType == typeof(ReadOnlyMemory<char>) => WriteColumn(
                    group,
                    column,
                    [.. there.Select(value => ((string)value).AsMemory())],
                    levels
                ),
                _ => WriteColumn(
                    group,
                    column,
                    [.. there.Select(value => (ReadOnlyMemory<byte>)(byte[])value)],
                    levels
                ),
            }
        );

        Task Of<T>()
            where T : struct =>
            WriteColumn(
                group,
                column,
                [.. there.Select(value => (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture))],
                levels
            );
    }

    /// <summary>Writes a file of the columns of a schema.</summary>
    internal static async Task Write(
        string path,
        ParquetSchema schema,
        string? metadata,
        IEnumerable<Func<ParquetRowGroupWriter, Task>> groups
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using FileStream file = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        if (metadata is not null)
        {
            writer.CustomMetadata = new Dictionary<string, string> { ["huggingface"] = metadata };
        }

        foreach (Func<ParquetRowGroupWriter, Task> group in groups)
        {
            using ParquetRowGroupWriter writing = writer.CreateRowGroup();
            await group(writing);
        }
    }

    private static async Task Write(
        string path,
        byte[]?[] images,
        DataField label,
        object?[] labels,
        string? metadata,
        int rowsAGroup
    )
    {
        var bytes = new DataField<byte[]>("bytes");
        var name = new DataField<string>("path");
        await Write(
            path,
            new ParquetSchema(new StructField("image", bytes, name), label),
            metadata,
            Enumerable
                .Range(0, images.Length)
                .Chunk(rowsAGroup)
                .Select<int[], Func<ParquetRowGroupWriter, Task>>(rows =>
                    async group =>
                    {
                        await WriteColumn(group, bytes, [.. rows.Select(row => (object?)images[row])]);
                        await WriteColumn(group, name, [.. rows.Select(row => (object?)$"{row}.png")]);
                        await WriteColumn(group, label, [.. rows.Select(row => labels[row])]);
                    }
                )
        );
    }
}
