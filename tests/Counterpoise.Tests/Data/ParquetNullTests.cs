using Counterpoise.Basics;
using Counterpoise.Data.Formats;
using Parquet.Schema;

namespace Counterpoise.Tests.Data;

/// <summary>A row without a value never moves the values of others, wherever in the nesting the null is.</summary>
public sealed class ParquetNullTests : IDisposable
{
    private static readonly Type[] LabelTypes =
    [
        typeof(bool),
        typeof(sbyte),
        typeof(byte),
        typeof(short),
        typeof(ushort),
        typeof(int),
        typeof(uint),
        typeof(long),
        typeof(ulong),
        typeof(string),
    ];

    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_value_is_that_of_its_row(int seed)
    {
        var random = new Random(seed);
        Type type = LabelTypes[seed % LabelTypes.Length];
        var bytes = new DataField("bytes", typeof(byte[]), isNullable: random.Next(3) > 0);
        var label = new DataField("label", type, isNullable: random.Next(3) > 0);
        bool imageIsNested = random.Next(3) > 0;
        bool labelIsNested = random.Next(3) == 0;
        var schema = new ParquetSchema(
            imageIsNested ? Struct("image", random.Next(2) > 0, bytes) : bytes,
            labelIsNested ? Struct("annotation", random.Next(2) > 0, label) : label
        );
        double share = random.Next(4) / 3.0;
        Column[] columns = [new(bytes, random, share), new(label, random, share)];
        int[] groups = [.. Enumerable.Range(0, 3).Select(_ => random.Next(0, 40))];
        await TestParquet.Write(
            temp.At("rows.parquet"),
            schema,
            null,
            groups.Select<int, Func<Parquet.ParquetRowGroupWriter, Task>>(count =>
                async group =>
                {
                    foreach (Column column in columns)
                    {
                        await column.Write(group, count);
                    }
                }
            )
        );

        ParquetShard shard = ParquetShard.Open(temp.At("rows.parquet"));

        Assert.Equal(groups, shard.GroupRows);
        Assert.Equal(
            columns[1].Values.Select(value => value is null or string ? value : Convert.ToInt64(value, null)),
            shard.Labels
        );
        byte[]?[] images =
        [
            .. Enumerable
                .Range(0, groups.Length)
                .SelectMany(shard.ReadImages)
                .Select(image => image.Reason is null ? image.Content.ToArray() : null),
        ];
        Assert.Equal(columns[0].Values.Cast<byte[]?>(), images);
    }

    [Theory]
    [InlineData(typeof(bool), true)]
    [InlineData(typeof(uint), 7)]
    [InlineData(typeof(int), int.MaxValue)]
    [InlineData(typeof(long), 1L)]
    [InlineData(typeof(string), "a")]
    public async Task A_column_with_fewer_values_than_its_rows_say_is_refused(Type type, object value)
    {
        // The levels say that there are nine values, and the file has one.
        var bytes = new DataField<byte[]>("bytes");
        var label = new DataField("label", type, isNullable: true);
        await TestParquet.Write(
            temp.At("rows.parquet"),
            new ParquetSchema(bytes, label),
            null,
            [
                async group =>
                {
                    await TestParquet.WriteColumn(group, bytes, [.. Enumerable.Repeat<object?>(new byte[1], 9)]);
                    await TestParquet.WriteColumn(group, label, [value], [1, 1, 1, 1, 1, 1, 1, 1, 1]);
                },
            ]
        );

        string message = Assert
            .Throws<CounterpoiseException>(() => ParquetShard.Open(temp.At("rows.parquet")).Labels)
            .Message;

        Assert.Contains("rows.parquet: the column label has fewer than 9 values", message, StringComparison.Ordinal);
    }

    private static StructField Struct(string name, bool isNullable, DataField field)
    {
        var made = new StructField(name, field);
        // The library writes structures that may be null only, unless told so where it does not let others.
        typeof(Field).GetProperty(nameof(Field.IsNullable))!.SetValue(made, isNullable);
        return made;
    }

    /// <summary>A column of random values, a share of which is null, at any level that the schema has.</summary>
    private sealed class Column(DataField field, Random random, double share)
    {
        internal List<object?> Values { get; } = [];

        internal async Task Write(Parquet.ParquetRowGroupWriter group, int count)
        {
            int deepest = field.MaxDefinitionLevel;
            int[] levels =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(_ => deepest > 0 && random.NextDouble() < share ? random.Next(deepest) : deepest),
            ];
            object?[] values = [.. levels.Select(level => level == deepest ? Value() : null)];
            Values.AddRange(values);
            await TestParquet.WriteColumn(group, field, values, levels);
        }

        // Few of each, so that some columns are written by way of a dictionary, and extremes, which may stand for "not read".
        private object Value() =>
            Type.GetTypeCode(field.ClrType) switch
            {
                TypeCode.Boolean => random.Next(2) > 0,
                TypeCode.SByte => random.Next(3) > 0 ? random.Next(5) : sbyte.MaxValue,
                TypeCode.Byte => random.Next(3) > 0 ? random.Next(5) : byte.MaxValue,
                TypeCode.Int16 => random.Next(3) > 0 ? random.Next(5) : short.MinValue,
                TypeCode.UInt16 => random.Next(3) > 0 ? random.Next(5) : ushort.MaxValue,
                TypeCode.Int32 => random.Next(3) > 0 ? random.Next(5) : int.MaxValue,
                TypeCode.UInt32 => random.Next(3) > 0 ? random.Next(5) : uint.MaxValue,
                TypeCode.Int64 => random.Next(3) > 0 ? random.Next(5) : long.MaxValue,
                TypeCode.UInt64 => random.Next(3) > 0 ? random.Next(5) : (ulong)long.MaxValue,
                _ when field.ClrType == typeof(ReadOnlyMemory<char>) => random.Next(4) > 0
                    ? $"class {random.Next(5)}"
                    : "",
                _ => random.GetItems("01"u8.ToArray(), random.Next(4)),
            };
    }
}
