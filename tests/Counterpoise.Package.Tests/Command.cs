using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Counterpoise.Package.Tests;

/// <summary>Runs commands as from a fresh terminal.</summary>
/// <param name="folder">Where they run.</param>
/// <param name="packages">Where NuGet keeps the packages that they restore; null for the user's own folder.</param>
internal sealed class Command(string folder, string? packages = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // The runtime lies in shared/Microsoft.NETCore.App/<version>/ of the installation that runs this test.
    private static readonly string DotnetFolder = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
    );

    /// <summary>What the test's own process was given by the build and the test platform, and a terminal does not have.</summary>
    private static readonly string[] Inherited = ["MSBUILD", "TESTINGPLATFORM_", "VSTEST", "DOTNET_CLI_TEST"];

    public string Dotnet(params string[] arguments) => Run(Path.Combine(DotnetFolder, "dotnet"), arguments);

    /// <summary>Variables that are not as in the terminal; null for what is to be absent.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its standard output; the test fails where its exit code is not 0.</returns>
    public string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (
            string name in start.Environment.Keys.Where(name =>
                Inherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            )
        )
        {
            start.Environment.Remove(name);
        }

        // A build server would outlive the command, and hold on to its outputs and the folder.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_ROOT"] = DotnetFolder;
        start.Environment["DOTNET_NOLOGO"] = "1";

        // libtorch's threads spin while they wait: one of them is fastest on a machine that does something else as well.
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        if (packages is not null)
        {
            start.Environment["NUGET_PACKAGES"] = packages;
        }

        foreach ((string name, string? value) in Environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} took too long.");
        }

        string said = output.GetAwaiter().GetResult();
        Assert.True(
            process.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{said}\n{error.GetAwaiter().GetResult()}"
        );
        return said;
    }
}
