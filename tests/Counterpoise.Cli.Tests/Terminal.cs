using Spectre.Console;

namespace Counterpoise.Cli.Tests;

/// <summary>What a terminal shows.</summary>
internal static class Terminal
{
    /// <summary>The lines that something prints, without the blanks at their ends; what is bold is in angle brackets.</summary>
    /// <param name="width">The columns of the terminal.</param>
    /// <param name="print">Prints.</param>
    public static string Of(int width, Action print)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Console;
        try
        {
            AnsiConsole.Console = AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = AnsiSupport.Yes,
                    ColorSystem = ColorSystemSupport.NoColors,
                    Interactive = InteractionSupport.No,
                    Out = new AnsiConsoleOutput(text),
                }
            );
            AnsiConsole.Profile.Width = width;
            print();
        }
        finally
        {
            AnsiConsole.Console = console;
        }

        return string.Join(
            '\n',
            text.ToString()
                .Replace("\e[1m", "<")
                .Replace("\e[0m", ">")
                .ReplaceLineEndings("\n")
                .Split('\n')
                .Select(line => line.TrimEnd())
        );
    }
}
