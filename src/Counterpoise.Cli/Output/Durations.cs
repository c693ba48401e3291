namespace Counterpoise.Cli.Output;

/// <summary>Durations as a person says them.</summary>
internal static class Durations
{
    internal static string Describe(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s"
        : $"{time.TotalSeconds:F1} s";
}
