using Counterpoise.Basics;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Results;
using Counterpoise.Runs;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>Whole trainings with what fine-tuning has: AdamW, layer decay, smoothed labels and an average of the weights.</summary>
public sealed class FineTuningTests : IDisposable
{
    /// <summary>All of it together.</summary>
    internal static readonly string[] Settings =
    [
        "training.optimizer=adamw",
        "training.learning_rate=0.002",
        "training.weight_decay=0.05",
        "training.weight_decay_on=kernels",
        "training.layer_decay=0.7",
        "training.label_smoothing=0.1",
        "training.ema=0.9",
        "training.freeze=layer2",
        "training.unfreeze_after=1",
    ];

    private readonly PhaseRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData("training.optimizer=adamw training.learning_rate=0.002")]
    [InlineData("training.layer_decay=0.5")]
    [InlineData("training.label_smoothing=0.2")]
    [InlineData("training.ema=0.9")]
    [InlineData("training.weight_decay_on=kernels training.weight_decay=0.01")]
    [InlineData("training.freeze=layer1")]
    public void The_loss_falls_and_the_setting_matters(string settings)
    {
        RunFolder plain = runs.Train("plain", PhaseRuns.Recipe("mfw", "training.epochs=4"));
        RunFolder run = runs.Train("run", PhaseRuns.Recipe("mfw", [.. settings.Split(' '), "training.epochs=4"]));

        double[] losses = [.. run.ReadMetrics().Select(line => (double)line["loss"]!)];
        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
        Dictionary<string, double[]> without = PhaseRuns.Numbers(plain);
        using var network = new CheckpointNetwork(run, run.Checkpoints[^1].Path);
        Assert.NotEqual(without["linear.weight"], Numbers.Of(network.Network.get_parameter("linear.weight")!));
    }

    [Theory]
    [InlineData("mfw", "step 1.2")]
    [InlineData("mfw", "step 2.1")]
    [InlineData("mfw", "epoch 1")]
    [InlineData("crt", "step 2.2")]
    [InlineData("crt", "phase 'crt' begins")]
    [InlineData("crt", "step 3.2")]
    public void Stopped_anywhere_it_ends_with_the_same_bits(string method, string moment)
    {
        Recipe recipe = PhaseRuns.Recipe(method, [.. Settings, .. method == "crt" ? (string[])["crt.epochs=1"] : []]);
        RunFolder whole = runs.Train("whole", recipe);
        runs.TrainUntil("stopped", recipe, moment);
        PhaseRuns.AssertSame(whole, runs.Train("stopped", recipe));
    }

    [Fact]
    public void A_checkpoint_has_moments_steps_and_averages_of_what_learns_alone()
    {
        Recipe recipe = PhaseRuns.Recipe("erm", [.. Settings, "training.unfreeze_after=0"]);
        Dictionary<string, double[]> saved = PhaseRuns.Numbers(runs.Train("run", recipe));
        using StagedNetwork network = recipe.Network.Create(10, new Draws(0));
        string[] learning =
        [
            .. network.named_parameters().Select(pair => pair.name).Where(name => network.PlaceOf(name) > 2).Order(),
        ];
        foreach (string prefix in (string[])["adamw.first.", "adamw.second.", "adamw.steps."])
        {
            Assert.Equal(learning, Below(prefix));
        }

        Assert.All(Below("adamw.steps."), name => Assert.Equal([6], saved[$"adamw.steps.{name}"]));
        string[] moving = ["running_mean", "running_var"];
        Assert.Equal(
            network
                .named_buffers()
                .Select(pair => pair.name)
                .Where(name => network.PlaceOf(name) > 2 && moving.Contains(name.Split('.')[^1]))
                .Concat(learning)
                .Order(),
            Below("ema.")
        );
        Assert.DoesNotContain(saved.Keys, name => name.StartsWith("momentum", StringComparison.Ordinal));

        string[] Below(string prefix) =>
            [
                .. saved
                    .Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(name => name[prefix.Length..])
                    .Order(),
            ];
    }

    /// <summary>Every step's weights and running statistics, weighted in double precision.</summary>
    [Fact]
    public void What_is_tested_is_the_average_of_every_steps_weights_and_running_statistics()
    {
        const double keeps = 0.8;
        Recipe recipe = PhaseRuns.Recipe("erm", $"training.ema={keeps}", "data.image_size=8", "data.pad=1");
        using var state = new TrainingState(recipe, 3, PhaseRuns.Execution);
        state.Network.train();
        List<Dictionary<string, double[]>> seen = [];
        for (int step = 0; step < 5; step++)
        {
            using var scope = NewDisposeScope();
            Tensor images = Numbers.ChannelsLast(Numbers.Normal((ulong)step, ScalarType.Float32, 4, 3, 8, 8));
            StepContext context = Contexts.At([9, 5, 2]) with { Step = step };
            Steps.Train(state, TrainingStep.BatchOf(state.Phase, context, images, [0, 1, 2, 0]), 0.05);
            seen.Add(Values(state.Network));
        }

        Dictionary<string, double[]> tested = state.Tested(Values);

        double[] shares = [.. seen.Select((_, i) => Math.Pow(keeps, seen.Count - 1 - i))];
        foreach ((string name, double[] found) in tested)
        {
            double[] wanted =
            [
                .. found.Select((_, k) => seen.Zip(shares, (of, share) => share * of[name][k]).Sum() / shares.Sum()),
            ];
            Numbers.AssertClose(wanted, found, 1e-5, name);
        }

        Assert.Equal(seen[^1].Values, Values(state.Network).Values); // And put back to the bit.
    }

    [Theory]
    [InlineData("mfw")]
    [InlineData("oltr")]
    [InlineData("tau-norm")]
    public void What_was_tested_is_what_is_evaluated_and_exported(string method)
    {
        string[] more = method == "tau-norm" ? ["tau-norm.tau=0.5"] : [];
        Recipe plain = PhaseRuns.Recipe(method == "tau-norm" ? "erm" : method, Settings);
        Recipe recipe = method == "tau-norm" ? Tau(plain) : plain;
        RunFolder run = runs.Train("run", recipe);

        ClassificationMetrics found = CheckpointEvaluation
            .Classify(run, runs.Images.Test, stop: TestContext.Current.CancellationToken)
            .Metrics(TrainingPlan.ClassCountsOf(run));
        Assert.Equal(
            run.Result!["per_class_accuracy"]!.ToJsonString(),
            found.ToJson()["per_class_accuracy"]!.ToJsonString()
        );
        using var network = new CheckpointNetwork(run, run.Checkpoints[^1].Path);
        Dictionary<string, double[]> saved = PhaseRuns.Numbers(run);
        Dictionary<string, double[]> used = Values(network.Network);
        string[] averaged = [.. used.Keys.Where(name => saved.ContainsKey($"ema.{name}"))];
        Assert.NotEmpty(averaged);
        Assert.All(averaged, name => Assert.Equal(saved[$"ema.{name}"], used[name]));

        Recipe Tau(Recipe erm) => more.Aggregate(erm.WithMethods(method), RecipeText.Set).Resolve();
    }

    [Fact]
    public void A_second_phase_begins_with_the_average_of_the_first()
    {
        RunFolder first = runs.Train("first", PhaseRuns.Recipe("erm", "training.ema=0.9"));
        RunFolder second = runs.Train("crt", PhaseRuns.Recipe("crt", "training.ema=0.9", "crt.epochs=1"));
        Dictionary<string, double[]> trained = PhaseRuns.Numbers(first);
        Dictionary<string, double[]> begun = PhaseRuns.Numbers(second.Checkpoints.Single(file => file.Epoch == 2));
        string[] stages = [.. trained.Keys.Where(name => name.StartsWith("ema.layer", StringComparison.Ordinal))];
        Assert.NotEmpty(stages);
        Assert.All(stages, name => Assert.Equal(trained[name], begun[name["ema.".Length..]]));
        Assert.All(stages, name => Assert.NotEqual(trained[name], trained[name["ema.".Length..]]));
    }

    /// <summary>What a phase starts from is set after its average was made.</summary>
    [Theory]
    [InlineData("oltr", "oltr.epochs=1")]
    [InlineData("tau-norm", "tau-norm.tau=0.5")]
    [InlineData("post-hoc-adjustment", "post-hoc-adjustment.tau=0.5")]
    public void The_average_of_a_phase_begins_where_the_phase_does(string method, string setting)
    {
        Recipe recipe = RecipeText
            .Set(PhaseRuns.Recipe("erm", "training.ema=0.9").WithMethods(method), setting)
            .Resolve();
        RunFolder run = runs.Train("run", recipe);
        Dictionary<string, double[]> begun = PhaseRuns.Numbers(run.Checkpoints.Single(file => file.Epoch == 2));
        string[] averages = [.. begun.Keys.Where(name => name.StartsWith("ema.linear", StringComparison.Ordinal))];
        Assert.NotEmpty(averages);
        Assert.All(averages, name => Assert.Equal(begun[name["ema.".Length..]], begun[name]));
    }

    [Fact]
    public void A_high_learning_rate_of_AdamW_is_warned_of()
    {
        Recipe recipe = PhaseRuns.Recipe("crt", "training.optimizer=adamw", "training.learning_rate=0.05");
        string[] warnings = [.. Trainer.Check(recipe, runs.Data(recipe))];
        Assert.Equal(2, warnings.Length);
        Assert.StartsWith(
            "training.learning_rate is 0.05, which is high for adamw",
            warnings[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith("crt.learning_rate is 0.1, which is high for adamw", warnings[1], StringComparison.Ordinal);
    }

    private static Dictionary<string, double[]> Values(StagedNetwork network) =>
        NetworkParameters
            .Of(network)
            .Where(pair => pair.Value.dtype == ScalarType.Float32)
            .ToDictionary(pair => pair.Key, pair => Numbers.Of(pair.Value));
}
