using System.CommandLine;
using System.CommandLine.Parsing;
using Counterpoise.Basics;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Understanding;

/// <summary>Refuses a command line that was not understood, and says what was probably meant.</summary>
internal static class Mistyped
{
    /// <exception cref="UsageException">Something is unknown, missing or of the wrong form.</exception>
    internal static void Refuse(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (
            command.Subcommands.Count > 0
            && parsed.UnmatchedTokens.FirstOrDefault(word => !word.StartsWith('-')) is { Length: > 0 } verb
        )
        {
            throw new UsageException(
                $"verb '{verb}' is not known to '{Name(command)}'; {NearestVerb.Hint(verb, parsed)}"
            );
        }

        if (AsksForHelp(parsed))
        {
            return;
        }

        if (parsed.Tokens.Any(token => token.Value.Length == 0))
        {
            throw new UsageException($"an argument is empty; see '{Name(command)} --help'.");
        }

        if (UnknownOption(parsed) is { } option)
        {
            throw new UsageException(
                $"option '{option.Split('=')[0]}' is not known to '{Name(command)}'; {NearestOption.Hint(option, parsed)}"
            );
        }

        if (parsed.UnmatchedTokens is [var word, ..])
        {
            throw new UsageException(
                Thing.At(word) is { } found && command.Options.Any(own => own.Name == "--data")
                    ? $"{Taking.Refusal(command, word, found, "no more arguments")}."
                    : $"argument '{word}' is not known to '{Name(command)}'; it takes no more."
            );
        }

        if (ParserErrors.First(parsed) is { } error)
        {
            throw new UsageException($"{error}; see '{Name(command)} --help'.");
        }
    }

    /// <summary>Refuses what several ranks would each do whole.</summary>
    /// <exception cref="UsageException">The verb does not share its work among ranks.</exception>
    internal static void RequireOneProcess(ParseResult parsed)
    {
        if (
            RankLaunch.Count > 1
            && !AsksForHelp(parsed)
            && parsed.CommandResult.Command.Name is not ("train" or "resume" or "tune" or "choose")
        )
        {
            throw new UsageException(
                $"{parsed.CommandResult.Command.Name} is for one process, but there are {RankLaunch.Count} ranks; "
                    + "only train, resume, tune and choose share their work: start it without mpirun."
            );
        }
    }

    /// <summary>Whether help or the version is printed, whatever else is there.</summary>
    private static bool AsksForHelp(ParseResult parsed) =>
        parsed.Tokens.Any(token =>
            token is { Type: TokenType.Option, Value: "--help" or "-h" or "-?" or "/h" or "/?" or "--version" or "-v" }
        );

    /// <summary>A verb as it is typed, with the tool's name.</summary>
    internal static string Name(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Select(Name).Append(command.Name));

    /// <summary>A mistyped option may have been taken for an argument, such as the recipe of 'train', and its value be left over.</summary>
    private static string? UnknownOption(ParseResult parsed) =>
        parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .FirstOrDefault(word => word.Length > 1 && word.StartsWith('-'));
}
