using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>The commands that run something again.</summary>
internal static class ReproduceCommands
{
    internal static string Of(RunHistory run) =>
        $"""
            # save the recipe below as recipe.toml; the data must have this fingerprint:
            # {run.Description.Fingerprint
                ?? "(not recorded)"}
            counterpoise train recipe.toml --data {Quote(run.Description.Source ?? "DATA")} --output {Quote(
                $"{run.Path}-again"
            )}
            """;

    private static string Quote(string argument) =>
        argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or ':')
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
