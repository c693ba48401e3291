using System.Diagnostics;
using System.Globalization;

namespace Counterpoise.Runtime;

/// <summary>The memory of this process, and what is left to others.</summary>
internal static class ProcessMemory
{
    /// <summary>The largest resident memory so far, in MB (10^6 bytes).</summary>
    internal static double PeakMb
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / 1e6;
        }
    }

    /// <summary>What more processes can use, in MB: of this machine, or of what a container may use if that is less.</summary>
    internal static double FreeMb
    {
        get
        {
            double left = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
            return Math.Min(left, OfSystem() ?? left) / 1e6;
        }
    }

    /// <summary>What Linux can give without swapping, in bytes; null elsewhere.</summary>
    private static double? OfSystem()
    {
        const string file = "/proc/meminfo";
        const string key = "MemAvailable:";
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line is null
            ? null
            : double.Parse(line.AsSpan(key.Length).Trim("kB \t"), CultureInfo.InvariantCulture) * 1024;
    }
}
