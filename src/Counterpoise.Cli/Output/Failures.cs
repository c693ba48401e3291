using System.CommandLine;
using System.CommandLine.Parsing;
using Counterpoise.Basics;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Output;

/// <summary>Turns errors into one line on standard error and an exit code: 1 failed, 2 wrong usage.</summary>
internal static class Failures
{
    internal const int Failed = 1;
    internal const int WrongUsage = 2;

    /// <summary>Asked to stop, with everything saved: 128 + SIGINT, as shells expect.</summary>
    internal const int Interrupted = 130;

    /// <summary>Ended because nobody reads the output any more, with everything saved: 128 + SIGPIPE, as shells expect.</summary>
    internal const int OutputClosed = 141;

    /// <summary>Whether a process that ended so was stopped, with everything saved.</summary>
    internal static bool IsStop(int exitCode) => exitCode is Interrupted or OutputClosed;

    internal static int Report(Func<int> command) =>
        Run(command) is var exitCode && exitCode == Interrupted && ClosedOutput.HasStopped ? OutputClosed : exitCode;

    private static int Run(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (UsageException error)
        {
            Say(OptionNames.MessageOf(error));
            return WrongUsage;
        }
        catch (CounterpoiseException error)
        {
            Say(OptionNames.MessageOf(error));
            return Failed;
        }
        catch (TypeInitializationException error) when (error.TypeName == "TorchSharp.torch")
        {
            string reason = error.InnerException?.Message.Split('\n')[0].Trim() ?? "";
            Say($"libtorch could not be loaded: {reason} Install counterpoise again.");
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            string first = error.Message.Split('\n')[0].Trim();
            Say(
                $"there is not enough memory ({first}); use a smaller model or image size, or a device with more memory."
            );
            return Failed;
        }
        catch (Exception error)
        {
            string message = error.Message.ReplaceLineEndings(" ");
            Say($"unexpected {error.GetType().Name}: {message} This is a defect; please report it.");
            Console.Error.WriteLine(error.StackTrace);
            return Failed;
        }
    }

    /// <summary>
    /// The first rank speaks at once; another one waits, as the same error on the first rank ends the job meanwhile.
    /// </summary>
    private static void Say(string message)
    {
        if (RankLaunch.Rank > 0)
        {
            Thread.Sleep(TimeSpan.FromSeconds(2));
            message = $"rank {RankLaunch.Rank}: {message}";
        }

        Console.Error.WriteLine($"error: {Printable.Of(message)}");
    }

    /// <summary>Refuses a command line that was not understood, and suggests the nearest option or verb.</summary>
    /// <exception cref="UsageException">Something is unknown, missing or of the wrong form.</exception>
    internal static void ThrowIfMistyped(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (AsksForHelp(parsed))
        {
            return;
        }

        if (parsed.Tokens.Any(token => token.Value.Length == 0))
        {
            throw new UsageException($"an argument is empty; see '{Name(command)} --help'.");
        }

        // A mistyped option may have been taken for an argument, such as the recipe of 'train', and its value be left over.
        string? unknown =
            (
                command.Subcommands.Count > 0
                    ? parsed.UnmatchedTokens.FirstOrDefault(value => !value.StartsWith('-'))
                    : null
            )
            ?? parsed
                .CommandResult.Children.OfType<ArgumentResult>()
                .SelectMany(argument => argument.Tokens)
                .Select(token => token.Value)
                .Concat(parsed.UnmatchedTokens)
                .FirstOrDefault(value => value.Length > 1 && value.StartsWith('-'))
            ?? parsed.UnmatchedTokens.AsEnumerable().FirstOrDefault();
        if (unknown is not null)
        {
            string[] known = unknown.StartsWith('-')
                ? [.. command.Options.Select(option => option.Name)]
                : [.. command.Subcommands.Select(verb => verb.Name)];
            string what =
                unknown.StartsWith('-') ? "option"
                : command.Subcommands.Count > 0 ? "verb"
                : "argument";
            string hint = known.Length > 0 ? Nearest.Hint(unknown, known) : "it takes no more.";
            throw new UsageException($"{what} '{unknown}' is not known to '{Name(command)}'; {hint}");
        }

        if (parsed.Errors is [var error, ..])
        {
            string message = NotANumber(error) ?? error.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new UsageException($"{message}; see '{Name(command)} --help'.");
        }
    }

    private static bool AsksForHelp(ParseResult parsed) =>
        parsed.Tokens.Any(token => token.Value is "--help" or "-h" or "-?" or "--version");

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

    /// <summary>Every option with a typed value takes a whole number; the parser would name the .NET type instead.</summary>
    private static string? NotANumber(ParseError error) =>
        error.SymbolResult is OptionResult { Tokens: [var token], Option: { ValueType: var type, Name: var option } }
        && (type == typeof(int?) || type == typeof(ulong?))
        && !(type == typeof(int?) ? int.TryParse(token.Value, out _) : ulong.TryParse(token.Value, out _))
            ? $"{option} is {token.Value}, expected a whole number{(type == typeof(ulong?) ? ", 0 or more" : "")}"
            : null;

    private static string Name(Command command) =>
        string.Join(' ', command.Parents.Select(parent => parent.Name).Append(command.Name));
}
