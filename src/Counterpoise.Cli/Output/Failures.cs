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
}
