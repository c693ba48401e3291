using System.CommandLine;

namespace Counterpoise.Cli.Output;

/// <summary>Turns errors into one line on standard error and an exit code: 1 failed, 2 wrong usage.</summary>
internal static class Failures
{
    internal const int Failed = 1;
    internal const int WrongUsage = 2;

    /// <summary>Asked to stop, with everything saved: 128 + SIGINT, as shells expect.</summary>
    internal const int Interrupted = 130;

    internal static int Report(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (UsageException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return WrongUsage;
        }
        catch (CounterpoiseException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }

    /// <summary>What is wrong with a command line, with the nearest known option or verb.</summary>
    internal static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            string[] known = token.StartsWith('-')
                ? [.. command.Options.SelectMany(option => option.Aliases.Append(option.Name))]
                : [.. command.Subcommands.Select(verb => verb.Name)];
            string kind = token.StartsWith('-') ? "option" : "argument";
            string hint = known.Length > 0 ? Nearest.Hint(token, known) : "it takes none.";
            return $"{kind} '{token}' is not known to '{command.Name}'; {hint} See '--help'.";
        }

        return parsed.Errors[0].Message.ReplaceLineEndings(" ");
    }
}
