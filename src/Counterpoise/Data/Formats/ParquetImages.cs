using System.Security.Cryptography;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data.Formats;

/// <summary>Images in the rows of Parquet files, in order: a group of rows is read at a time, so they can be packed, not trained on.</summary>
internal sealed class ParquetImages : IStoredImages
{
    // Threads that work on neighbouring rows may be in different groups.
    private const int GroupsKept = 3;

    private readonly ParquetShard[] shards;
    private readonly int[] labels;
    private readonly ImageReading how;
    private readonly (int Shard, int Group, int First, int Count)[] groups;
    private readonly Lock reading = new();
    private readonly Dictionary<int, byte[]?[]> loaded = [];
    private readonly Queue<int> order = new();

    /// <param name="shards">The files, in order.</param>
    /// <param name="labels">The label of every row.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="reading">How they are read.</param>
    internal ParquetImages(ParquetShard[] shards, int[] labels, IReadOnlyList<string> classes, ImageReading reading)
    {
        this.shards = shards;
        this.labels = labels;
        how = reading;
        Classes = classes;
        List<(int, int, int, int)> found = [];
        int first = 0;
        for (int shard = 0; shard < shards.Length; shard++)
        {
            for (int group = 0; group < shards[shard].GroupRows.Length; group++)
            {
                int count = shards[shard].GroupRows[group];
                found.Add((shard, group, first, count));
                first += count;
            }
        }

        groups = [.. found];
    }

    public int Count => labels.Length;

    public int Height => how.Geometry.Size;

    public int Width => how.Geometry.Size;

    public bool IsSlow => true;

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<int> Labels => labels;

    public string? Load(int position, PixelBuffer image) =>
        Content(position) is { } content
            ? ImageDecoder.Decode(content, how, image, out _)
            : "the row has no image bytes";

    public string Describe(int position)
    {
        (int shard, _, int first, _) = groups[GroupOf(position)];
        int firstOfShard = groups.First(group => group.Shard == shard).First;
        return $"{shards[shard].Path}: row {position - firstOfShard + 1}";
    }

    /// <summary>A row has no name and no length that is known before it is read: its number in its file stands for them.</summary>
    public byte[]? IdentityOf(int position) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(RowName(position)));

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

    private string RowName(int position)
    {
        (int shard, _, _, _) = groups[GroupOf(position)];
        int firstOfShard = groups.First(group => group.Shard == shard).First;
        return $"{Path.GetFileName(shards[shard].Path)} {new FileInfo(shards[shard].Path).Length} {position - firstOfShard}";
    }

    private int GroupOf(int position) =>
        Array.FindIndex(groups, group => position >= group.First && position < group.First + group.Count);

    private byte[]? Content(int position)
    {
        int wanted = GroupOf(position);
        lock (reading)
        {
            if (!loaded.TryGetValue(wanted, out byte[]?[]? rows))
            {
                (int shard, int group, _, _) = groups[wanted];
                rows = shards[shard].ReadImages(group);
                loaded[wanted] = rows;
                order.Enqueue(wanted);
                if (order.Count > GroupsKept)
                {
                    loaded.Remove(order.Dequeue());
                }
            }

            return rows[position - groups[wanted].First];
        }
    }
}
