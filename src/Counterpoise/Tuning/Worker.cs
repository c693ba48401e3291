using System.Globalization;

namespace Counterpoise.Tuning;

/// <summary>A process that trains trials, told from any other that had or will have its number.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Process">The process's number.</param>
/// <param name="Started">When it started, on the machine's own scale.</param>
internal sealed record Worker(string Host, int Process, string Started)
{
    private const string Never = "";

    /// <summary>This process.</summary>
    internal static Worker This { get; } =
        new(Environment.MachineName, Environment.ProcessId, StartOf(Environment.ProcessId) ?? Never);

    /// <summary>Whether it runs; null where that cannot be seen from this machine.</summary>
    internal bool? IsAlive => Host == This.Host ? StartOf(Process) == Started : null;

    /// <summary>For people.</summary>
    public override string ToString() => $"process {Process} on {Host}";

    /// <summary>When a process started, or null where there is none, or only its remains.</summary>
    private static string? StartOf(int process)
    {
        try
        {
            return OperatingSystem.IsLinux() ? StartOnLinux(process) : StartElsewhere(process);
        }
        catch (Exception failure)
            when (failure
                    is ArgumentException
                        or InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return null;
        }
    }

    /// <summary>Clock ticks since the machine was started: unlike a time of day, exactly the same for whoever asks.</summary>
    private static string? StartOnLinux(int process)
    {
        // The program's name, in brackets, may hold anything; state is the first field after it, the start the twentieth.
        string text = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : fields[19];
    }

    private static string StartElsewhere(int process)
    {
        using var found = System.Diagnostics.Process.GetProcessById(process);
        return new DateTimeOffset(found.StartTime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
    }
}
