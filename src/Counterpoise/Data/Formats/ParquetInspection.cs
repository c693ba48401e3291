using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Formats;

/// <summary>Says what Parquet files hold, reading every row once and keeping none.</summary>
internal static class ParquetInspection
{
    private const int Chunk = 256;

    /// <summary>Decodes every image. Rows without a class and images that cannot be read are listed.</summary>
    internal static DataInspection Of(ParquetSet set, OpenOptions options)
    {
        List<UnreadableFile> unreadable = [];
        var leftOut = new LeftOutList();
        using ImageData data = set.Open(options, unreadable);
        ParquetImages[] parts = [.. data.Parts.Cast<ParquetImages>()];
        int[][] counts = [.. parts.Select(part => new int[part.Classes.Count])];
        List<PixelSize> sizes = [];
        int total = parts.Sum(part => part.Count);
        int done = 0;
        foreach ((int p, ParquetImages part) in parts.Index())
        {
            foreach (int[] positions in Enumerable.Range(0, part.Count).Chunk(Chunk))
            {
                var originals = new PixelSize[positions.Length];
                string?[] reasons = new string?[positions.Length];
                Parallel.For(
                    0,
                    positions.Length,
                    new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                    i => reasons[i] = part.Load(positions[i], PixelBuffer.OfThisThread, out originals[i])
                );
                for (int i = 0; i < positions.Length; i++)
                {
                    int label = part.Labels[positions[i]];
                    if (reasons[i] is { } reason)
                    {
                        string row = part.Describe(positions[i]);
                        unreadable.Add(new UnreadableFile(row, reason));
                        leftOut.Add($"unreadable images ({reason})", part.Classes[label], row);
                    }
                    else
                    {
                        sizes.Add(originals[i]);
                        counts[p][label]++;
                    }
                }

                done += positions.Length;
                options.Progress?.Report((done, total));
            }
        }

        IReadOnlyList<DuplicateFinding> identical = IdenticalFiles.Find(parts);
        PixelSize[] ordered = [.. sizes.OrderBy(size => (long)size.Width * size.Height)];
        return new(
            data.Name,
            data.Train.Classes,
            counts[0],
            counts[1],
            ordered.FirstOrDefault(),
            ordered.ElementAtOrDefault((ordered.Length - 1) / 2),
            ordered.LastOrDefault(),
            unreadable,
            [.. data.Notes, .. IdenticalFiles.Notes(data.Name, identical)]
        )
        {
            Identical = identical,
            ValidationCounts = counts.ElementAtOrDefault(2),
            LeftOut = [.. data.LeftOut, .. leftOut.All],
        };
    }
}
