using System.Diagnostics;

namespace Counterpoise.Cli.Output;

/// <summary>Shows on a terminal how much of a file is there, on one line of standard error.</summary>
internal sealed class BytesProgress : IProgress<(long Done, long Total)>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private long shown;

    public void Report((long Done, long Total) value)
    {
        if (Stopwatch.GetElapsedTime(shown) < Interval && value.Done != value.Total)
        {
            return;
        }

        shown = Stopwatch.GetTimestamp();
        string of = value.Total > 0 ? $" of {value.Total / 1e6:F0} MB, {100.0 * value.Done / value.Total:F0} %" : " MB";
        Console.Error.Write($"\r{value.Done / 1e6:F0}{of}\e[K{(value.Done == value.Total ? "\n" : "")}");
    }
}
