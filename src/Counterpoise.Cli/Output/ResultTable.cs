using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Cli.Output;

/// <summary>Prints results: every class with its size, recall, precision and F1, and what they come to together.</summary>
internal static class ResultTable
{
    internal static void Print(JsonObject result, string run)
    {
        string[] classes = [.. result["classes"]!.AsArray().Select(name => name!.GetValue<string>())];
        var test = ClassificationMetrics.Read(new JsonFields(result, run), classes.Length)!;
        PrintClasses(
            classes,
            [.. result["class_counts"]!.AsArray().Select(count => count!.GetValue<int>())],
            test,
            train: [.. result["train_per_class_accuracy"]!.AsArray().Select(accuracy => accuracy?.GetValue<double>())]
        );
        Console.WriteLine(
            $"method {result["method"]}, {result["model"]}, last of {result["epochs"]} epochs, seed {result["seed"]}"
        );
        PrintShort(test);
        Console.WriteLine(
            $"training accuracy  {Percent(result["train_accuracy"])} %  (without mixing or augmentation)"
        );
        if (result["statistics_seconds"]?.GetValue<double>() is > 0 and var seconds)
        {
            double share = 100 * seconds / (seconds + result["training_seconds"]!.GetValue<double>());
            Console.WriteLine($"statistics         {seconds:F1} s, {share:F1} % of the time");
        }

        Console.WriteLine($"run                {run}");
    }

    /// <summary>A line a class.</summary>
    /// <param name="classes">Their names.</param>
    /// <param name="counts">Their training images.</param>
    /// <param name="test">On the test images.</param>
    /// <param name="images">Their test images, with intervals; null to leave both out.</param>
    /// <param name="intervals">Where recalls lie; null to leave it out.</param>
    /// <param name="train">Their training accuracies; null to leave them out.</param>
    internal static void PrintClasses(
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        ClassificationMetrics test,
        IReadOnlyList<int>? images = null,
        MetricIntervals? intervals = null,
        IReadOnlyList<double?>? train = null
    )
    {
        Sheet<int> sheet = new Sheet<int>(Enumerable.Range(0, classes.Count))
            .Words("class", c => classes[c])
            .Numbers("training images", c => $"{counts[c]}", spare: 2);
        if (train is not null)
        {
            sheet.Numbers("training recall %", c => Percent(train[c]), spare: 4);
        }

        if (images is not null)
        {
            sheet.Numbers("test images", c => $"{images[c]}", spare: 1);
        }

        sheet.Numbers("recall %", c => Percent(test.PerClassAccuracy[c]));
        if (intervals is not null)
        {
            sheet.Numbers("95 % interval", c => Shown(intervals.Recall[c]));
        }

        if (test.PerClassPrecision is { } precision)
        {
            sheet.Numbers("precision %", c => Percent(precision[c])).Numbers("F1 %", c => Percent(test.PerClassF1![c]));
        }

        if (test.Scores is { } scores)
        {
            sheet
                .Numbers("AP %", c => Percent(scores.PerClassAveragePrecision[c]), spare: 3)
                .Numbers("AUROC %", c => Percent(scores.PerClassAuroc[c]), spare: 5);
        }

        sheet.Print();
    }

    /// <summary>What all classes come to, in a few lines.</summary>
    internal static void PrintShort(ClassificationMetrics test)
    {
        string f1 = test.MacroF1 is { } macro ? $"  macro F1 {Percent(macro)} %" : "";
        Console.WriteLine(
            $"test accuracy      {Percent(test.Accuracy)} %  balanced {Percent(test.BalancedAccuracy)} %{f1}"
        );
        if (Groups(test) is [_, _, ..] groups)
        {
            Console.WriteLine(
                $"{string.Join('/', groups.Select(group => group.Name)), -18} {string.Join(" / ", groups.Select(group => Percent(group.Value)))} %"
            );
        }
    }

    /// <summary>All that all classes come to, with intervals.</summary>
    internal static void PrintAll(ClassificationMetrics test, MetricIntervals intervals)
    {
        (string Key, string Name, double? Value, string Unit)[] lines =
        [
            .. DecisionMetric.All.Select(metric => (metric.Key, Long(metric), test[metric], Unit(metric))),
            .. Groups(test) is [_, _, ..] groups
                ? groups.Select(group => ("", $"balanced, {group.Name} images", group.Value, " %"))
                : [],
            ("macro_average_precision", "macro AP", test.Scores?.MacroAveragePrecision, " %"),
            ("macro_auroc", "macro AUROC", test.Scores?.MacroAuroc, " %"),
            ("", "top-5 accuracy", test.Scores?.Top5, " %"),
            ("", "log loss", test.Scores?.LogLoss, ""),
            ("", "calibration error", test.Scores?.Calibration.EqualWidth, ""),
            ("", "calibration error, equal mass", test.Scores?.Calibration.EqualMass, ""),
            ("", "calibration error, class-wise", test.Scores?.Calibration.ClassWise, ""),
        ];
        new Sheet<(string Key, string Name, double? Value, string Unit)>(lines.Where(line => line.Value is not null))
            .Words("all classes", line => line.Name)
            .Numbers("", line => line.Unit.Length > 0 ? $"{Percent(line.Value)}{line.Unit}" : $"{line.Value:F4}")
            .Numbers(
                "95 % interval",
                line =>
                    !intervals.OfSet.TryGetValue(line.Key, out Interval interval) ? ""
                    : line.Unit.Length > 0 ? Shown(interval)
                    : $"{interval.Low:F4} to {interval.High:F4}"
            )
            .Print();
    }

    internal static string Percent(JsonNode? value) => Percent(value?.GetValue<double>());

    internal static string Percent(double? value) => value is { } number ? number.ToString("F2") : "-";

    private static string Shown(Interval? interval) =>
        interval is { } known ? $"{known.Low:F1} to {known.High:F1}" : "-";

    private static string Long(DecisionMetric metric) =>
        metric == DecisionMetric.BalancedAccuracy ? "balanced accuracy"
        : metric == DecisionMetric.WorstClass ? "recall of the worst class"
        : metric.Title;

    private static string Unit(DecisionMetric metric) =>
        metric == DecisionMetric.Matthews || metric == DecisionMetric.Kappa ? "" : " %";

    /// <summary>The groups of classes by size that there are.</summary>
    private static (string Name, double? Value)[] Groups(ClassificationMetrics test) =>
        [
            .. new[] { ("many", test.ManyAccuracy), ("medium", test.MediumAccuracy), ("few", test.FewAccuracy) }.Where(
                group => group.Item2 is not null
            ),
        ];
}
