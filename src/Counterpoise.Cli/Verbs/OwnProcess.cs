using System.Diagnostics;
using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;

namespace Counterpoise.Cli.Verbs;

/// <summary>
/// This tool as another process, which answers in JSON. It stops with everything saved when it is asked to, and when the
/// process that started it has gone: it then finds the end of its standard input.
/// </summary>
internal sealed class OwnProcess : IDisposable
{
    private const string Variable = "COUNTERPOISE_STOPS_WITH_INPUT";
    private const string ErrorMark = "error: ";
    private readonly Process process;
    private string? error;

    private OwnProcess(ProcessStartInfo start) => process = new Process { StartInfo = start };

    /// <summary>Whether this process is such a one.</summary>
    internal static bool IsThis { get; } = Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Starts one.</summary>
    /// <param name="arguments">The verb and its options; <c>--json</c> is added.</param>
    /// <param name="answered">Takes what it writes to standard output.</param>
    /// <param name="said">Takes the lines of its standard error, but for the error that it ends with.</param>
    internal static OwnProcess Start(IEnumerable<string> arguments, Action<JsonObject> answered, Action<string> said)
    {
        string host = Environment.ProcessPath!;
        string library = typeof(OwnProcess).Assembly.Location; // Empty where all is one file.
        bool isHosted = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(host, [.. isHosted ? (string[])[library] : [], .. arguments, "--json"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[Variable] = "1";
        var started = new OwnProcess(start);
        started.process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is ['{', ..] json)
            {
                answered(JsonNode.Parse(json)!.AsObject());
            }
            else
            {
                started.Hear(line.Data, said); // A native library's.
            }
        };
        started.process.ErrorDataReceived += (_, line) => started.Hear(line.Data, said);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Cancels a source when the process that started this one asks to stop or has gone.</summary>
    internal static void StopWithInput(CancellationTokenSource stop)
    {
        var reading = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0) { }

            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended meanwhile.
            }
        })
        {
            IsBackground = true,
        };
        reading.Start();
    }

    /// <summary>Asks it to stop after its step; once more changes nothing.</summary>
    internal void Stop()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Waits until it has ended, and all that it wrote is taken.</summary>
    /// <returns>What it came to.</returns>
    internal async Task<Ended> Wait()
    {
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, error);
    }

    /// <summary>Stops it if it is still there, and waits for it.</summary>
    public void Dispose()
    {
        Stop();
        process.WaitForExit();
        process.Dispose();
    }

    private void Hear(string? line, Action<string> said)
    {
        if (line is null || line.Length == 0)
        {
            return;
        }

        if (line.StartsWith(ErrorMark, StringComparison.Ordinal))
        {
            error = line[ErrorMark.Length..];
        }
        else
        {
            said(line);
        }
    }

    /// <summary>What a process came to.</summary>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Error">The error that it named; null for none.</param>
    internal sealed record Ended(int ExitCode, string? Error)
    {
        /// <summary>Whether it did all.</summary>
        internal bool IsDone => ExitCode == 0;

        /// <summary>Whether it was asked to stop, and has saved everything.</summary>
        internal bool IsStopped => Failures.IsStop(ExitCode);

        /// <summary>The error, or how it ended without one.</summary>
        internal string Reason => Error ?? $"its process ended with exit code {ExitCode}.";
    }
}
