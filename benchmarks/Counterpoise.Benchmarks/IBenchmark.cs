using Counterpoise.Benchmarks.Measuring;

namespace Counterpoise.Benchmarks;

/// <summary>A comparison of things that are measured side by side.</summary>
internal interface IBenchmark
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it compares, in one line.</summary>
    string Summary { get; }

    /// <summary>Measures; progress and what was left out go to standard error.</summary>
    IReadOnlyList<Figure> Run(BenchmarkOptions options);
}
