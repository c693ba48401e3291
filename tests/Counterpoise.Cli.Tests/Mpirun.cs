using System.Diagnostics;

namespace Counterpoise.Cli.Tests;

/// <summary>The tool on several ranks of this machine.</summary>
internal static class Mpirun
{
    private static readonly string? Path = Find();

    /// <summary>Skips a test where there is no Open MPI.</summary>
    public static void Require() =>
        Assert.SkipWhen(Path is null, "mpirun is not on the PATH; install it with: apt-get install openmpi-bin");

    public static ToolResult Run(int ranks, params string[] arguments)
    {
        using Tool tool = Start(ranks, arguments);
        return tool.Finish();
    }

    public static Tool Start(int ranks, params string[] arguments) =>
        Tool.Start(
            arguments,
            launcher: [Path!, "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", $"{ranks}"]
        );

    /// <summary>The process of a rank that has a text in its command line.</summary>
    public static Process RankOf(int rank, string text) =>
        Directory
            .GetDirectories("/proc")
            .Select(folder => System.IO.Path.GetFileName(folder))
            .Where(name => int.TryParse(name, out _))
            .Where(name => Read(name, "cmdline").Contains(text, StringComparison.Ordinal))
            .Where(name =>
                Read(name, "environ").Split('\0').Contains($"OMPI_COMM_WORLD_RANK={rank}", StringComparer.Ordinal)
            )
            .Select(name => Process.GetProcessById(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)))
            .Single();

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended meanwhile, or is another user's.
        }
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => System.IO.Path.Combine(folder, "mpirun"))
            .FirstOrDefault(File.Exists);
}
