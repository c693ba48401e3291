using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Duplicates;

/// <summary>Finds images with the same bytes in different parts or classes. Of files those of equal length alone are read.</summary>
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

    /// <summary>What is the same among images that were loaded, the worst first; nothing where their sources do not look.</summary>
    /// <param name="parts">The training, the test and perhaps the validation part.</param>
    internal static IReadOnlyList<DuplicateFinding> Find(IReadOnlyList<IStoredImages> parts)
    {
        Part[] kinds = [Part.Train, Part.Test, Part.Validation];
        List<PartFile> same = [];
        List<int[]> groups = [];
        foreach (
            var group in parts
                .SelectMany(
                    (part, p) =>
                        Enumerable.Range(0, part.Count).Select(i => (Part: p, At: i, Content: part.ContentOf(i)))
                )
                .Where(image => image.Content is not null)
                .GroupBy(image => image.Content)
                .Where(group => group.Skip(1).Any())
        )
        {
            groups.Add([.. Enumerable.Range(same.Count, group.Count())]);
            same.AddRange(
                group.Select(image => new PartFile(
                    parts[image.Part].Describe(image.At),
                    parts[image.Part].Labels[image.At],
                    kinds[image.Part]
                ))
            );
        }

        return Of(same, groups);
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
                    string pair = $"{LeftOut.Short(data, first)} and {LeftOut.Short(data, second)}";
                    string images = finding.Count == 1 ? "1 image has" : $"{finding.Count} images have";
                    return finding.Kind == DuplicateKind.AcrossParts
                        ? $"{data}: {images} the same bytes as one of another part, such as {pair}: accuracy on them says little."
                        : $"{data}: {images} the same bytes as one of another class, such as {pair}: one of the labels is wrong.";
                }),
        ];

    /// <summary>What stands in groups of images that are all the same.</summary>
    internal static IReadOnlyList<DuplicateFinding> Of(
        IReadOnlyList<PartFile> files,
        IEnumerable<IEnumerable<int>> groups
    ) =>
        Of(
            files,
            groups
                .Select(group => group.ToArray())
                .SelectMany(group =>
                    Enumerable.Range(1, Math.Max(0, group.Length - 1)).Select(i => (group[i], group[..i]))
                )
        );

    /// <summary>
    /// What images stand to earlier ones that are the same. An image counts where an earlier one is of another part, and
    /// where one is of another class, which may both be; else once more within its class.
    /// </summary>
    internal static IReadOnlyList<DuplicateFinding> Of(
        IReadOnlyList<PartFile> files,
        IEnumerable<(int Image, int[] Earlier)> same
    )
    {
        var found = Enum.GetValues<DuplicateKind>()
            .ToDictionary(kind => kind, _ => (Count: 0, Pairs: new List<(string, string)>()));
        foreach ((int image, int[] earlier) in same)
        {
            PartFile file = files[image];
            PartFile[] before = [.. earlier.Select(other => files[other])];
            bool isAcross = Add(DuplicateKind.AcrossParts, before, other => other.Part != file.Part, file);
            isAcross |= Add(DuplicateKind.AcrossClasses, before, other => other.Label != file.Label, file);
            if (!isAcross)
            {
                Add(DuplicateKind.WithinClass, before, _ => true, file);
            }
        }

        return
        [
            .. found
                .Where(kind => kind.Value.Count > 0)
                .OrderBy(kind => kind.Key)
                .Select(kind => new DuplicateFinding(kind.Key, kind.Value.Count, kind.Value.Pairs)),
        ];

        bool Add(DuplicateKind kind, PartFile[] before, Predicate<PartFile> differs, PartFile file)
        {
            int other = Array.FindIndex(before, differs);
            if (other < 0)
            {
                return false;
            }

            (int count, List<(string, string)> pairs) = found[kind];
            if (pairs.Count < LeftOut.MostNamed)
            {
                pairs.Add((before[other].Path, file.Path));
            }

            found[kind] = (count + 1, pairs);
            return true;
        }
    }

    private static long LengthOf(string path)
    {
        try
        {
            return RegularFile.LengthOf(path);
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
