using System.Runtime.InteropServices;

namespace Counterpoise.Training;

/// <summary>Tells a lack of memory from other failures: libtorch has no exception of its own for it that comes through.</summary>
internal static class MemoryShortage
{
    // Of libtorch's allocators for CUDA and for the CPU, of cuBLAS and cuDNN, and of the C++ library.
    private static readonly string[] Words =
    [
        "out of memory",
        "can't allocate memory",
        "not enough memory",
        "ALLOC_FAILED",
        "bad_alloc",
    ];

    /// <summary>Whether something failed because there was no more memory.</summary>
    internal static bool Is(Exception failure) =>
        failure is OutOfMemoryException
        || (
            failure is ExternalException
            && Words.Any(word => failure.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>The largest of a batch's halves, quarters and so on that fits.</summary>
    /// <param name="batch">The batch that does not.</param>
    /// <param name="step">Runs a step of so many images.</param>
    /// <returns>Null where not even one image does.</returns>
    internal static int? LargestThatFits(int batch, Action<int> step)
    {
        for (int images = batch / 2; images >= 1; images /= 2)
        {
            try
            {
                step(images);
                return images;
            }
            catch (Exception failure) when (Is(failure))
            {
                // The next is half as large.
            }
        }

        return null;
    }
}
