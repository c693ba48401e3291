using System.Runtime.InteropServices;
using TorchSharp;

namespace Counterpoise.Kernels;

/// <summary>Work that the threads of a team share: each calls <see cref="Run"/> once.</summary>
internal interface ITeamWork
{
    /// <param name="worker">0 to workers - 1.</param>
    /// <param name="workers">How many threads there are.</param>
    void Run(int worker, int workers);
}

/// <summary>Work in blocks that do not depend on each other.</summary>
internal interface IBlockWork
{
    /// <summary>How many blocks.</summary>
    int Blocks { get; }

    /// <param name="worker">Who works on it: 0 to threads - 1.</param>
    /// <param name="block">0 to Blocks - 1.</param>
    void Run(int worker, int block);
}

/// <summary>Runs work on libtorch's own threads.</summary>
/// <remarks>
/// libtorch's OpenMP threads spin for some milliseconds after each operation, waiting for the next one. Threads of
/// .NET would compete with them for the cores; entering a parallel region of the same OpenMP library uses them instead.
/// Where that library is not found (it is not GNU's), .NET's thread pool does the work.
/// </remarks>
internal static unsafe class Team
{
    private static readonly delegate* unmanaged<void*, void*, uint, uint, void> Parallel;
    private static readonly delegate* unmanaged<int> ThreadNumber;
    private static readonly delegate* unmanaged<int> ThreadCount;

    static Team()
    {
        IntPtr library = Library();
        if (
            library != IntPtr.Zero
            && NativeLibrary.TryGetExport(library, "GOMP_parallel", out IntPtr parallel)
            && NativeLibrary.TryGetExport(library, "omp_get_thread_num", out IntPtr number)
            && NativeLibrary.TryGetExport(library, "omp_get_num_threads", out IntPtr count)
        )
        {
            Parallel = (delegate* unmanaged<void*, void*, uint, uint, void>)parallel;
            ThreadNumber = (delegate* unmanaged<int>)number;
            ThreadCount = (delegate* unmanaged<int>)count;
        }
    }

    /// <summary>Whether libtorch's threads do the work.</summary>
    internal static bool SharesThreads => Parallel != null;

    /// <summary>Calls the work on as many threads as libtorch uses, and waits for all of them.</summary>
    internal static void Run(ITeamWork work) => Run(work, torch.get_num_threads());

    /// <summary>The same on a number of threads that buffers were made for.</summary>
    internal static void Run(ITeamWork work, int threads)
    {
        if (threads == 1)
        {
            work.Run(0, 1);
        }
        else if (SharesThreads)
        {
            GCHandle handle = GCHandle.Alloc(work);
            Parallel((delegate* unmanaged<IntPtr, void>)&Enter, (void*)GCHandle.ToIntPtr(handle), (uint)threads, 0);
            handle.Free();
        }
        else
        {
            System.Threading.Tasks.Parallel.For(0, threads, worker => work.Run(worker, threads));
        }
    }

    /// <summary>Calls the work for every block: whoever is free takes the next, so the result must not depend on who.</summary>
    internal static void RunBlocks(IBlockWork work, int threads) => Run(new Taking(work), threads);

    /// <summary>The same on as many threads as libtorch uses.</summary>
    internal static void RunBlocks(IBlockWork work) => RunBlocks(work, torch.get_num_threads());

    /// <summary>A worker's equal share of a count of things, in order: what must not depend on who is free.</summary>
    internal static (int Begin, int End) Share(int count, int worker, int workers) =>
        ((int)((long)count * worker / workers), (int)((long)count * (worker + 1) / workers));

    private sealed class Taking(IBlockWork work) : ITeamWork
    {
        private int taken = -1;

        public void Run(int worker, int workers)
        {
            while (Interlocked.Increment(ref taken) is var block && block < work.Blocks)
            {
                work.Run(worker, block);
            }
        }
    }

    [UnmanagedCallersOnly]
    private static void Enter(IntPtr handle) =>
        ((ITeamWork)GCHandle.FromIntPtr(handle).Target!).Run(ThreadNumber(), ThreadCount());

    /// <summary>The OpenMP library that libtorch has loaded, from the folder that libtorch is in: the same file gives the same library again.</summary>
    private static IntPtr Library()
    {
        if (!OperatingSystem.IsLinux())
        {
            return IntPtr.Zero;
        }

        torch.get_num_threads(); // Loads libtorch.
        string[] loaded =
        [
            .. File.ReadLines("/proc/self/maps")
                .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "")
                .Distinct(StringComparer.Ordinal),
        ];
        string? folder = Path.GetDirectoryName(
            loaded.FirstOrDefault(path => Path.GetFileName(path) == "libtorch_cpu.so")
        );
        string? library = loaded
            .Where(path => Path.GetFileName(path).StartsWith("libgomp", StringComparison.Ordinal))
            .OrderByDescending(path => Path.GetDirectoryName(path) == folder)
            .FirstOrDefault();
        return library is not null && NativeLibrary.TryLoad(library, out IntPtr handle) ? handle : IntPtr.Zero;
    }
}
