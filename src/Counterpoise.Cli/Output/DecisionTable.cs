using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Decisions;
using Counterpoise.Metrics;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Output;

/// <summary>Prints what a decision buys and costs, on the images that it was chosen on and on test images, beside what was decided before.</summary>
internal static class DecisionTable
{
    /// <param name="run">The run.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="unseen">What its classifier says of the images that it was chosen on.</param>
    /// <param name="maker">What chose it.</param>
    /// <param name="json">Whether it is printed as JSON.</param>
    internal static void Print(
        RunHistory run,
        Decision decision,
        PredictedImages unseen,
        DecisionMaker maker,
        bool json
    )
    {
        PredictedImages? test = run.TestPredictions;
        DecisionOutcome chosenOn = DecisionOutcome.Of(decision, unseen);
        DecisionOutcome? tested = test is null ? null : DecisionOutcome.Of(decision, test);
        Decision before = Plain(decision);
        DecisionOutcome plain = DecisionOutcome.Of(before, test ?? unseen);
        if (json)
        {
            JsonObject content = decision.ToJson();
            content["run"] = run.Path;
            content["unseen"] = Json(chosenOn);
            content["test"] = tested is null ? null : Json(tested);
            content["most_probable_class"] = Json(plain);
            if (!decision.RaisesAlarms)
            {
                content["risk_coverage"] = new JsonArray([
                    .. Curve(maker.RiskCoverageOf(decision))
                        .Select(point =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["confidence"] = point.Confidence,
                                    ["coverage"] = point.Coverage,
                                    ["risk"] = point.Risk,
                                }
                        ),
                ]);
            }

            JsonObserver.WriteEvent("decided", content);
            return;
        }

        Console.WriteLine($"{run.Path}: {decision.Demand}, chosen on {decision.Basis}");
        PrintClasses(run, decision, chosenOn, tested, plain);
        if (!decision.RaisesAlarms)
        {
            Console.WriteLine($"on {decision.Basis}: {Shares(chosenOn)}");
            if (tested is not null)
            {
                Console.WriteLine($"on {test!.Images.Count} test images: {Shares(tested)}");
            }

            PrintCurve(maker.RiskCoverageOf(decision));
        }

        if (tested is null)
        {
            Console.WriteLine(
                "what the network says of test images was not kept, so the decision was not tried on them"
            );
        }

        Console.WriteLine(
            $"Precision and false alarms are at {(decision.Probabilities.Prior is null ? "the class frequencies of the images it was chosen on" : "the class frequencies that were given")}; 'before' is the most probable class{(test is null ? "" : " on test images")}."
        );
        Console.WriteLine(
            $"kept in {Path.Combine(run.Path, DecisionFile.Name)}: 'predict', 'serve' and 'export' take it from there"
        );
    }

    private static void PrintClasses(
        RunHistory run,
        Decision decision,
        DecisionOutcome chosenOn,
        DecisionOutcome? tested,
        DecisionOutcome plain
    )
    {
        int[] shown =
        [
            .. Enumerable
                .Range(0, run.Classes.Count)
                .Where(c => chosenOn.Classes[c] is not null || tested?.Classes[c] is not null),
        ];
        Sheet<int> sheet = new Sheet<int>(shown).Words("class", c => run.Classes[c]);
        if (decision.Thresholds is { } levels)
        {
            sheet.Numbers("alarm from", c => $"{levels[c]:G3}");
        }

        Add("unseen", chosenOn, spare: 4);
        if (tested is not null)
        {
            Add("test", tested, spare: 0);
        }

        Add("before", plain, spare: 1);
        sheet.Print();

        void Add(string name, DecisionOutcome of, int spare)
        {
            sheet
                .Numbers($"{name} recall %", c => of.Classes[c] is { } found ? $"{found.Recall:F1}" : "-", spare: spare)
                .Numbers(
                    $"{name} precision %",
                    c => of.Classes[c]?.Precision is { } precision ? $"{precision:F1}" : "-",
                    spare: spare == 0 ? 0 : spare + 1
                )
                .Numbers(
                    $"{name} false in 1000",
                    c => of.Classes[c] is { } found ? $"{found.FalseAlarms:F1}" : "-",
                    spare: spare == 0 ? 0 : spare + 2
                );
        }
    }

    private static void PrintCurve(RiskCoverage curve)
    {
        new Sheet<RiskPoint>(Curve(curve))
            .Numbers("decided %", point => $"{100 * point.Coverage:F0}")
            .Numbers("wrong of them %", point => $"{100 * point.Risk:F2}")
            .Numbers("from confidence", point => $"{point.Confidence:F3}")
            .Print();
    }

    /// <summary>The points that decide every tenth of the images.</summary>
    private static IEnumerable<RiskPoint> Curve(RiskCoverage curve) =>
        Enumerable
            .Range(1, 10)
            .Select(tenth => curve.Points.First(point => point.Coverage >= (tenth / 10.0) - 1e-9))
            .Distinct();

    private static string Shares(DecisionOutcome outcome) =>
        $"{100 * outcome.Decided:F1} % decided, {(outcome.Wrong is { } wrong ? $"{100 * wrong:F2}" : "-")} % of them wrong";

    /// <summary>The most probable class, as it was before anything was decided.</summary>
    private static Decision Plain(Decision decision) =>
        new()
        {
            Demand = "",
            Basis = "",
            Probabilities = decision.Probabilities with
            {
                Scales = [.. decision.Probabilities.Scales.Select(_ => 1.0)],
                Biases = [.. decision.Probabilities.Biases.Select(_ => 0.0)],
                Implied = decision.Probabilities.Frequencies,
                Prior = null,
            },
        };

    private static JsonObject Json(DecisionOutcome outcome) =>
        new()
        {
            ["decided"] = outcome.Decided,
            ["wrong"] = outcome.Wrong,
            ["classes"] = new JsonArray([
                .. outcome.Classes.Select(of =>
                    of is null
                        ? null
                        : (JsonNode)
                            new JsonObject
                            {
                                ["images"] = of.Images,
                                ["recall"] = of.Recall,
                                ["recall_interval"] = of.RecallInterval.ToJson(),
                                ["precision"] = of.Precision,
                                ["false_alarms_per_1000"] = of.FalseAlarms,
                            }
                ),
            ]),
        };
}
