using System.CommandLine;
using Counterpoise.Basics;

namespace Counterpoise.Cli.Understanding;

/// <summary>Which verb was probably meant, of one word or two.</summary>
internal static class NearestVerb
{
    /// <summary>The nearest verb, or all that could follow.</summary>
    internal static string Hint(string given, ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        Command[] own = Shown(command);
        if (Nearest.To(given, own.Select(verb => verb.Name)) is { } near)
        {
            return $"did you mean '{near}'?";
        }

        Command[] all = [.. Shown(parsed.RootCommandResult.Command).SelectMany(verb => Shown(verb).Prepend(verb))];
        string? elsewhere = Nearest.To(given, all.Select(verb => verb.Name));
        return elsewhere is null
            ? Nearest.Hint(given, [.. own.Select(verb => verb.Name)])
            : $"did you mean '{Mistyped.Name(all.First(verb => verb.Name == elsewhere))}'?";
    }

    private static Command[] Shown(Command command) => [.. command.Subcommands.Where(verb => !verb.Hidden)];
}
