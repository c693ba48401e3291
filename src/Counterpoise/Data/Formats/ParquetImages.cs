using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data.Formats;

/// <summary>Images in the rows of Parquet files, in order: a group of rows is read at a time, so they can be packed, not trained on.</summary>
internal sealed class ParquetImages : IStoredImages
{
    // Threads that work on neighbouring rows may be in different groups.
    private const int GroupsKept = 3;

    private readonly string folder;
    private readonly ParquetRows rows;
    private readonly ImageReading how;
    private readonly UInt128?[] contents;
    private readonly (int Shard, int Group, int FirstOfShard)[] groups;
    private readonly int[] firsts;
    private readonly Lock reading = new();
    private readonly Dictionary<int, (ReadOnlyMemory<byte> Content, string? Reason)[]> loaded = [];
    private readonly Queue<int> order = new();

    /// <param name="folder">What identities name files from.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="reading">How they are read.</param>
    internal ParquetImages(string folder, ParquetRows rows, IReadOnlyList<string> classes, ImageReading reading)
    {
        this.folder = folder;
        this.rows = rows;
        how = reading;
        contents = new UInt128?[rows.Rows.Count];
        Classes = classes;
        List<(int, int, int)> found = [];
        List<int> starts = [];
        int first = 0;
        for (int shard = 0; shard < rows.Shards.Count; shard++)
        {
            int firstOfShard = first;
            for (int group = 0; group < rows.Shards[shard].GroupRows.Length; group++)
            {
                found.Add((shard, group, firstOfShard));
                starts.Add(first);
                first += rows.Shards[shard].GroupRows[group];
            }
        }

        groups = [.. found];
        firsts = [.. starts];
    }

    public int Count => rows.Rows.Count;

    public int Height => how.Geometry.Size;

    public int Width => how.Geometry.Size;

    public bool IsSlow => true;

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<int> Labels => rows.Labels;

    public string? Load(int position, PixelBuffer image) => Load(position, image, out _);

    /// <inheritdoc cref="IStoredImages.Load"/>
    /// <param name="position">The position.</param>
    /// <param name="image">Gets the image.</param>
    /// <param name="original">The upright image's size in the file; zeros where it is unknown.</param>
    public string? Load(int position, PixelBuffer image, out PixelSize original)
    {
        original = default;
        (ReadOnlyMemory<byte> content, string? reason) = (default, null);
        try
        {
            (content, reason) = Content(rows.Rows[position]);
        }
        catch (CounterpoiseException damaged)
        {
            reason = damaged.Message; // Of the group of rows: others may be good.
        }

        if (reason is not null)
        {
            return reason;
        }

        contents[position] = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(content.Span));
        return ImageDecoder.Decode(content.Span, how, image, out original);
    }

    /// <summary>The size of a row's picture, upright; nothing where it cannot be read.</summary>
    internal PixelSize SizeOf(int position)
    {
        _ = Load(position, PixelBuffer.OfThisThread, out PixelSize original);
        return original;
    }

    public UInt128? ContentOf(int position) => contents[position];

    public string Describe(int position)
    {
        (ParquetShard shard, int row) = Place(position);
        return shard.At(row);
    }

    /// <summary>A row has no name and no length that is known before it is read: its number in its file stands for them.</summary>
    public byte[]? IdentityOf(int position)
    {
        (ParquetShard shard, int row) = Place(position);
        string name = Path.GetRelativePath(folder, shard.Path).Replace('\\', '/');
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{name} {shard.Length} {row}"));
    }

    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash)
    {
        foreach (int position in positions)
        {
            hash.AppendData(IdentityOf(position)!);
        }
    }

    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null) =>
        throw new NotSupportedException("Rows of Parquet files are read in order only: pack them first.");

    public void Dispose() { }

    private (ParquetShard Shard, int Row) Place(int position)
    {
        int row = rows.Rows[position];
        (int shard, _, int firstOfShard) = groups[GroupOf(row)];
        return (rows.Shards[shard], row - firstOfShard);
    }

    /// <summary>The last group that begins at or before a row; groups without rows begin where the next one does.</summary>
    private int GroupOf(int row)
    {
        int found = Array.BinarySearch(firsts, row + 1);
        found = found >= 0 ? found : ~found;
        while (found > 0 && (found == firsts.Length || firsts[found] > row))
        {
            found--;
        }

        return found;
    }

    private (ReadOnlyMemory<byte> Content, string? Reason) Content(int row)
    {
        int wanted = GroupOf(row);
        lock (reading)
        {
            if (!loaded.TryGetValue(wanted, out (ReadOnlyMemory<byte> Content, string? Reason)[]? images))
            {
                (int shard, int group, _) = groups[wanted];
                images = rows.Shards[shard].ReadImages(group);
                loaded[wanted] = images;
                order.Enqueue(wanted);
                if (order.Count > GroupsKept)
                {
                    loaded.Remove(order.Dequeue());
                }
            }

            return images[row - firsts[wanted]];
        }
    }
}
