using System.Runtime.InteropServices;

namespace Counterpoise.Cli.Output;

/// <summary>
/// Finds that nobody reads standard output or standard error any more, as after <c>| head -2</c>. What can be stopped is
/// stopped then, with everything saved; anything else ends at once, as programs do whose output nobody takes.
/// </summary>
/// <remarks>Console swallows what it cannot write, so that writing would not tell; and epochs without a line can be long.</remarks>
internal static partial class ClosedOutput
{
    private const short Error = 0x8;
    private const short HangUp = 0x10;
    private static readonly Lock Guard = new();
    private static readonly List<CancellationTokenSource> Stoppable = [];

    /// <summary>Whether something was stopped by it.</summary>
    internal static bool HasStopped { get; private set; }

    /// <summary>Begins to look, where the system can wait for it.</summary>
    internal static void Watch()
    {
        if (!OperatingSystem.IsWindows())
        {
            new Thread(Wait) { IsBackground = true }.Start();
        }
    }

    /// <summary>Has a source cancelled when it happens, or at once where something was stopped already.</summary>
    internal static void Cancels(CancellationTokenSource source)
    {
        lock (Guard)
        {
            Stoppable.Add(source);
            if (HasStopped)
            {
                source.Cancel();
            }
        }
    }

    /// <summary>Leaves a source alone from here on.</summary>
    internal static void Leaves(CancellationTokenSource source)
    {
        lock (Guard)
        {
            Stoppable.Remove(source);
        }
    }

    private static void Wait()
    {
        PolledFile[] files = [new(1), new(2)];
        do
        {
            // A file that is not open is none to wait for; a negative number is left out.
            files = Array.ConvertAll(files, file => file.Found == 0 ? file : new PolledFile(-1));
            _ = Poll(files, (nuint)files.Length, -1); // A signal ends it early, with nothing found.
        } while (files.All(file => (file.Found & (Error | HangUp)) == 0));

        lock (Guard)
        {
            if (Stoppable.Count == 0)
            {
                Exit(Failures.OutputClosed); // At once: libraries that are in use would not survive an orderly end.
            }

            // Ctrl-C ends every program of a pipeline: whoever has been asked by it stops for that reason.
            HasStopped = Stoppable.TrueForAll(source => !source.IsCancellationRequested);
            Stoppable.ForEach(source => source.Cancel());
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll([In, Out] PolledFile[] files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);

    /// <summary>The C structure <c>pollfd</c>; errors and hang-ups are found whatever is asked for.</summary>
    private readonly struct PolledFile(int file)
    {
        internal readonly int File = file;
        internal readonly short Asked = 0;
        internal readonly short Found = 0;
    }
}
