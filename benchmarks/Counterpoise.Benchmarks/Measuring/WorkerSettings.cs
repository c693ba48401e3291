using System.Text.Json;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Runtime;

namespace Counterpoise.Benchmarks.Measuring;

/// <summary>What a worker is told when it is started.</summary>
/// <param name="Quick">With tiny sizes.</param>
/// <param name="Threads">Threads of the computation.</param>
internal sealed record WorkerSettings(bool Quick, int Threads)
{
    /// <summary>The number of classes.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>The precision of our network.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>The methods of our training, joined by '+'.</summary>
    public string Methods { get; init; } = "erm";

    /// <summary>Whether a plain port sets the allocator as we do.</summary>
    public bool KeepsFreedMemory { get; init; }

    /// <summary>Where the training images are; null for a few generated ones.</summary>
    public string? Data { get; init; }

    internal Workload Workload => Workload.Of(Quick);

    internal Execution Execution => Execution.Resolve(Threads, "cpu", Precision);

    internal static WorkerSettings Of(BenchmarkOptions options) => new(options.Quick, options.Threads);

    internal static WorkerSettings Parse(string json) => JsonSerializer.Deserialize<WorkerSettings>(json)!;

    internal string ToJson() => JsonSerializer.Serialize(this);
}
