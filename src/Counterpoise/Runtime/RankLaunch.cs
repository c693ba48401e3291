using System.Globalization;

namespace Counterpoise.Runtime;

/// <summary>Whether this process was started as one of several, by mpirun or srun, and its part in them.</summary>
internal static class RankLaunch
{
    /// <summary>How many ranks the launcher started, as its environment says; nothing of MPI is loaded to find out.</summary>
    public static int Count { get; } =
        Variable("OMPI_COMM_WORLD_SIZE")
        ?? (Variable("PMIX_RANK") is null ? null : Variable("SLURM_STEP_NUM_TASKS") ?? Variable("SLURM_NTASKS"))
        ?? 1;

    /// <summary>Which of them this is, as the environment says.</summary>
    public static int Rank { get; } =
        Count == 1 ? 0 : Variable("OMPI_COMM_WORLD_RANK") ?? Variable("PMIX_RANK") ?? Variable("SLURM_PROCID") ?? 0;

    /// <summary>Which of those on this machine this is.</summary>
    public static int LocalRank { get; } =
        Count == 1 ? 0 : Variable("OMPI_COMM_WORLD_LOCAL_RANK") ?? Variable("SLURM_LOCALID") ?? 0;

    /// <summary>The processors of this machine that are this rank's, where it shares them with others.</summary>
    public static int Processors
    {
        get
        {
            if (Count == 1)
            {
                return Environment.ProcessorCount;
            }

            int here = Variable("OMPI_COMM_WORLD_LOCAL_SIZE") ?? Variable("SLURM_NTASKS_PER_NODE") ?? Count;
            int share = Math.Max(1, OnlineProcessors() / here);
            return Math.Min(Environment.ProcessorCount, share); // Fewer where the launcher binds ranks to processors.
        }
    }

    private static int? Variable(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value)
            ? value
            : null;

    /// <summary>All of the machine's, where this process may be bound to fewer: Linux lists them as 0-3,8.</summary>
    private static int OnlineProcessors()
    {
        const string list = "/sys/devices/system/cpu/online";
        return File.Exists(list)
            ? File.ReadAllText(list)
                .Split(',')
                .Select(range => range.Split('-'))
                .Sum(range =>
                    int.Parse(range[^1], CultureInfo.InvariantCulture)
                    - int.Parse(range[0], CultureInfo.InvariantCulture)
                    + 1
                )
            : Environment.ProcessorCount;
    }
}
