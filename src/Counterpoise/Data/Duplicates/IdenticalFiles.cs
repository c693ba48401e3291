using System.Security.Cryptography;
using Counterpoise.Basics;

namespace Counterpoise.Data.Duplicates;

/// <summary>Finds files with the same bytes in different parts or classes. Those of equal length alone are read.</summary>
internal static class IdenticalFiles
{
    /// <summary>What is the same, the worst first.</summary>
    /// <param name="files">The files; those that cannot be read are the same as none.</param>
    internal static IReadOnlyList<DuplicateFinding> Find(IReadOnlyList<PartFile> files)
    {
        long[] lengths = new long[files.Count];
        InParallel(lengths.Length, i => lengths[i] = LengthOf(files[i].Path));
        int[] candidates =
        [
            .. Enumerable
                .Range(0, files.Count)
                .GroupBy(i => lengths[i])
                .Where(group => group.Key > 0 && group.Skip(1).Any())
                .SelectMany(group => group)
                .Order(),
        ];
        string?[] digests = new string?[candidates.Length];
        InParallel(candidates.Length, i => digests[i] = DigestOf(files[candidates[i]].Path));
        return Of(
            files,
            candidates
                .Zip(digests)
                .Where(pair => pair.Second is not null)
                .GroupBy(pair => pair.Second!, pair => pair.First, StringComparer.Ordinal)
        );
    }

    /// <summary>What the user must be told of identical files; empty where there are none in different parts or classes.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="found">What was found.</param>
    internal static IReadOnlyList<string> Notes(string data, IReadOnlyList<DuplicateFinding> found) =>
        [
            .. found
                .Where(finding => finding.Kind != DuplicateKind.WithinClass)
                .Select(finding =>
                {
                    (string first, string second) = finding.Pairs[0];
                    string pair = $"{Path.GetRelativePath(data, first)} and {Path.GetRelativePath(data, second)}";
                    return finding.Kind == DuplicateKind.AcrossParts
                        ? $"{data}: {finding.Count} images have the same bytes as one of another part, such as {pair}: accuracy on them says little."
                        : $"{data}: {finding.Count} images have the same bytes as one of another class, such as {pair}: one of the labels is wrong.";
                }),
        ];

    /// <summary>Every image of a group is told once, with the image before it that it stands worst to.</summary>
    internal static IReadOnlyList<DuplicateFinding> Of(
        IReadOnlyList<PartFile> files,
        IEnumerable<IEnumerable<int>> groups
    )
    {
        var found = Enum.GetValues<DuplicateKind>()
            .ToDictionary(kind => kind, _ => new List<(string First, string Second)>());
        var counts = Enum.GetValues<DuplicateKind>().ToDictionary(kind => kind, _ => 0);
        foreach (int[] group in groups.Select(group => group.ToArray()).Where(group => group.Length > 1))
        {
            for (int i = 1; i < group.Length; i++)
            {
                int other = group[..i].MinBy(before => files[before].KindWith(files[group[i]]));
                DuplicateKind kind = files[other].KindWith(files[group[i]]);
                counts[kind]++;
                if (found[kind].Count < LeftOut.MostNamed)
                {
                    found[kind].Add((files[other].Path, files[group[i]].Path));
                }
            }
        }

        return
        [
            .. counts
                .Where(count => count.Value > 0)
                .OrderBy(count => count.Key)
                .Select(count => new DuplicateFinding(count.Key, count.Value, found[count.Key])),
        ];
    }

    private static long LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            return 0;
        }
    }

    private static string? DigestOf(string path)
    {
        try
        {
            using FileStream content = File.OpenRead(path);
            return Convert.ToHexString(SHA256.HashData(content));
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            return null;
        }
    }

    private static void InParallel(int count, Action<int> work) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
}
