using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using Parquet;
using Parquet.Schema;

namespace Counterpoise.Data.Formats;

/// <summary>One Parquet file of images, as the Hugging Face hub serves them: <c>image: {bytes, path}</c> and <c>label</c>.</summary>
internal sealed class ParquetShard
{
    private static readonly string[] FalseAndTrue = ["false", "true"];
    private object?[]? labels;

    private ParquetShard(string path, ParquetReader reader, string? labelColumn)
    {
        Path = path;
        Length = new FileInfo(path).Length;
        Columns = new ParquetColumns(path, reader, labelColumn);
        GroupRows = new int[reader.RowGroupCount];
        for (int group = 0; group < GroupRows.Length; group++)
        {
            ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
            GroupRows[group] = checked((int)rows.RowCount);
            if (GroupRows[group] < 0)
            {
                throw new InvalidDataException($"a group of {GroupRows[group]} rows");
            }

            foreach (DataField field in new[] { Columns.Image, Columns.ImagePath, Columns.Label }.OfType<DataField>())
            {
                ParquetColumn.RequireCount(path, rows, field);
            }
        }

        Rows = GroupRows.Sum();
    }

    internal string Path { get; }

    /// <summary>The file's length in bytes.</summary>
    internal long Length { get; }

    /// <summary>The number of rows.</summary>
    internal int Rows { get; }

    /// <summary>What is in which column.</summary>
    internal ParquetColumns Columns { get; }

    /// <summary>Rows of each row group.</summary>
    internal int[] GroupRows { get; }

    /// <summary>Whether there are columns of images and of labels.</summary>
    internal bool HasColumns => Columns is { Image: not null, Label: not null };

    /// <summary>The labels of all rows: numbers, or text; null where a row has none. False is 0 and true is 1.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged or has no such column.</exception>
    internal IReadOnlyList<object?> Labels => labels ??= ReadLabels();

    /// <summary>Whether labels are text.</summary>
    internal bool HasText =>
        Columns.Label is { } label && (ParquetColumn.IsText(label) || ParquetColumn.IsBytes(label));

    /// <summary>The names of the label's numbers; null for text and for numbers that nothing names.</summary>
    /// <exception cref="CounterpoiseException">A name stands for two numbers.</exception>
    internal IReadOnlyList<string>? Names =>
        HasText ? null : Columns.ClassNames ?? (Columns.Label?.ClrType == typeof(bool) ? FalseAndTrue : null);

    /// <summary>Opens a file and reads its schema.</summary>
    /// <exception cref="CounterpoiseException">It is damaged or no Parquet file.</exception>
    /// <param name="path">The file.</param>
    /// <param name="labelColumn">The column of labels, by name or number from 1; null to find it.</param>
    internal static ParquetShard Open(string path, string? labelColumn = null) =>
        With(path, (reader, _) => new ParquetShard(path, reader, labelColumn));

    /// <summary>A place in the file, for messages.</summary>
    /// <param name="row">The row, from 0.</param>
    internal string At(int row) => $"{Path}: row {row + 1}";

    /// <summary>The encoded images of a row group, or why a row has none.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged or has no such column.</exception>
    internal (ReadOnlyMemory<byte> Content, string? Reason)[] ReadImages(int group)
    {
        DataField image = Columns.Image ?? throw Columns.Missing();
        return With(
            Path,
            (reader, file) =>
            {
                var rows = new ParquetGroup(Path, file, reader.OpenRowGroupReader(group));
                ReadOnlyMemory<byte>?[] images = ParquetColumn.Bytes(rows, image);
                string?[]? names =
                    Columns.ImagePath is { } path && images.Any(content => content is null)
                        ? ParquetColumn.Text(rows, path)
                        : null;
                return images
                    .Select(
                        (content, row) =>
                            content is { } bytes ? (bytes, null)
                            : names?[row] is { } name
                                ? (default, $"the image is not in the row, which has only its path {name}")
                            : (ReadOnlyMemory<byte>.Empty, (string?)"the row has no image")
                    )
                    .ToArray();
            }
        );
    }

    private object?[] ReadLabels()
    {
        DataField label = Columns.Label ?? throw Columns.Missing();
        return With(
            Path,
            (reader, file) =>
                Enumerable
                    .Range(0, GroupRows.Length)
                    .Select(group => new ParquetGroup(Path, file, reader.OpenRowGroupReader(group)))
                    .SelectMany(rows =>
                        HasText ? ParquetColumn.Text(rows, label) : ParquetColumn.Numbers(rows, label).Cast<object?>()
                    )
                    .ToArray()
        );
    }

    private static T With<T>(string path, Func<ParquetReader, Stream, T> use)
    {
        try
        {
            using Stream file = RegularFile.Open(path);
            ParquetContent.Require(path, file);
            ParquetReader reader = ParquetReader.CreateAsync(file).GetAwaiter().GetResult();
            try
            {
                return use(reader, file);
            }
            finally
            {
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (UnauthorizedAccessException failure)
        {
            throw FileFailure.Reading(path, failure);
        }
        catch (OutOfMemoryException failure)
        {
            throw new CounterpoiseException(
                $"{path}: takes more memory than there is: it is damaged, or its groups of rows are too large; download it again, or write it in smaller groups.",
                failure
            );
        }
        catch (Exception failure) when (failure is not CounterpoiseException)
        {
            throw new CounterpoiseException(
                $"{path}: is damaged or no Parquet file ({failure.Message.ReplaceLineEndings(" ")}); download it again.",
                failure
            );
        }
    }
}
