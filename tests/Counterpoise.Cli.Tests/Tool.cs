using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Counterpoise.Cli.Tests;

/// <summary>What a process of the tool left: its exit code and the lines of its two outputs.</summary>
public sealed record ToolResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Error)
{
    public string OutputText => string.Join('\n', Output);

    public string ErrorText => string.Join('\n', Error);

    /// <summary>Everything, for the message of a failing test.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{OutputText}\n--- standard error:\n{ErrorText}";
}

/// <summary>The tool as a process.</summary>
internal sealed partial class Tool : IDisposable
{
    public const int SignalInterrupt = 2;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly List<string> output = [];
    private readonly List<string> error = [];

    private Tool(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The folder that holds the built tool.</summary>
    public static string Folder => AppContext.BaseDirectory;

    public static ToolResult Run(params string[] arguments)
    {
        using Tool tool = Start(arguments);
        return tool.Finish();
    }

    /// <summary>Starts the tool without waiting.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="workingFolder">Where it starts; the temporary folder unless given.</param>
    /// <param name="toolFolder">Where the tool is, if not <see cref="Folder"/>.</param>
    /// <param name="packages">Where NuGet packages are, if not in the user's folder.</param>
    /// <param name="program">The program's file in that folder, if not the tool's.</param>
    /// <param name="launcher">What starts it, such as mpirun with its options.</param>
    /// <param name="environment">Variables that are not as they are here; null for what is to be absent.</param>
    public static Tool Start(
        string[] arguments,
        string? workingFolder = null,
        string? toolFolder = null,
        string? packages = null,
        string program = "Counterpoise.Cli.dll",
        string[]? launcher = null,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string file = Path.Combine(toolFolder ?? Folder, program);
        string[] command = [.. launcher ?? [], host, file, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = workingFolder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (packages is not null)
        {
            start.Environment["NUGET_PACKAGES"] = packages;
        }

        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new Tool(new Process { StartInfo = start });
    }

    /// <summary>Waits until something is so.</summary>
    /// <returns>False when the process ended before.</returns>
    public bool WaitUntil(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (process.HasExited)
            {
                return condition();
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Longest, "The tool took too long.");
            Thread.Sleep(1);
        }

        return true;
    }

    /// <summary>Waits until standard error has a line with a text.</summary>
    public bool WaitForError(string text) =>
        WaitUntil(() =>
        {
            lock (error)
            {
                return error.Any(line => line.Contains(text, StringComparison.Ordinal));
            }
        });

    /// <summary>The first line so far on standard output that begins with a text.</summary>
    public string? Said(string start)
    {
        lock (output)
        {
            return output.Find(line => line.StartsWith(start, StringComparison.Ordinal));
        }
    }

    /// <summary>Ends the process without a word, as SIGKILL does.</summary>
    public void Kill() => process.Kill();

    public void Signal(int signal) => Assert.Equal(0, SendSignal(process.Id, signal));

    public ToolResult Finish()
    {
        Assert.True(process.WaitForExit(Longest), "The tool took too long.");
        process.WaitForExit(); // The outputs end after the process.
        lock (output)
        {
            lock (error)
            {
                return new ToolResult(process.ExitCode, [.. output], [.. error]);
            }
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static void Add(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
