using System.Runtime.InteropServices;

namespace Counterpoise.Kernels;

/// <summary>Native memory of float32 numbers for the length of a call, aligned to cache lines.</summary>
internal readonly unsafe ref struct Scratch
{
    /// <summary>Numbers that a worker has in hand at a time: 384 KB, most of a core's second-level cache.</summary>
    internal const int BlockNumbers = 96 * 1024;

    internal Scratch(nint numbers) => Memory = (float*)NativeMemory.AlignedAlloc((nuint)numbers * sizeof(float), 64);

    /// <summary>Zeros.</summary>
    internal static Scratch Zeros(nint numbers)
    {
        var scratch = new Scratch(numbers);
        NativeMemory.Clear(scratch.Memory, (nuint)numbers * sizeof(float));
        return scratch;
    }

    /// <summary>The first number; what is there is not defined.</summary>
    internal float* Memory { get; }

    public void Dispose() => NativeMemory.AlignedFree(Memory);
}
