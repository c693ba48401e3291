using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>--dry-run</c> of one training: what would be trained, and what it would cost, measured over a few steps.</summary>
internal static class DryRun
{
    internal static void Print(TrainingPlan run, TrainingData data, bool json)
    {
        TrainingEstimate estimate = TrainingEstimate.Measure(run.Recipe, data, run.Execution);
        if (json)
        {
            JsonObserver.WriteEvent(
                "dry_run",
                new JsonObject
                {
                    ["recipe"] = RecipeText.Write(run.Recipe),
                    ["classes"] = new JsonArray([.. data.Train.Classes.Select(name => (JsonNode?)name)]),
                    ["class_counts"] = new JsonArray([.. data.ClassCounts.Select(count => (JsonNode?)count)]),
                    ["rho"] = data.Rho,
                    ["never_acts"] = new JsonArray([.. NeverActing.Of(run.Recipe).Select(line => (JsonNode?)line)]),
                    ["threads"] = run.Execution.Threads,
                    ["device"] = run.Execution.Device,
                    ["precision"] = run.Execution.Precision.ToString().ToLowerInvariant(),
                    ["seconds"] = estimate.Duration.TotalSeconds,
                    ["images_per_second"] = estimate.ImagesPerSecond,
                    ["peak_memory_mb"] = estimate.PeakMemoryMb,
                    ["gpu_memory_mb"] = estimate.GpuMemoryMb,
                }
            );
            return;
        }

        Console.WriteLine();
        Console.WriteLine(RecipeText.Write(run.Recipe));
        ClassTable.Print(data.Train.Classes, data.ClassCounts, null);
        Console.WriteLine(
            $"expected: {Durations.Describe(estimate.Duration)} for the training passes at {estimate.ImagesPerSecond:F0} images/s, "
                + $"{estimate.PeakMemoryMb:F0} MB resident{(estimate.GpuMemoryMb is { } gpu ? $", {gpu:F0} MB of the GPU in use" : "")} ({run.Execution.ThreadCount}, {run.Execution.Device}, "
                + $"{run.Execution.Precision.ToString().ToLowerInvariant()}); measured over a few steps on this machine"
        );
    }
}
