using System.Diagnostics;

namespace Counterpoise.Runtime;

/// <summary>The memory of this process.</summary>
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
}
