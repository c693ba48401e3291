namespace Counterpoise.Benchmarks;

/// <summary>The benchmarks that can be named on the command line.</summary>
internal static class BenchmarkCatalogue
{
    internal static IReadOnlyList<IBenchmark> All { get; } =
    [
        new StepBenchmark(),
        new LayersBenchmark(),
        new MixerBenchmark(),
        new EpochBenchmark(),
        new EvaluateBenchmark(),
        new DecodeBenchmark(),
        new PyTorchBenchmark(),
        new ScaleBenchmark(),
        new StartupBenchmark(),
        new RanksBenchmark(),
        new OnnxBenchmark(),
        new ExtractBenchmark(),
        new ServeBenchmark(),
    ];
}
