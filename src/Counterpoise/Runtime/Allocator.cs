using System.Runtime.InteropServices;

namespace Counterpoise.Runtime;

/// <summary>The C allocator that libtorch takes its memory from.</summary>
internal static partial class Allocator
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MaximumMappings = -4;
    private const int Padding = 256 << 20;
    private const int NextGenerationEvery = 64;

    /// <summary>
    /// Keeps freed memory for the next step instead of giving it back to the kernel after each tensor, which costs a
    /// page fault per page at every reuse. Process-wide; call it before the first tensor. Does something on glibc alone.
    /// </summary>
    /// <returns>Whether the allocator accepted the settings.</returns>
    public static bool KeepFreedMemory()
    {
        try
        {
            return OperatingSystem.IsLinux()
                && Set(MaximumMappings, 0) == 1
                && Set(TrimThreshold, int.MaxValue) == 1
                && Set(TopPad, Padding) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // Not glibc: musl has no mallopt.
        }
    }

    /// <summary>
    /// Whether this thread does not collect: a number that another thread has just passed to libtorch would be freed while it
    /// is read. Training is alone in its process, but for tests whose ranks are threads.
    /// </summary>
    [ThreadStatic]
    internal static bool LeavesNativeNumbers;

    /// <summary>Frees what only the garbage collector can free; call it after each step's dispose scope.</summary>
    /// <remarks>
    /// TorchSharp wraps every number given to an operation in a small native object with a finalizer. Left alone they
    /// survive for hundreds of steps, scattered over the heap between the blocks of freed tensors, which then cannot
    /// grow together again: resident memory rises by tens of MB a step. Collecting the youngest generation takes
    /// well below a millisecond. What was in use during one collection is in the next generation; now and then that
    /// one is collected too, or it would grow by some 70 kB a step for thousands of steps.
    /// </remarks>
    public static void FreeNativeNumbers()
    {
        if (LeavesNativeNumbers)
        {
            return;
        }

        int generation = GC.CollectionCount(0) % NextGenerationEvery == 0 ? 1 : 0;
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Gives the managed memory that nobody uses any more back to the system, after a use of much of it.</summary>
    /// <remarks>Loading leaves the contents of files behind, which the collector would keep as room for more.</remarks>
    internal static void GiveGarbageBack() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
