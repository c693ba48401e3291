using System.CommandLine;
using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Decisions;
using Counterpoise.Metrics;

namespace Counterpoise.Cli.Options;

/// <summary>What is demanded of a decision.</summary>
internal sealed class DecideOptions
{
    internal Option<string[]> Recall { get; } =
        new("--recall")
        {
            Description =
                "Raise an alarm that finds this share of a class's images, such as Soiling=60%; once for each class",
            HelpName = "class=share",
        };

    internal Option<string[]> FalseAlarms { get; } =
        new("--false-alarms")
        {
            Description =
                "Raise an alarm that is false at most so often in a thousand images, such as Soiling=20; once for each class",
            HelpName = "class=number",
        };

    internal Option<string?> Costs { get; } =
        new("--costs")
        {
            Description =
                "Decide for the least expected cost: a CSV file with a line a true class, its name and then the cost of deciding for each class; or with the columns class and cost, of missing it",
            HelpName = "file",
        };

    internal Option<string?> Best { get; } =
        new("--best")
        {
            Description =
                $"Weigh classes so that this is largest: {string.Join(", ", DecisionMetric.All.Select(metric => metric.Key))}",
            HelpName = "metric",
        };

    internal Option<string?> Reject { get; } =
        new("--reject")
        {
            Description = "Leave at most this share of images to people, the least sure ones",
            HelpName = "share",
        };

    internal Option<string?> Risk { get; } =
        new("--risk")
        {
            Description = "Leave so many images to people that at most this share of decisions is wrong",
            HelpName = "share",
        };

    internal Option<string> Confidence { get; } =
        new("--confidence")
        {
            Description = "How sure demands are met on images to come, in percent; 0 for on average",
            HelpName = "percent",
            DefaultValueFactory = _ => "95",
        };

    internal IEnumerable<Option> All => [Recall, FalseAlarms, Costs, Best, Reject, Risk, Confidence];

    /// <summary>What was demanded.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="classes">The class names.</param>
    /// <exception cref="UsageException">Something makes no sense.</exception>
    internal Demands Demands(ParseResult parsed, IReadOnlyList<string> classes)
    {
        double sure = Number("--confidence", parsed.GetRequiredValue(Confidence).TrimEnd('%', ' '));
        if (sure is not (0 or (>= 50 and < 100)))
        {
            throw new UsageException($"--confidence is {sure}, expected 50 to below 100 percent, or 0 for on average.");
        }

        var demands = new Demands
        {
            Recall = OfClasses(Recall, parsed.GetValue(Recall), classes, Share),
            FalseAlarms = OfClasses(FalseAlarms, parsed.GetValue(FalseAlarms), classes, PerThousand),
            Costs = parsed.GetValue(Costs) is { } file ? CostFile.Read(file, classes) : null,
            Best = parsed.GetValue(Best) is { } metric ? DecisionMetric.Find(metric, Best.Name) : null,
            Rejected = parsed.GetValue(Reject) is { } left ? Share(Reject.Name, left) : null,
            Risk = parsed.GetValue(Risk) is { } risk ? Share(Risk.Name, risk) : null,
            Confidence = sure == 0 ? null : sure / 100,
        };
        if (demands.Recall.Keys.Intersect(demands.FalseAlarms.Keys).ToArray() is [var twice, ..])
        {
            throw new UsageException(
                $"--recall and --false-alarms both name '{classes[twice]}', whose alarm has one threshold; give one of them."
            );
        }

        bool areLabels = demands is not { Costs: null, Best: null, Rejected: null, Risk: null };
        return demands.AreAlarms && areLabels
                ? throw new UsageException(
                    "--recall and --false-alarms raise alarms, --costs, --best, --reject and --risk decide for a class of each image; give one kind."
                )
            : demands is { Costs: not null, Best: not null }
                ? throw new UsageException("--costs and --best exclude each other; give one of them.")
            : demands;
    }

    private static Dictionary<int, double> OfClasses(
        Option option,
        string[]? values,
        IReadOnlyList<string> classes,
        Func<string, string, double> number
    )
    {
        var found = new Dictionary<int, double>();
        foreach (string value in values ?? [])
        {
            int at = value.LastIndexOf('=');
            int label =
                at < 0
                    ? -1
                    : classes.Index().FirstOrDefault(name => name.Item == value[..at], (Index: -1, Item: "")).Index;
            if (label < 0)
            {
                throw new UsageException(
                    $"{option.Name} is '{value}', expected a class and a number, such as {classes[^1]}=...; the classes are {string.Join(", ", classes.Take(10))}{(classes.Count > 10 ? ", ..." : "")}."
                );
            }

            if (!found.TryAdd(label, number(option.Name, value[(at + 1)..])))
            {
                throw new UsageException($"{option.Name} names '{classes[label]}' twice; name each class once.");
            }
        }

        return found;
    }

    /// <summary>A share, 0.6 or 60%.</summary>
    private static double Share(string option, string text)
    {
        double number = text.EndsWith('%') ? Number(option, text[..^1]) / 100 : Number(option, text);
        return number is > 0 and < 1
            ? number
            : throw new UsageException(
                $"{option} is '{text}', expected a share above 0 and below 1, such as 0.6 or 60%."
            );
    }

    private static double PerThousand(string option, string text)
    {
        double number = Number(option, text);
        return number is > 0 and <= 1000
            ? number
            : throw new UsageException(
                $"{option} is '{text}', expected a number above 0, up to 1000, among a thousand images."
            );
    }

    private static double Number(string option, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? number
            : throw new UsageException($"{option} is '{text}', expected a number.");
}
