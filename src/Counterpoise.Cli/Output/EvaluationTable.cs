using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Cli.Output;

/// <summary>Prints what testing a run gave, with intervals, and how it would be under other class frequencies.</summary>
internal static class EvaluationTable
{
    internal static void Print(EvaluatedRun run, bool json)
    {
        PredictedImages said = run.Said;
        ClassificationMetrics metrics = said.Metrics(run.Classifier.ClassCounts);
        var intervals = MetricIntervals.Of(said);
        var confusion = new ConfusionMatrix(said.Predicted, said.Labels, said.Classes.Count);
        (double Ratio, double AsDecided, double Moved)[] tails =
        [
            .. ClassFrequencies
                .Tails(run.Classifier.ClassCounts)
                .Select(tail => (tail.Ratio, ClassFrequencies.Accuracy(said, tail.Of), Moved(run, tail.Of))),
        ];
        if (json)
        {
            JsonObject content = metrics.ToJson();
            content["run"] = run.Run;
            content["checkpoint"] = run.Checkpoint;
            content["data"] = run.Source;
            content["images"] = said.Images.Count;
            content["intervals"] = intervals.ToJson();
            content["tails"] = new JsonArray([
                .. tails.Select(tail =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["ratio"] = tail.Ratio,
                            ["accuracy"] = tail.AsDecided,
                            ["moved_accuracy"] = tail.Moved,
                        }
                ),
            ]);
            if (run.IsOrdered)
            {
                content["quadratic_kappa"] = confusion.QuadraticKappa;
            }

            if (run.Frequencies is { } frequencies)
            {
                content["frequencies"] = Json(run, confusion, frequencies);
            }

            JsonObserver.WriteEvent("evaluated", content);
            return;
        }

        Console.WriteLine($"{run.Checkpoint} on the {said.Images.Count} test images of {run.Source}");
        int[] images = [.. Enumerable.Range(0, said.Classes.Count).Select(confusion.Images)];
        ResultTable.PrintClasses(said.Classes, run.Classifier.ClassCounts, metrics, images, intervals);
        TellUndefined(said.Classes, confusion);
        ResultTable.PrintAll(metrics, intervals);
        if (!intervals.HasAreas)
        {
            Console.WriteLine(
                "macro AP and AUROC are without intervals, which would take minutes for so many images and classes"
            );
        }

        if (run.IsOrdered)
        {
            Console.WriteLine($"quadratic kappa {confusion.QuadraticKappa:F4}, of classes in their order");
        }

