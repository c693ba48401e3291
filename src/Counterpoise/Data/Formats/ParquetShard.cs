using Counterpoise.Basics;
using Parquet;
using Parquet.Schema;

namespace Counterpoise.Data.Formats;

/// <summary>One Parquet file of images, as the Hugging Face hub serves them: <c>image: {bytes, path}</c> and <c>label</c>.</summary>
internal sealed class ParquetShard
{
    private static readonly string[] ImageNames = ["image", "img", "image_bytes", "bytes"];
    private static readonly string[] LabelNames = ["label", "labels", "fine_label", "class", "category"];
    private readonly DataField image;
    private readonly DataField label;

    private ParquetShard(string path, ParquetReader reader)
    {
        Path = path;
        DataField[] fields = reader.Schema.GetDataFields();
        image = Find(fields, ImageNames, IsBytes, "image bytes (image: {bytes, path})");
        label = Find(fields, LabelNames, field => IsNumber(field) || IsText(field), "label");
        Metadata = reader.CustomMetadata ?? [];
        GroupRows = new int[reader.RowGroupCount];
        for (int group = 0; group < GroupRows.Length; group++)
        {
            using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
            GroupRows[group] = checked((int)rows.RowCount);
        }
    }

    internal string Path { get; }

    /// <summary>The file's own key-value pairs.</summary>
    internal IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Rows of each row group.</summary>
    internal int[] GroupRows { get; }

    /// <summary>Opens a file and reads its schema.</summary>
    /// <exception cref="CounterpoiseException">It is damaged or has other columns.</exception>
    internal static ParquetShard Open(string path) => With(path, reader => new ParquetShard(path, reader));

    /// <summary>The encoded images of a row group; null where a row has none.</summary>
    internal byte[]?[] ReadImages(int group) =>
        With(
            Path,
            reader =>
            {
                using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
                byte[]?[] images = new byte[rows.RowCount][];
                rows.ReadAsync(image, images.AsMemory(), null, CancellationToken.None)
                    .AsTask()
                    .GetAwaiter()
                    .GetResult();
                return images;
            }
        );

    /// <summary>The labels of all rows: numbers, or names.</summary>
    internal IReadOnlyList<object?> ReadLabels() =>
        With(
            Path,
            reader =>
            {
                List<object?> labels = [];
                for (int group = 0; group < GroupRows.Length; group++)
                {
                    using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
                    labels.AddRange(ReadLabels(rows));
                }

                return labels;
            }
        );

    private IEnumerable<object?> ReadLabels(ParquetRowGroupReader rows)
    {
        if (IsText(label))
        {
            string?[] names = new string[rows.RowCount];
            rows.ReadAsync(label, names.AsMemory(), null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return names;
        }

        return label.ClrType == typeof(int) ? Numbers<int>(rows) : Numbers<long>(rows);
    }

    private IEnumerable<object?> Numbers<T>(ParquetRowGroupReader rows)
        where T : struct
    {
        var numbers = new T?[rows.RowCount];
        rows.ReadAsync(label, numbers.AsMemory(), null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return numbers.Select(number => number is null ? null : (object?)Convert.ToInt64(number));
    }

    private DataField Find(DataField[] fields, string[] names, Func<DataField, bool> fits, string what) =>
        names
            .SelectMany(name => fields.Where(field => field.Path.FirstPart == name || field.Name == name))
            .FirstOrDefault(fits)
        ?? throw new CounterpoiseException(
            $"{Path}: has no column of {what}; found {string.Join(", ", fields.Select(field => field.Path))}, expected one named "
                + $"{string.Join(", ", names)}; rename the column."
        );

    private static bool IsBytes(DataField field) =>
        field.ClrType == typeof(ReadOnlyMemory<byte>) || field.ClrType == typeof(byte[]);

    private static bool IsText(DataField field) =>
        field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(string);

    private static bool IsNumber(DataField field) => field.ClrType == typeof(int) || field.ClrType == typeof(long);

    private static T With<T>(string path, Func<ParquetReader, T> use)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            ParquetReader reader = ParquetReader.CreateAsync(file).GetAwaiter().GetResult();
            try
            {
                return use(reader);
            }
            finally
            {
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception failure) when (failure is not CounterpoiseException and not OutOfMemoryException)
        {
            throw new CounterpoiseException(
                $"{path}: is damaged or no Parquet file ({failure.Message.ReplaceLineEndings(" ")}); download it again.",
                failure
            );
        }
    }
}
