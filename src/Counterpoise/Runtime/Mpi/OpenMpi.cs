using System.Runtime.InteropServices;
using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Runtime.Mpi;

/// <summary>The functions of Open MPI's library that training needs, found at run time.</summary>
/// <remarks>
/// Its handles, such as MPI_COMM_WORLD, are the addresses of variables that the library exports; other MPI libraries
/// have numbers there, so they are told apart by those names.
/// </remarks>
internal sealed unsafe class OpenMpi
{
    private const int Tag = 0;
    private const int LongestVersion = 8192; // Above MPI_MAX_LIBRARY_VERSION_STRING of all versions.
    private const int Serialised = 2; // MPI_THREAD_SERIALIZED: any thread may call, one at a time.
    private static readonly string[] Names =
    [
        "libmpi.so.40",
        "libmpi.so.80",
        "libmpi.so",
        "libmpi.40.dylib",
        "libmpi.dylib",
    ];
    private static readonly void* InPlace = (void*)1;

    private readonly nint library;
    private readonly nint world;
    private readonly nint sum;
    private readonly delegate* unmanaged<void*, void*, int, nint, nint, nint, int> allReduce;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> broadcast;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, int> send;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, void*, int> receive;
    private readonly delegate* unmanaged<int, int, nint, int*, Status*, int> probe;
    private readonly delegate* unmanaged<Status*, nint, int*, int> countOf;
    private readonly delegate* unmanaged<nint, int, int> abort;
    private readonly delegate* unmanaged<int> finish;

    /// <summary>Loads and starts MPI; once in a process.</summary>
    /// <exception cref="UsageException">There is no Open MPI.</exception>
    /// <exception cref="CounterpoiseException">It could not be started.</exception>
    internal OpenMpi()
    {
        library = Load();
        world = Export("ompi_mpi_comm_world");
        sum = Export("ompi_mpi_op_sum");
        Single = Export("ompi_mpi_float");
        Double = Export("ompi_mpi_double");
        Int32 = Export("ompi_mpi_int");
        Byte = Export("ompi_mpi_byte");
        allReduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, int>)Export("MPI_Allreduce");
        broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Export("MPI_Bcast");
        send = (delegate* unmanaged<void*, int, nint, int, int, nint, int>)Export("MPI_Send");
        receive = (delegate* unmanaged<void*, int, nint, int, int, nint, void*, int>)Export("MPI_Recv");
        probe = (delegate* unmanaged<int, int, nint, int*, Status*, int>)Export("MPI_Iprobe");
        countOf = (delegate* unmanaged<Status*, nint, int*, int>)Export("MPI_Get_count");
        abort = (delegate* unmanaged<nint, int, int>)Export("MPI_Abort");
        finish = (delegate* unmanaged<int>)Export("MPI_Finalize");
        int provided;
        var start = (delegate* unmanaged<void*, void*, int, int*, int>)Export("MPI_Init_thread");
        Require(start(null, null, Serialised, &provided), "MPI_Init_thread");
        Rank = Ask("MPI_Comm_rank");
        Count = Ask("MPI_Comm_size");
    }

    internal int Rank { get; }

    internal int Count { get; }

    /// <summary>float32.</summary>
    internal nint Single { get; }

    /// <summary>float64.</summary>
    internal nint Double { get; }

    /// <summary>int32.</summary>
    internal nint Int32 { get; }

    internal nint Byte { get; }

    /// <summary>Replaces numbers by their sums over the ranks.</summary>
    internal void Sum(void* numbers, int count, nint type) =>
        Require(allReduce(InPlace, numbers, count, type, sum, world), "MPI_Allreduce");

    /// <summary>Copies the first rank's numbers to all.</summary>
    internal void Broadcast(void* numbers, int count, nint type) =>
        Require(broadcast(numbers, count, type, 0, world), "MPI_Bcast");

    /// <summary>Sends bytes to a rank.</summary>
    internal void Send(byte* bytes, int count, int to) => Require(send(bytes, count, Byte, to, Tag, world), "MPI_Send");

    /// <summary>The number of bytes that a rank has sent, or null where nothing waits.</summary>
    internal int? Waiting(int from)
    {
        int isThere;
        Status status;
        Require(probe(from, Tag, world, &isThere, &status), "MPI_Iprobe");
        if (isThere == 0)
        {
            return null;
        }

        int count;
        Require(countOf(&status, Byte, &count), "MPI_Get_count");
        return count;
    }

    /// <summary>Takes what waits.</summary>
    internal void Receive(byte* bytes, int count, int from)
    {
        Status status;
        Require(receive(bytes, count, Byte, from, Tag, world, &status), "MPI_Recv");
    }

    /// <summary>Ends all ranks at once.</summary>
    internal void Abort(int exitCode) => _ = abort(world, exitCode);

    /// <summary>Ends this rank's part; the others must end theirs.</summary>
    internal void Finish() => Require(finish(), "MPI_Finalize");

    /// <summary>What Open MPI's library says of itself, without starting it; null where there is none.</summary>
    internal static string? Version()
    {
        if (
            Find() is not { } found
            || !NativeLibrary.TryGetExport(found, "ompi_mpi_comm_world", out _)
            || !NativeLibrary.TryGetExport(found, "MPI_Get_library_version", out nint function)
        )
        {
            return null;
        }

        byte* text = stackalloc byte[LongestVersion];
        int length = 0;
        _ = ((delegate* unmanaged<byte*, int*, int>)function)(text, &length);
        return Encoding.UTF8.GetString(text, length).Split(',')[0]; // "Open MPI v4.1.4, package: ..."
    }

    private static nint Load() =>
        Find()
        ?? throw new UsageException(
            "this is one of several ranks, but Open MPI's library (libmpi.so.40) cannot be loaded; install it "
                + "(Debian and Ubuntu: apt-get install openmpi-bin), put its folder into LD_LIBRARY_PATH, or start without mpirun."
        );

    private static nint? Find()
    {
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, out nint found))
            {
                return found;
            }
        }

        return null;
    }

    private nint Export(string name) =>
        NativeLibrary.TryGetExport(library, name, out nint address)
            ? address
            : throw new UsageException(
                $"the MPI library that was found has no {name}, expected Open MPI 4 or 5; install openmpi-bin, or put its "
                    + "folder first in LD_LIBRARY_PATH."
            );

    private int Ask(string function)
    {
        int answer;
        Require(((delegate* unmanaged<nint, int*, int>)Export(function))(world, &answer), function);
        return answer;
    }

    /// <summary>Open MPI's MPI_Status: three numbers for users, and what it keeps for itself.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        internal int Source;
        internal int Tag;
        internal int Error;
        internal int Cancelled;
        internal nuint Bytes;
    }

    private static void Require(int code, string function)
    {
        if (code != 0)
        {
            throw new CounterpoiseException($"{function} failed with code {code}; see what mpirun printed.");
        }
    }
}
