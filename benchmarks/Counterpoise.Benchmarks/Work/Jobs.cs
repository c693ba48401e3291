using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;

namespace Counterpoise.Benchmarks.Work;

/// <summary>The jobs that a worker can be started with.</summary>
internal static class Jobs
{
    internal static IJob Create(string name, WorkerSettings settings) =>
        name switch
        {
            OurJob.Name => new OurJob(settings),
            PlainPortJob.Name => new PlainPortJob(settings),
            EpochJob.Name => new EpochJob(settings),
            DecodeJob.Name => new DecodeJob(settings),
            _ => throw new UsageException($"job '{name}' is not known."),
        };
}
