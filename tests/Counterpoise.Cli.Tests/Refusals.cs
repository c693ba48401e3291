namespace Counterpoise.Cli.Tests;

/// <summary>How the tool refuses.</summary>
internal static class Refusals
{
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static void AssertFailed(ToolResult result, params string[] named) => AssertRefused(Failed, result, named);

    public static void AssertWrongUsage(ToolResult result, params string[] named) =>
        AssertRefused(WrongUsage, result, named);

    /// <summary>One line on standard error that names what is wrong, and an exit code.</summary>
    private static void AssertRefused(int exitCode, ToolResult result, string[] named)
    {
        Assert.True(result.Error.Count == 1, result.ToString());
        Assert.StartsWith("error: ", result.Error[0], StringComparison.Ordinal);
        Assert.All(named, text => Assert.Contains(text, result.Error[0], StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", result.Error[0], StringComparison.Ordinal);
        Assert.DoesNotContain("System.", result.Error[0], StringComparison.Ordinal);
        Assert.True(result.ExitCode == exitCode, result.ToString());
    }
}
