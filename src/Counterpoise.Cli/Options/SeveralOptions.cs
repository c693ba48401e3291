using System.CommandLine;
using Counterpoise.Basics;

namespace Counterpoise.Cli.Options;

/// <summary>How many trainings a verb makes of each recipe, and where their table goes.</summary>
internal sealed class SeveralOptions
{
    internal Option<int> Seeds { get; } =
        new("--seeds")
        {
            Description = "How many training seeds, from the first on",
            HelpName = "number",
            DefaultValueFactory = _ => 1,
        };

    internal Option<string?> Markdown { get; } =
        new("--markdown")
        {
            Description = "Write the table to this file as Markdown, too [default: none]",
            HelpName = "file",
        };

    internal IEnumerable<Option> All => [Seeds, Markdown];

    /// <exception cref="UsageException">It is less than 1.</exception>
    internal int SeedCount(ParseResult parsed) =>
        parsed.GetValue(Seeds) is > 0 and var seeds
            ? seeds
            : throw new UsageException($"--seeds is {parsed.GetValue(Seeds)}, expected 1 or more.");
}