        Console.WriteLine(
            $"Intervals hold the choice of test images ({ImageDraws.Resamples} bootstrap draws by class{(said.Groups is null ? "" : " and group")}; Wilson's for recall), not that of training seeds. Calibration is at the test images' class frequencies."
        );
        if (run.Frequencies is { } wanted)
        {
            PrintFrequencies(run, confusion, wanted, tails);
        }
    }

    /// <summary>Tells two runs apart, or not, by the images that both were tested on.</summary>
    internal static void PrintDifference(EvaluatedRun one, EvaluatedRun other, bool json)
    {
        if (!one.Said.Classes.SequenceEqual(other.Said.Classes) || !one.Said.Labels.SequenceEqual(other.Said.Labels))
        {
            throw new CounterpoiseException(
                $"{one.Run} and {other.Run} were not tested on the same images of the same classes, so they are not compared image by image; give both the same --data."
            );
        }

        (DecisionMetric Metric, PairedDifference Of)[] rows =
        [
            .. new[] { DecisionMetric.BalancedAccuracy, DecisionMetric.Accuracy, DecisionMetric.MacroF1 }.Select(
                metric =>
                    (
                        metric,
                        new PairedBootstrap(
                            one.Said.Labels,
                            one.Said.Groups,
                            one.Said.Classes.Count,
                            metric,
                            seed: 0
                        ).Of(one.Said.Predicted, other.Said.Predicted)
                    )
            ),
        ];
        if (json)
        {
            JsonObserver.WriteEvent(
                "differences",
                new JsonObject
                {
                    ["run"] = one.Run,
                    ["other"] = other.Run,
                    ["rows"] = new JsonArray([
                        .. rows.Select(row =>
                        {
                            JsonObject found = row.Of.ToJson();
                            found["metric"] = row.Metric.Key;
                            return (JsonNode)found;
                        }),
                    ]),
                }
            );
            return;
        }

        Console.WriteLine($"{one.Run} less {other.Run}, on the same {one.Said.Images.Count} images:");
        new Sheet<(DecisionMetric Metric, PairedDifference Of)>(rows)
            .Words("metric", row => row.Metric.Title)
            .Numbers("difference", row => $"{row.Of.Mean:+0.00;-0.00;0.00}")
            .Numbers("95 % interval", row => $"{row.Of.Low:+0.00;-0.00;0.00} to {row.Of.High:+0.00;-0.00;0.00}")
            .Words("", row => row.Of.IsToldApart ? "told apart" : "not told apart")
            .Print();
    }

    private static double Moved(EvaluatedRun run, IReadOnlyList<double> frequencies) =>
        ClassFrequencies.Accuracy(ClassFrequencies.Moved(run.Said, run.Classifier.Prior, frequencies), frequencies);

    private static void TellUndefined(IReadOnlyList<string> classes, ConfusionMatrix confusion)
    {
        Tell(
            c => confusion.Images(c) > 0 && confusion.Predictions(c) == 0,
            "never predicted, so precision and F1 count as 0"
        );
        Tell(c => confusion.Images(c) == 0, "without test images, so not part of means over classes");

        void Tell(Func<int, bool> isSo, string what)
        {
            string[] names = [.. classes.Index().Where(name => isSo(name.Index)).Select(name => name.Item)];
            if (names.Length > 0)
            {
                string some = string.Join(", ", names.Take(10).Select(Printable.OfLine));
                Console.WriteLine($"{what}: {some}{(names.Length > 10 ? $" and {names.Length - 10} more" : "")}");
            }
        }
    }

    private static void PrintFrequencies(
        EvaluatedRun run,
        ConfusionMatrix confusion,
        IReadOnlyList<double> frequencies,
        (double Ratio, double AsDecided, double Moved)[] tails
    )
    {
        IReadOnlyList<PredictiveValues> values = ClassFrequencies.Values(confusion, frequencies);
        new Sheet<int>(Enumerable.Range(0, run.Said.Classes.Count))
            .Words("class", c => run.Said.Classes[c])
            .Numbers("frequency %", c => $"{100 * frequencies[c]:G4}")
            .Numbers("PPV %", c => ResultTable.Percent(values[c].Positive))
            .Numbers("NPV %", c => ResultTable.Percent(values[c].Negative))
            .Numbers("specificity %", c => ResultTable.Percent(values[c].Specificity))
            .Print();
        Console.WriteLine(
            $"accuracy at these frequencies: {ClassFrequencies.Accuracy(run.Said, frequencies):F2} % as it decides, {Moved(run, frequencies):F2} % with logits moved to them"
        );
        new Sheet<(double Ratio, double AsDecided, double Moved)>(tails)
            .Words(
                "class frequencies",
                tail =>
                    tail.Ratio > 1 ? $"as in training, largest / smallest {tail.Ratio:F0}"
                    : tail.Ratio < 1 ? $"the other way round, {1 / tail.Ratio:F0}"
                    : "equal"
            )
            .Numbers("accuracy %", tail => ResultTable.Percent(tail.AsDecided))
            .Numbers("logits moved %", tail => ResultTable.Percent(tail.Moved))
            .Print();
    }

    private static JsonObject Json(EvaluatedRun run, ConfusionMatrix confusion, IReadOnlyList<double> frequencies)
    {
        IReadOnlyList<PredictiveValues> values = ClassFrequencies.Values(confusion, frequencies);
        return new JsonObject
        {
            ["frequency"] = List(frequencies.Select(frequency => (double?)frequency)),
            ["accuracy"] = ClassFrequencies.Accuracy(run.Said, frequencies),
            ["moved_accuracy"] = Moved(run, frequencies),
            ["per_class_ppv"] = List(values.Select(value => value.Positive)),
            ["per_class_npv"] = List(values.Select(value => value.Negative)),
            ["per_class_specificity"] = List(values.Select(value => value.Specificity)),
        };

        static JsonArray List(IEnumerable<double?> numbers) => [.. numbers.Select(number => (JsonNode?)number)];
    }
}
