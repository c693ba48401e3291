using System.Diagnostics;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>One line at the bottom of a terminal that says how far something is; lines that stay are written above it.</summary>
/// <param name="terminal">Standard output or standard error, where it is a terminal.</param>
internal sealed class StatusLine(TextWriter terminal)
{
    private const string Clear = "\r\e[K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock writing = new();
    private string shown = "";
    private long since;

    /// <summary>The columns that a line may have: one less than there are, as a full line wraps on some terminals.</summary>
    internal static int Width => Math.Max(20, AnsiConsole.Profile.Width - 1);

    /// <summary>Shows other parts, as many as fit, those that come first before others; not too often.</summary>
    internal void Show(params ReadOnlySpan<string> parts)
    {
        lock (writing)
        {
            if (shown.Length > 0 && Stopwatch.GetElapsedTime(since) < Interval)
            {
                return;
            }

            since = Stopwatch.GetTimestamp();
            shown = Fitting(parts, Width);
            terminal.Write(Clear + shown);
        }
    }

    /// <summary>Writes a line that stays.</summary>
    internal void Above(string line)
    {
        lock (writing)
        {
            terminal.Write(Clear);
            terminal.WriteLine(line);
            terminal.Write(shown);
        }
    }

    /// <summary>The line goes.</summary>
    internal void End()
    {
        lock (writing)
        {
            terminal.Write(Clear);
            shown = "";
        }
    }

    /// <summary>Parts with two blanks between them, as many from the first as fit; the first is cut where even it does not.</summary>
    internal static string Fitting(ReadOnlySpan<string> parts, int width)
    {
        string line = "";
        foreach (string part in parts)
        {
            string longer = line.Length == 0 ? part : $"{line}  {part}";
            if (longer.GetCellWidth() <= width)
            {
                line = longer;
            }
            else if (line.Length == 0)
            {
                line = part[..Math.Min(part.Length, width)];
            }
        }

        return line;
    }
}
