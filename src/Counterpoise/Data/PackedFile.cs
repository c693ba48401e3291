using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Counterpoise.Runs;

namespace Counterpoise.Data;

/// <summary>
/// A data set as one file that is mapped into memory: resized images one after the other, then an index. Opening it reads
/// the index alone.
/// </summary>
/// <remarks>
/// 8 bytes of magic, 8 of the index's position, the images' planes, then the index: 8 bytes of its header's length, the
/// header in JSON, for each part its labels, heights and widths (int32), positions (int64) and identities (32 bytes each),
/// and the SHA-256 of all of the index before it. Numbers are little-endian.
/// </remarks>
internal static class PackedFile
{
    internal const string Extension = ".pack";
    private const int Format = 1;
    private const int IdentityBytes = 32;
    private const int Chunk = 256;
    private const string Advice = "Pack the data again with 'counterpoise data pack'.";
    private static readonly byte[] Magic = "CPPACK\r\n"u8.ToArray();

    /// <summary>Whether a file begins as a packed one does.</summary>
    internal static bool Is(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] start = new byte[Magic.Length];
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && start.AsSpan().SequenceEqual(Magic);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    /// <summary>Writes a data set, whole or not at all, with the memory of a few hundred images.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="data">The data set; its parts are images that can be had uncropped.</param>
    /// <param name="options">How it was opened.</param>
    /// <param name="progress">Receives how many images are written out of how many.</param>
    /// <param name="stop">Stops between images; nothing is left of the file.</param>
    /// <returns>The unreadable images that were left out.</returns>
    /// <exception cref="CounterpoiseException">An image is unreadable and not to be skipped, or the file cannot be written.</exception>
    internal static IReadOnlyList<UnreadableFile> Write(
        string path,
        ImageData data,
        OpenOptions options,
        IProgress<(int Done, int Total)>? progress,
        CancellationToken stop
    )
    {
        List<UnreadableFile> skipped = [];
        IStoredImages[] parts = [(IStoredImages)data.Train, (IStoredImages)data.Test];
        int total = parts.Sum(part => part.Count);
        AtomicFile.Write(
            path,
            file =>
            {
                using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
                writer.Write(Magic);
                writer.Write(0L);
                int done = 0;
                PackedIndex[] indexes =
                [
                    .. parts.Select(part =>
                    {
                        var index = new PackedIndex();
                        foreach (int[] positions in Enumerable.Range(0, part.Count).Chunk(Chunk))
                        {
                            stop.ThrowIfCancellationRequested();
                            WriteChunk(writer, part, positions, index, options.SkipUnreadable, skipped);
                            done += positions.Length;
                            progress?.Report((done, total));
                        }

                        return index;
                    }),
                ];
                long at = file.Position;
                writer.Write(IndexBytes(Describe(data, options, indexes), indexes));
                file.Position = Magic.Length;
                writer.Write(at);
            }
        );
        return skipped;
    }

