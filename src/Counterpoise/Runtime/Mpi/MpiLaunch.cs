using Counterpoise.Basics;

namespace Counterpoise.Runtime.Mpi;

/// <summary>This process's part in Open MPI, from joining the other ranks to leaving them.</summary>
/// <remarks>MPI starts and ends once in a process, so this is the process's state.</remarks>
internal static class MpiLaunch
{
    private static OpenMpi? mpi;

    /// <summary>Joins the other ranks; alone, nothing is loaded.</summary>
    /// <exception cref="UsageException">There are several ranks, but no Open MPI.</exception>
    public static Ranks Join() => RankLaunch.Count == 1 ? Ranks.Alone : new MpiRanks(mpi ??= new OpenMpi());

    /// <summary>Ends this rank's part: with the others, or, after an error, with all of them at once.</summary>
    /// <param name="exitCode">The process's.</param>
    /// <param name="agreed">Whether the other ranks end with the same code, having agreed to.</param>
    /// <returns>The exit code.</returns>
    public static int Leave(int exitCode, bool agreed)
    {
        if (exitCode == 0 || agreed)
        {
            mpi?.Finish();
        }
        else
        {
            mpi?.Abort(exitCode);
        }

        return exitCode;
    }
}
