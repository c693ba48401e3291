using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>compare --dry-run</c>: the trainings that a comparison is made of, and what those that are missing would cost.</summary>
/// <param name="atATime">How many train at a time.</param>
internal sealed class ComparisonDryRun(int atATime)
{
    private readonly List<Planned> plans = [];
    private readonly Dictionary<string, TrainingEstimate> speeds = [];

    /// <summary>Adds trainings on the same images, and measures a few steps of each method that is new.</summary>
    /// <param name="list">The trainings; one that another's second phase begins with comes before it.</param>
    internal void Add(IReadOnlyList<ListedTraining> list)
    {
        foreach (ListedTraining training in list)
        {
            ListedTraining? first = training.IsFinished ? null : training.FirstPhaseIn(list);
            int epochs = training.IsFinished ? 0 : training.Epochs - (first?.Epochs ?? 0);
            plans.Add(new Planned(training, first, epochs, epochs == 0 ? 0 : Seconds(training, epochs)));
        }
    }

    internal void Print(bool json)
    {
        int epochs = plans.Sum(plan => plan.Epochs);
        var time = TimeSpan.FromSeconds(plans.Sum(plan => plan.Seconds) / atATime);
        if (json)
        {
            JsonObserver.WriteEvent(
                "compare_dry_run",
                new JsonObject
                {
                    ["runs"] = new JsonArray([.. plans.Select(plan => (JsonNode?)plan.Json)]),
                    ["epochs"] = epochs,
                    ["seconds"] = time.TotalSeconds,
                    ["peak_memory_mb"] = speeds.Values.Max(speed => (double?)speed.PeakMemoryMb),
                }
            );
            return;
        }

        foreach ((Planned plan, int index) in plans.Select((plan, index) => (plan, index)))
        {
            Console.WriteLine($"[{index + 1}/{plans.Count}] {plan.Text}");
        }

        Console.WriteLine(
            epochs == 0
                ? "nothing is left to train"
                : $"expected: {Durations.Describe(time)} for {Counted(epochs)}"
                    + (atATime > 1 ? $", as if {atATime} at a time were as fast as one" : "")
                    + "; testing comes on top; measured over a few steps of each method on this machine"
        );
    }

    private static string Counted(int epochs) => epochs == 1 ? "1 epoch" : $"{epochs} epochs";

    private double Seconds(ListedTraining training, int epochs)
    {
        string methods = training.Plan.Recipe.MethodNames;
        if (!speeds.TryGetValue(methods, out TrainingEstimate? speed))
        {
            speed = TrainingEstimate.Measure(training.Plan.Recipe, training.Data, training.Plan.Execution);
            speeds[methods] = speed;
        }

        return (double)epochs * training.Data.Train.Count / speed.ImagesPerSecond;
    }

    /// <summary>One of them.</summary>
    /// <param name="Training">The training.</param>
    /// <param name="First">The one that its second phase begins with; null where it trains all itself.</param>
    /// <param name="Epochs">Epochs that it would train.</param>
    /// <param name="Seconds">The time of their training passes.</param>
    private sealed record Planned(ListedTraining Training, ListedTraining? First, int Epochs, double Seconds)
    {
        private int Fold => Training.Plan.Listing.Fold;

        internal string Text =>
            $"{Training.Name}{(Fold > 0 ? $", fold {Fold}" : "")}: "
            + (
                Training.IsFinished
                    ? "finished already"
                    : $"{Counted(Epochs)} of {Training.Data.Train.Count} images"
                        + (First is null ? "" : $", second phase, from {First.Plan.Recipe.MethodNames}")
            );

        internal JsonObject Json =>
            new()
            {
                ["run"] = Training.Path,
                ["method"] = Training.Plan.Recipe.MethodNames,
                ["seed"] = Training.Plan.Recipe.Seed,
                ["fold"] = Fold,
                ["epochs"] = Epochs,
                ["images"] = Training.Data.Train.Count,
                ["seconds"] = Seconds,
            };
    }
}
