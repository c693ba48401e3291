namespace Counterpoise.Kernels;

/// <summary>The pixels of a batch of maps, cut into chunks that a core's cache holds.</summary>
/// <remarks>
/// Sums over pixels run within a chunk in float32 and over the chunks in double, in order: they do not depend on the
/// threads, and a million pixels lose no precision.
/// </remarks>
internal readonly record struct PixelChunks(nint Pixels)
{
    /// <summary>Pixels a chunk; the last may have fewer.</summary>
    internal int Size => (int)Math.Clamp(Pixels / 64, 64, 512);

    /// <summary>How many chunks.</summary>
    internal int Count => (int)((Pixels + Size - 1) / Size);

    /// <summary>The first pixel of a chunk.</summary>
    internal nint First(int chunk) => (nint)chunk * Size;

    /// <summary>How many pixels a chunk has.</summary>
    internal int SizeOf(int chunk) => (int)Math.Min(Size, Pixels - First(chunk));
}
