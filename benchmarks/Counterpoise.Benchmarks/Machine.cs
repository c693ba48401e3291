using System.Runtime.InteropServices;
using TorchSharp;

namespace Counterpoise.Benchmarks;

/// <summary>What the numbers were measured on.</summary>
internal static class Machine
{
    private const string ProcessorFile = "/proc/cpuinfo";

    internal static string Describe(BenchmarkOptions options) =>
        $"{Processor}, {Environment.ProcessorCount} cores, {options.Threads} threads, "
        + $"default precision {options.Execution.Precision.ToString().ToLowerInvariant()}, "
        + $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, "
        + $".NET {Environment.Version}, {RuntimeInformation.OSDescription}"
        + (options.Quick ? "; --quick: these numbers mean nothing" : "");

    private static string Processor
    {
        get
        {
            string? named = File.Exists(ProcessorFile)
                ? File.ReadLines(ProcessorFile)
                    .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                : null;
            return named?[(named.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
                ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
