using System.Diagnostics;

namespace Counterpoise.Benchmarks.Measuring;

/// <summary>What one turn took.</summary>
/// <param name="Seconds">Wall-clock time.</param>
/// <param name="Work">How much was done: images, or floating-point operations.</param>
/// <param name="ResidentMb">Resident memory of the process afterwards, in MB (10^6 bytes).</param>
internal sealed record Turn(double Seconds, double Work, double ResidentMb)
{
    internal double PerSecond => Work / Seconds;

    internal double Milliseconds => Seconds * 1000;

    internal static Turn Measure(double work, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Turn(seconds, work, Environment.WorkingSet / 1e6);
    }
}
