using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Counterpoise.Basics;
using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using Counterpoise.Data.Pixels;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>Writes a <see cref="PackedFile"/>.</summary>
internal static class PackedFileWriter
{
    private const int IdentityBytes = 32;
    private const int Chunk = 256;

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
        List<(string Name, ImageTraits Traits)> remarkable = [];
        IStoredImages[] parts = [.. data.Parts.Cast<IStoredImages>()];
        int total = parts.Sum(part => part.Count);
        AtomicFile.Write(
            path,
            file =>
            {
                using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
                writer.Write(PackedFile.Magic);
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
                            WriteChunk(writer, part, positions, index, options.SkipUnreadable, skipped, remarkable);
                            done += positions.Length;
                            progress?.Report((done, total));
                        }

                        return index;
                    }),
                ];
                long at = file.Position;
                IReadOnlyList<string> remarks = ImageRemarks.Of(
                    data.Name,
                    data.Reading ?? options.Reading,
                    [.. remarkable.Select(image => image.Traits)],
                    i => remarkable[i].Name
                );
                remarks = [.. remarks, .. IdenticalFiles.Notes(data.Name, IdenticalFiles.Find(parts))];
                writer.Write(IndexBytes(Describe(data, options, indexes, skipped, remarks), indexes));
                file.Position = PackedFile.Magic.Length;
                writer.Write(at);
            }
        );
        return skipped;
    }

    private static void WriteChunk(
        BinaryWriter writer,
        IStoredImages part,
        int[] positions,
        PackedIndex index,
        bool skip,
        List<UnreadableFile> skipped,
        List<(string Name, ImageTraits Traits)> remarkable
    )
    {
        byte[][] planes = new byte[positions.Length][];
        var sizes = new PixelSize[positions.Length];
        var traits = new ImageTraits[positions.Length];
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
                traits[i] = reasons[i] is null ? image.Traits : ImageTraits.None;
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
                            $"{file}: could not be read: {reason}; replace or remove the file, or skip unreadable files ({Named("skipUnreadable")})."
                        )
                );
                continue;
            }

            if (traits[i] != ImageTraits.None)
            {
                remarkable.Add((part.Describe(positions[i]), traits[i]));
            }

            byte[] identity = part.IdentityOf(positions[i]) ?? new byte[IdentityBytes];
            index.Add(part.Labels[positions[i]], sizes[i], writer.BaseStream.Position, identity);
            index.Sources.Add(positions[i]);
            writer.Write(planes[i]);
        }
    }

    private static PackedHeader Describe(
        ImageData data,
        OpenOptions options,
        PackedIndex[] indexes,
        List<UnreadableFile> skipped,
        IReadOnlyList<string> remarks
    )
    {
        int[][] positions = ClassPositions.Of(indexes[0].Labels, data.Train.Classes.Count);
        int empty = Array.FindIndex(positions, list => list.Length == 0);
        if (data.Train.Count > 0 && empty >= 0)
        {
            throw new CounterpoiseException(
                $"{data.Name}: class '{data.Train.Classes[empty]}' has no readable training image; add one or remove the class."
            );
        }

        return new PackedHeader
        {
            Format = data.Reading is null or { IsFirst: true } ? PackedFile.FirstFormat : PackedFile.Format,
            Name = data.Name,
            Classes = [.. data.Train.Classes],
            Resize = options.Geometry.Resize,
            Rule = options.ResizeRule,
            Background = $"{data.Reading?.Background ?? default}",
            Range = data.Reading?.Range ?? default,
            Decoding = data.Reading?.Rules ?? DecodingRules.First,
            Seed = options.Seed,
            Tiered = options.Tiered,
            Notes = [.. data.Notes, .. remarks, .. skipped.Select(file => $"{file.Path}: skipped: {file.Reason}.")],
            LeftOut = [.. data.LeftOut, .. LeftOutOf(skipped)],
            Groups = data.Groups is null ? null : [.. indexes[0].Sources.Select(position => data.Groups[position])],
            TestGroups = data.TestGroups is null
                ? null
                : [.. indexes[1].Sources.Select(position => data.TestGroups[position])],
            ByPixels = data.Train.Count > 0 && ((IStoredImages)data.Train).IdentityOf(0) is null,
            Counts = [.. indexes.Select(index => index.Labels.Count)],
            Normalisation = data.FixedNormalisation,
        };
    }

    private static IReadOnlyList<LeftOut> LeftOutOf(List<UnreadableFile> skipped)
    {
        var found = new LeftOutList();
        foreach (UnreadableFile file in skipped)
        {
            found.Add($"unreadable images ({file.Reason})", null, file.Path);
        }

        return found.All;
    }

    private static byte[] IndexBytes(PackedHeader header, PackedIndex[] indexes)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, JsonFormat.OneLine);
        writer.Write((long)json.Length);
        writer.Write(json);
        foreach (PackedIndex index in indexes)
        {
            index.WriteTo(writer);
        }

        writer.Write(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        return memory.ToArray();
    }
}