    /// <summary>Opens a packed data set.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged or of another version.</exception>
    /// <exception cref="UsageException">It was packed at another size, or split by another seed.</exception>
    internal static ImageData Open(string path, OpenOptions options)
    {
        try
        {
            (PackedHeader header, PackedIndex[] indexes, long end) = ReadIndex(path);
            Require(path, header, options);
            var file = new MappedFile(path);
            PackedImages[] parts =
            [
                .. indexes.Select(index => new PackedImages(
                    file.Share(),
                    path,
                    index,
                    header.Classes,
                    options.ImageSize,
                    header.ByPixels,
                    end
                )),
            ];
            file.Dispose();
            return new ImageData(
                header.Name,
                parts[0],
                parts[1],
                [
                    $"{path}: recognised a packed data set: {header.Classes.Count} classes, {parts[0].Count} training and {parts[1].Count} test images.",
                    .. header.Notes,
                ]
            )
            {
                FixedNormalisation = header.Normalisation,
            };
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    private static void WriteChunk(
        BinaryWriter writer,
        IStoredImages part,
        int[] positions,
        PackedIndex index,
        bool skip,
        List<UnreadableFile> skipped
    )
    {
        byte[][] planes = new byte[positions.Length][];
        var sizes = new PixelSize[positions.Length];
        string?[] reasons = new string?[positions.Length];
        Parallel.For(
            0,
            positions.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                PixelBuffer image = PixelBuffer.OfThisThread;
                reasons[i] = part.Load(positions[i], image);
                (planes[i], sizes[i]) = reasons[i] is null ? (image.Planes.ToArray(), image.Size) : ([], default);
            }
        );
        for (int i = 0; i < positions.Length; i++)
        {
            if (reasons[i] is { } reason)
            {
                string file = part.Describe(positions[i]);
                skipped.Add(
                    skip
                        ? new UnreadableFile(file, reason)
                        : throw new CounterpoiseException(
                            $"{file}: could not be read: {reason}; replace or remove the file, or skip unreadable files (--skip-unreadable)."
                        )
                );
                continue;
            }

            byte[] identity = part.IdentityOf(positions[i]) ?? new byte[IdentityBytes];
            index.Add(part.Labels[positions[i]], sizes[i], writer.BaseStream.Position, identity);
            writer.Write(planes[i]);
        }
    }

    private static PackedHeader Describe(ImageData data, OpenOptions options, PackedIndex[] indexes)
    {
        int[][] positions = ClassPositions.Of(indexes[0].Labels, data.Train.Classes.Count);
        int empty = Array.FindIndex(positions, list => list.Length == 0);
        if (empty >= 0)
        {
            throw new CounterpoiseException(
                $"{data.Name}: class '{data.Train.Classes[empty]}' has no readable training image; add one or remove the class."
            );
        }

        return new PackedHeader
        {
            Format = Format,
            Name = data.Name,
            Classes = [.. data.Train.Classes],
            Resize = options.Geometry.Resize,
            Rule = options.ResizeRule,
            Seed = options.Seed,
            Notes = [.. data.Notes],
            ByPixels = data.Train.Count > 0 && ((IStoredImages)data.Train).IdentityOf(0) is null,
            Counts = [.. indexes.Select(index => index.Labels.Count)],
            Normalisation = data.FixedNormalisation,
        };
    }

    private static byte[] IndexBytes(PackedHeader header, PackedIndex[] indexes)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, RunJson.OneLine);
        writer.Write((long)json.Length);
        writer.Write(json);
        foreach (PackedIndex index in indexes)
        {
            index.WriteTo(writer);
        }

        writer.Write(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        return memory.ToArray();
    }

    private static (PackedHeader Header, PackedIndex[] Indexes, long End) ReadIndex(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var reader = new BinaryReader(file);
        file.Position = Magic.Length;
        long at = file.Length >= Magic.Length + sizeof(long) ? reader.ReadInt64() : 0;
        long length = file.Length - at;
        if (
            at < Magic.Length + sizeof(long)
            || length < sizeof(long) + SHA256.HashSizeInBytes
            || length > Array.MaxLength
        )
        {
            throw Damaged(path, "its index is not where it should be");
        }

        file.Position = at;
        byte[] bytes = reader.ReadBytes((int)length);
        ReadOnlySpan<byte> content = bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
        {
            throw Damaged(path, "its index does not match its checksum");
        }

        using var index = new BinaryReader(new MemoryStream(bytes, 0, content.Length));
        PackedHeader header =
            JsonSerializer.Deserialize<PackedHeader>(index.ReadBytes((int)index.ReadInt64()), RunJson.OneLine)
            ?? throw Damaged(path, "its header is empty");
        return header.Format == Format
            ? (header, [.. header.Counts.Select(count => PackedIndex.ReadFrom(index, count))], at)
            : throw new CounterpoiseException($"{path}: has format {header.Format}, expected {Format}. {Advice}");
    }

    private static void Require(string path, PackedHeader header, OpenOptions options)
    {
        ImageGeometry geometry = options.Geometry;
        if (header.Resize != geometry.Resize || header.Rule != options.ResizeRule)
        {
            throw new UsageException(
                $"{path}: was packed with images of {header.Resize} pixels ({Setting(header.Rule)}), but {geometry.Resize} ({Setting(options.ResizeRule)}) is asked for; "
                    + $"set data.resize={header.Resize} and data.resize_rule={Setting(header.Rule)}, or pack the data again."
            );
        }

        if (
            header.Seed != options.Seed
            && header.Notes.Any(note => note.Contains("data seed", StringComparison.Ordinal))
        )
        {
            throw new UsageException(
                $"{path}: was packed with data.seed {header.Seed}, which its test part depends on, but data.seed is {options.Seed}; "
                    + "give that seed, or pack the data again."
            );
        }
    }

    private static string Setting(ResizeRule rule) => rule == ResizeRule.Square ? "square" : "shorter-side";

    internal static CounterpoiseException Damaged(string path, string how) =>
        new($"{path}: the packed file is damaged: {how}. {Advice}");
}
