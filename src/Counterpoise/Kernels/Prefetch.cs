using System.Runtime.Intrinsics.X86;

namespace Counterpoise.Kernels;

/// <summary>Memory that is asked for while the processor computes, so that it is in a core's second-level cache when it is needed.</summary>
/// <param name="memory">Where it begins.</param>
/// <param name="bytes">How much of it.</param>
internal readonly unsafe struct Prefetch(byte* memory, nint bytes)
{
    private const int CacheLine = 64;

    /// <summary>Asks for one of some equal parts of it, and does not wait.</summary>
    internal void Part(int part, int parts)
    {
        byte* end = memory + (bytes * (part + 1) / parts);
        for (byte* line = memory + (bytes * part / parts); line < end; line += CacheLine)
        {
            Sse.Prefetch1(line);
        }
    }
}
