using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>The bytes of a tensor of any length, piece by piece.</summary>
internal static class TensorPieces
{
    // A span holds at most 2^31 - 1 bytes, and a small piece is still in the cache when it is hashed.
    private const long ElementsPerPiece = 1 << 18;

    /// <summary>Hands over the bytes of <paramref name="tensor"/> in row-major order.</summary>
    /// <remarks>They are its own memory, to be filled as well as read, if it is contiguous and on the CPU; else a copy.</remarks>
    internal static void ForEach(Tensor tensor, Action<Span<byte>> use)
    {
        using var scope = NewDisposeScope();
        Tensor flat = tensor.detach().cpu().contiguous().flatten();
        long count = flat.numel();
        for (long done = 0; done < count; done += ElementsPerPiece)
        {
            using Tensor piece = flat.narrow(0, done, Math.Min(ElementsPerPiece, count - done));
            use(piece.bytes);
        }
    }
}
