using System.CommandLine;

namespace Counterpoise.Cli.Options;

/// <summary>Options that belong together and mean the same in every verb that takes them.</summary>
internal interface IOptionGroup
{
    /// <summary>The options, in the order that help shows them.</summary>
    IEnumerable<Option> All { get; }
}

/// <summary>Puts groups into verbs.</summary>
internal static class OptionGroups
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
