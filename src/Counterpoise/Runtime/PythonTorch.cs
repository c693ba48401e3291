using System.ComponentModel;
using System.Diagnostics;
using Counterpoise.Basics;

namespace Counterpoise.Runtime;

/// <summary>Asks <c>python3</c> where its torch is, without importing it.</summary>
internal static class PythonTorch
{
    private const string Instead = "or set COUNTERPOISE_LIBTORCH to a folder that holds libtorch";

    // Without the current folder, which may hold something else of that name.
    private const string Question = """
        import sys
        sys.path[:] = [folder for folder in sys.path if folder]
        import importlib.util, os
        found = importlib.util.find_spec("torch")
        print(os.path.dirname(found.origin) if found and found.origin else "")
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The folder of the package torch.</summary>
    /// <exception cref="UsageException">There is no python3, it has no torch, or it does not answer.</exception>
    internal static string Folder()
    {
        var start = new ProcessStartInfo("python3", ["-c", Question])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process python = Start(start);
        python.StandardInput.Close();
        Task<string> output = python.StandardOutput.ReadToEndAsync();
        Task<string> error = python.StandardError.ReadToEndAsync();
        if (!python.WaitForExit(Longest) || !Task.WaitAll([output, error], Longest))
        {
            python.Kill(entireProcessTree: true);
            throw new UsageException(
                $"python3 did not say within {Longest.TotalSeconds:F0} seconds where its torch is; {Instead}."
            );
        }

        if (python.ExitCode != 0)
        {
            throw new UsageException(
                $"python3 ended with exit code {python.ExitCode} when asked where its torch is: {LastLine(error.Result)}; repair it, {Instead}."
            );
        }

        return LastLine(output.Result) is { Length: > 0 } folder
            ? folder
            : throw new UsageException(
                $"the python3 that is first on PATH has no torch; install it (pip install 'torch{Libtorch.PipRange}'), activate the environment that has it, {Instead}."
            );
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new UsageException(
                $"COUNTERPOISE_LIBTORCH is python, and no python3 on PATH can be started; install Python and torch, {Instead}.",
                error
            );
        }
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
}
