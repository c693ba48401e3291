using System.ComponentModel;
using System.Diagnostics;

namespace Counterpoise.Tests.Interop;

/// <summary>Runs Python where there is one.</summary>
internal static class Python
{
    /// <returns>The exit code; -1 where there is no python3. What it writes to standard error is in the test's output.</returns>
    internal static int Run(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("python3", arguments)
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            TestContext.Current.TestOutputHelper?.WriteLine(errors);
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return -1;
        }
    }
}
