using Counterpoise.Benchmarks.Work;
using Counterpoise.Runtime;

namespace Counterpoise.Benchmarks;

/// <summary>How a benchmark is to be run.</summary>
/// <param name="Quick">With tiny sizes.</param>
/// <param name="Threads">Threads of every computation, ours and the peers'.</param>
/// <param name="Rounds">How often everything is measured in turn; null for what is usual for the benchmark.</param>
internal sealed record BenchmarkOptions(bool Quick, int Threads, int? Rounds)
{
    private const int QuickRounds = 2;

    internal Workload Workload => Workload.Of(Quick);

    /// <summary>How the tool would compute here unless told otherwise.</summary>
    internal Execution Execution => Execution.Resolve(Threads, "cpu", Precision.Auto);

    internal int RoundsOr(int usual) => Rounds ?? (Quick ? QuickRounds : usual);
}
