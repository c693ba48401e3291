using System.Security.Cryptography;
using System.Text.Json;
using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

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
    internal const int Format = 1;
    private const string Advice = "Pack the data again with 'counterpoise data pack'.";
    internal static readonly byte[] Magic = "CPPACK\r\n"u8.ToArray();

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
                    $"{path}: recognised a packed data set: {ImageListing.CountsOf(header.Classes.Count, parts[0].Count, parts[1].Count, parts.ElementAtOrDefault(2)?.Count)}.",
                    .. header.Notes,
                ]
            )
            {
                FixedNormalisation = header.Normalisation,
                Validation = parts.ElementAtOrDefault(2),
                LeftOut = header.LeftOut,
                Groups = header.Groups,
            };
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
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
            JsonSerializer.Deserialize<PackedHeader>(index.ReadBytes((int)index.ReadInt64()), JsonFormat.OneLine)
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
            header.Tiered != options.Tiered
            && header.Notes.Any(note => note.Contains(TieredListing.Title, StringComparison.Ordinal))
        )
        {
            throw new UsageException(
                $"{path}: was packed with data.tiered {Setting(header.Tiered)}, but {Setting(options.Tiered)} is asked for; "
                    + $"set data.tiered={Setting(header.Tiered)}, or pack the data again with {Named("tiered")} {Setting(options.Tiered)}."
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

    private static string Setting(TieredStep step) => step == TieredStep.Test ? "test" : "tune";

    private static string Setting(ResizeRule rule) => rule == ResizeRule.Square ? "square" : "shorter-side";

    internal static CounterpoiseException Damaged(string path, string how) =>
        new($"{path}: the packed file is damaged: {how}. {Advice}");
}
