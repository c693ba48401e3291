using System.CommandLine;

namespace Counterpoise.Cli.Options;

/// <summary>Puts options into verbs. Those that belong together and mean the same everywhere are in a file of this folder.</summary>
internal static class VerbOptions
{
    /// <summary>Adds options, one after the other.</summary>
    internal static void Add(this Command command, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>Whether an option was given, and not left to its default.</summary>
    internal static bool IsGiven(this ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false };
}
