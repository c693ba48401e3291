namespace Counterpoise.Data.Duplicates;

/// <summary>Finds images that look the same: resized, recompressed or retouched copies.</summary>
/// <remarks>Two hashes that differ in at most 6 bits agree in one of seven bands, so that those of one band's value alone are compared.</remarks>
internal static class NearImages
{
    private const int Bands = PerceptualHash.MostBits + 1;
    private const int BandBits = 64 / Bands;

    /// <summary>What looks the same, the worst first.</summary>
    /// <param name="files">The files.</param>
    /// <param name="hashes">Their hashes; null for those that have none.</param>
    internal static IReadOnlyList<DuplicateFinding> Find(IReadOnlyList<PartFile> files, PerceptualHash?[] hashes)
    {
        HashSet<(int First, int Second)> pairs = [];
        for (int band = 0; band < Bands; band++)
        {
            int shift = band * BandBits;
            ulong mask = band == Bands - 1 ? ulong.MaxValue >> shift : (1ul << BandBits) - 1;
            foreach (
                int[] bucket in Enumerable
                    .Range(0, hashes.Length)
                    .Where(i => hashes[i] is not null)
                    .GroupBy(i => (hashes[i]!.Bits >> shift) & mask)
                    .Select(bucket => bucket.ToArray())
            )
            {
                for (int i = 0; i < bucket.Length; i++)
                {
                    for (int j = i + 1; j < bucket.Length; j++)
                    {
                        if (hashes[bucket[i]]!.IsNear(hashes[bucket[j]]!))
                        {
                            pairs.Add((bucket[i], bucket[j]));
                        }
                    }
                }
            }
        }

        return IdenticalFiles.Of(
            files,
            pairs
                .OrderBy(pair => pair.Second)
                .ThenBy(pair => pair.First)
                .GroupBy(pair => pair.Second, pair => pair.First)
                .Select(near => (near.Key, near.ToArray()))
        );
    }
}
