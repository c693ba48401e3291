using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Training;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>tune --dry-run</c>: the trials that can be foreseen, and what all would cost.</summary>
internal static class TuningDryRun
{
    internal static void Print(StudyPlan plan, TrainingData data, bool retrains, bool json)
    {
        var trials = plan.Foreseen;
        Recipe first = plan.TrialRecipe(trials[0], 0);
        TrainingEstimate speed = TrainingEstimate.Measure(first, data, plan.Run.Execution);
        int epochs = Epochs(plan, first, retrains);
        var time = TimeSpan.FromSeconds((double)epochs * data.Train.Count / speed.ImagesPerSecond);
        if (json)
        {
            JsonObserver.WriteEvent(
                "tune_dry_run",
                new JsonObject
                {
                    ["trials"] = plan.Trials,
                    ["splits"] = plan.Splits,
                    ["rungs"] = new JsonArray([.. plan.Schedule.Rungs.Select(rung => (JsonNode?)rung)]),
                    ["settings"] = new JsonArray([.. trials.Select(settings => TuningFiles.Json(settings))]),
                    ["epochs"] = epochs,
                    ["seconds"] = time.TotalSeconds,
                    ["images_per_second"] = speed.ImagesPerSecond,
                    ["peak_memory_mb"] = speed.PeakMemoryMb,
                }
            );
            return;
        }

        for (int trial = 0; trial < trials.Count; trial++)
        {
            Console.WriteLine($"trial {trial}: {string.Join(", ", trials[trial])}");
        }

        Console.WriteLine(
            $"{plan.Trials} trials"
                + (trials.Count < plan.Trials ? $"; those after the first {trials.Count} depend on results" : "")
                + $"; {plan.Splits} {(plan.Splits == 1 ? "split" : "splits")} each"
                + (
                    plan.Schedule.Rungs.Count > 0
                        ? $"; rungs after {string.Join(", ", plan.Schedule.Rungs)} epochs"
                        : ""
                )
        );
        Console.WriteLine(
            $"expected: {Durations.Describe(time)} for {epochs} epochs{(retrains ? ", the final training included," : "")} "
                + $"at {speed.ImagesPerSecond:F0} images/s, if all are as fast as the first trial; testing comes on top; measured over a few steps on this machine"
        );
    }

    /// <summary>Epochs of all trainings, counted as if every trial were as long as the first.</summary>
    private static int Epochs(StudyPlan plan, Recipe first, bool retrains)
    {
        int whole = first.Phases.Sum(phase => phase.Epochs);
        int left = plan.Trials;
        int sum = 0;
        int before = 0;
        foreach (int rung in plan.Schedule.Rungs)
        {
            sum += left * (rung - before);
            before = rung;
            left = plan.Schedule.Survivors(left);
        }

        return (plan.Splits * (sum + (left * (whole - before)))) + (retrains ? whole : 0);
    }
}
