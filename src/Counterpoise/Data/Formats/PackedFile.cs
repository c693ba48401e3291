using System.Security.Cryptography;
using System.Text.Json;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
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
    /// <summary>The version of the layout, which older versions refuse: files were read as they do not know.</summary>
    internal const int Format = 2;

    /// <summary>The version that says nothing of how files were read: as the first rules do, or there were none.</summary>
    internal const int FirstFormat = 1;

    private const string Advice = "Pack the data again with 'counterpoise data pack'.";
    internal static readonly byte[] Magic = "CPPACK\r\n"u8.ToArray();

    /// <summary>Whether a file begins as a packed one does.</summary>
    internal static bool Is(string path)
    {
        try
        {
            using Stream file = RegularFile.Open(path);
            byte[] start = new byte[Magic.Length];
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && start.AsSpan().SequenceEqual(Magic);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    /// <summary>What the user must be told of a file that was packed.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged or of another version.</exception>
    internal static IReadOnlyList<string> Notes(string path) => ReadIndex(path).Header.Notes;

    /// <summary>Opens a packed data set.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged or of another version.</exception>
    /// <exception cref="UsageException">It was packed at another size, or split by another seed.</exception>
    internal static ImageData Open(string path, OpenOptions options)
    {
        try
        {
            (PackedHeader header, PackedIndex[] indexes, long end) = ReadIndex(path);
            if (options.Inspects)
            {
                options = options with
                {
                    ImageSize = header.Resize,
                    Resize = header.Resize,
                    ResizeRule = header.Rule,
                    Background = BackgroundColour.Parse(header.Background, path),
                    Range = header.Range,
                    Seed = header.Seed,
                    Tiered = header.Tiered,
                };
            }

            Require(path, header, options);
            ImageReading? reading = Reading(path, header, options);
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
                    .. ImageRemarks.Of(path, reading),
                ]
            )
            {
                Reading = reading,
                FixedNormalisation = header.Normalisation,
                Validation = parts.ElementAtOrDefault(2),
                LeftOut = header.LeftOut,
                Groups = header.Groups,
                TestGroups = header.TestGroups,
            };
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    private static (PackedHeader Header, PackedIndex[] Indexes, long End) ReadIndex(string path)
    {
        using Stream file = RegularFile.Open(path);
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
        return header.Format is FirstFormat or Format
            ? (header, [.. header.Counts.Select(count => PackedIndex.ReadFrom(index, count))], at)
            : throw new CounterpoiseException(
                $"{path}: has format {header.Format}, expected {FirstFormat} or {Format}. {Advice}"
            );
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

    /// <summary>How the packed files were read; null where there were none.</summary>
    /// <exception cref="UsageException">In another way than is asked for.</exception>
    private static ImageReading? Reading(string path, PackedHeader header, OpenOptions options)
    {
        if (header.ByPixels)
        {
            return null;
        }

        var packed = new ImageReading(options.Geometry)
        {
            Background = BackgroundColour.Parse(header.Background, path),
            Range = header.Range,
            Rules = header.Decoding,
        };
        if (packed.Background != options.Background || packed.Range != options.Range)
        {
            throw new UsageException(
                $"{path}: was packed with data.background {packed.Background} and data.range {Setting(packed.Range)}, but {options.Background} and {Setting(options.Range)} are asked for; "
                    + $"set data.background={packed.Background} and data.range={Setting(packed.Range)}, or pack the data again with {Named("background")} {options.Background} and {Named("range")} {Setting(options.Range)}."
            );
        }

        if (packed.Rules > DecodingRules.Newest)
        {
            throw new CounterpoiseException(
                $"{path}: its files were read by rules of a newer version (decoding {packed.Rules}, known is {DecodingRules.Newest}). {Advice}"
            );
        }

        return options.Decoding is not { } rules || rules == packed.Rules
            ? packed
            : throw new UsageException(
                $"{path}: was packed from files that were read by decoding {packed.Rules}, but the run reads by decoding {rules}; "
                    + (rules == DecodingRules.Newest ? "pack the data again." : "give the files themselves.")
            );
    }

    private static string Setting(PixelRange range) => range == PixelRange.Full ? "full" : "file";

    private static string Setting(TieredStep step) => step == TieredStep.Test ? "test" : "tune";

    private static string Setting(ResizeRule rule) => rule == ResizeRule.Square ? "square" : "shorter-side";

    internal static CounterpoiseException Damaged(string path, string how) =>
        new($"{path}: the packed file is damaged: {how}. {Advice}");
}
