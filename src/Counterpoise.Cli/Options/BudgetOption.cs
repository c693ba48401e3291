using System.CommandLine;
using System.Globalization;
using Counterpoise.Basics;

namespace Counterpoise.Cli.Options;

/// <summary>A time as people write it: <c>90s</c>, <c>30m</c>, <c>2h</c>.</summary>
internal static class BudgetOption
{
    private const double Most = 1000 * 3600;

    internal static Option<string> Create() =>
        new("--budget")
        {
            Description =
                "The time that all of it may take, training with what is chosen included, such as 90s, 30m or 2h; interruptions do not count",
            HelpName = "time",
            DefaultValueFactory = _ => "30m",
        };

    /// <exception cref="UsageException">It is no time, or none.</exception>
    internal static TimeSpan Parse(string text)
    {
        double unit =
            text.Length == 0
                ? 0
                : text[^1] switch
                {
                    's' => 1,
                    'm' => 60,
                    'h' => 3600,
                    _ => 0,
                };
        return
            unit > 0
            && double.TryParse(
                text[..^1],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double count
            )
            && count > 0
            && count * unit <= Most
            ? TimeSpan.FromSeconds(count * unit)
            : throw new UsageException($"--budget is {text}, expected a time such as 90s, 30m or 2h, at most 1000h.");
    }
}
