using System.CommandLine;

namespace Counterpoise.Cli.Options;

/// <summary><c>--json</c>.</summary>
internal static class JsonOption
{
    internal static Option<bool> Create() =>
        new("--json")
        {
            Description = "JSON on standard output, one object a line, and everything else on standard error",
        };
}
