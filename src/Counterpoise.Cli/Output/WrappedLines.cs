using System.Text;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>A terminal on which sentences go on in the next line between words, where the terminal itself would cut them.</summary>
/// <param name="terminal">The terminal.</param>
internal sealed class WrappedLines(TextWriter terminal) : TextWriter
{
    public override Encoding Encoding => terminal.Encoding;

    public override void Write(char value) => terminal.Write(value);

    public override void Write(string? value) => terminal.Write(value);

    public override void Write(char[] buffer, int index, int count) => terminal.Write(buffer, index, count);

    public override void WriteLine(string? value)
    {
        foreach (string line in (value ?? "").Split('\n'))
        {
            foreach (string part in Wrapped(line, AnsiConsole.Profile.Width))
            {
                terminal.WriteLine(part);
            }
        }
    }

    public override void Flush() => terminal.Flush();

    /// <summary>The lines that a line becomes. What cannot be broken between words, moves the cursor, or is an object for programs stays as it is.</summary>
    internal static IEnumerable<string> Wrapped(string line, int width)
    {
        if (line.GetCellWidth() <= width || line.Contains('\e', StringComparison.Ordinal) || line.StartsWith('{'))
        {
            yield return line;
            yield break;
        }

        string indent = line[..^line.TrimStart().Length];
        var part = new StringBuilder(indent);
        foreach (string word in line[indent.Length..].Split(' '))
        {
            if (part.Length > indent.Length && part.ToString().GetCellWidth() + 1 + word.GetCellWidth() > width)
            {
                yield return part.ToString();
                part.Clear().Append(indent).Append(word);
            }
            else
            {
                part.Append(part.Length > indent.Length ? " " : "").Append(word);
            }
        }

        yield return part.ToString();
    }
}
