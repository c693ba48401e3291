using System.ComponentModel;
using System.Diagnostics;

namespace Counterpoise.Tests.Interop;

/// <summary>A Python that can import what a test needs.</summary>
internal sealed class Python
{
    // Debian's packages are for its own Python, which need not be the first on the path.
    private static readonly string[] Programs = ["python3", "/usr/bin/python3"];
    private readonly string program;

    private Python(string program) => this.program = program;

    /// <summary>The first Python here that can import something; the test is skipped where there is none.</summary>
    /// <param name="import">The statement, such as <c>import torch</c>.</param>
    /// <param name="packages">What must be installed, for the message.</param>
    internal static Python That(string import, string packages)
    {
        string? found = Array.Find(Programs, program => Start(program, ["-c", import]).ExitCode == 0);
        Assert.SkipWhen(found is null, $"There is no python3 with {packages} here.");
        return new Python(found!);
    }

    /// <returns>What it writes to standard output.</returns>
    internal string Run(params string[] arguments)
    {
        (int exitCode, string output, string errors) = TryRun(arguments);
        Assert.True(exitCode == 0, output + errors);
        return output;
    }

    /// <returns>Its exit code and what it writes.</returns>
    internal (int ExitCode, string Output, string Errors) TryRun(params string[] arguments) =>
        Start(program, arguments);

    private static (int ExitCode, string Output, string Errors) Start(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return (-1, "", "");
        }
    }
}
