using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>Many paths in little memory: a million files would cost hundreds of MB as strings.</summary>
/// <remarks>What all begin with is kept once; the rest lies in one buffer as UTF-8.</remarks>
internal sealed class PathTable
{
    private readonly string start;
    private readonly byte[] ends;
    private readonly int[] offsets;

    /// <summary>Keeps some paths.</summary>
    /// <param name="paths">The paths, valid as UTF-16.</param>
    /// <exception cref="CounterpoiseException">They take more than 2 GB.</exception>
    internal PathTable(IReadOnlyList<string> paths)
    {
        start = CommonStart(paths);
        offsets = new int[paths.Count + 1];
        long total = 0;
        for (int i = 0; i < paths.Count; i++)
        {
            total += Encoding.UTF8.GetByteCount(paths[i].AsSpan(start.Length));
            if (total > Array.MaxLength)
            {
                throw new CounterpoiseException(
                    $"{paths[i]}: the paths of {paths.Count} files take more than 2 GB, which is more than can be kept; make them shorter."
                );
            }

            offsets[i + 1] = (int)total;
        }

        ends = new byte[total];
        for (int i = 0; i < paths.Count; i++)
        {
            Encoding.UTF8.GetBytes(paths[i].AsSpan(start.Length), ends.AsSpan(offsets[i]));
        }
    }

    /// <summary>How many there are.</summary>
    internal int Count => offsets.Length - 1;

    /// <summary>One of them.</summary>
    internal string this[int index] =>
        start + Encoding.UTF8.GetString(ends, offsets[index], offsets[index + 1] - offsets[index]);

    private static string CommonStart(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            return "";
        }

        int length = paths[0].Length;
        foreach (string path in paths)
        {
            length = path.AsSpan().CommonPrefixLength(paths[0].AsSpan(0, length));
        }

        bool isHalfACharacter = length > 0 && char.IsHighSurrogate(paths[0][length - 1]);
        return paths[0][..(isHalfACharacter ? length - 1 : length)];
    }
}
