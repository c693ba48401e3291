using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tests.Networks;
using Counterpoise.Tests.Training;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class SecondPhaseTests : IDisposable
{
    private const int StepsPerEpoch = 3;
    private readonly PhaseRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Crt_trains_a_new_classifier_alone(bool freezeStatistics)
    {
        Dictionary<string, double[]> first = PhaseRuns.Numbers(runs.Train("first", PhaseRuns.Recipe("erm")));
        Recipe recipe = PhaseRuns.Recipe(
            "crt",
            "crt.epochs=1",
            $"crt.freeze_statistics={(freezeStatistics ? "true" : "false")}"
        );
        RunFolder run = runs.Train("crt", recipe);
        Dictionary<string, double[]> start = PhaseRuns.Numbers(run.Checkpoints.Single(file => file.Epoch == 2));
        Dictionary<string, double[]> end = PhaseRuns.Numbers(run);

        AssertOnlyHeadLearnt(first, end, freezeStatistics);
        double[] drawn = start["linear.weight"];
        double[] before = first["linear.weight"];
        Assert.Equal(2.0 / 64, drawn.Average(value => value * value), 0.01);
        Assert.InRange(Slow.Dot(drawn, before) / (Slow.Norm(drawn) * Slow.Norm(before)), -0.2, 0.2);
        Assert.NotEqual(drawn, end["linear.weight"]);
        Assert.NotEqual(start["linear.bias"], end["linear.bias"]);
        Assert.Equal(["momentum.linear.bias", "momentum.linear.weight"], Momentum(end));
        Assert.All(Momentum(start), name => Assert.All(start[name], value => Assert.Equal(0, value)));
    }

    [Fact]
    public void Lws_trains_the_factors_alone()
    {
        Dictionary<string, double[]> first = PhaseRuns.Numbers(runs.Train("first", PhaseRuns.Recipe("erm")));
        RunFolder run = runs.Train("lws", PhaseRuns.Recipe("lws", "lws.epochs=1"));
        Dictionary<string, double[]> start = PhaseRuns.Numbers(run.Checkpoints.Single(file => file.Epoch == 2));
        Dictionary<string, double[]> end = PhaseRuns.Numbers(run);

        AssertOnlyHeadLearnt(first, end, freezeStatistics: false);
        Assert.Equal(first["linear.weight"], end["linear.classifier.weight"]);
        Assert.Equal(first["linear.bias"], end["linear.classifier.bias"]);
        Assert.All(start["linear.scale"], factor => Assert.Equal(1, factor));
        Assert.All(end["linear.scale"], factor => Assert.NotEqual(1, factor));
        Assert.Equal(["momentum.linear.scale"], Momentum(end));
    }

    [Fact]
    public void Tau_is_the_best_of_21_on_held_out_images()
    {
        const int epochs = 6;
        using var more = new PhaseRuns(perClass: 50);
        string[] held = ["data.held_out=3", $"training.epochs={epochs}"];
        Recipe recipe = PhaseRuns.Recipe("erm", held).With(new TauNorm()).Resolve();
        RunFolder first = more.Train("first", PhaseRuns.Recipe("erm", held));
        Dictionary<string, double[]> trained = PhaseRuns.Numbers(first);
        RunFolder run = more.Train("tau-norm", recipe);
        Dictionary<string, double[]> end = PhaseRuns.Numbers(run);

        using StagedNetwork network = PhaseRuns.Network(first, epochs);
        TrainingData data = more.Data(recipe);
        double[][] weight = [.. trained["linear.weight"].Chunk(64)];
        double[] accuracies =
        [
            .. Enumerable
                .Range(0, 21)
                .Select(i => BalancedAccuracy(network, data, data.HeldOut!, Divided(weight, 0.1 * i))),
        ];
        int best = Array.IndexOf(accuracies, accuracies.Max());
        Assert.True(best > 0 && accuracies.Distinct().Count() > 2, string.Join(' ', accuracies));
        Assert.Equal(0.1 * best, end["linear.tau"][0], 1e-6);
        Numbers.AssertClose([.. Divided(weight, 0.1 * best).SelectMany(row => row)], end["linear.weight"], 1e-6);
        Assert.All(end["linear.bias"], value => Assert.Equal(0, value));
        Assert.All(trained.Keys.Where(IsStage), name => Assert.Equal(trained[name], end[name]));
        Assert.All(Momentum(end), name => Assert.All(end[name], value => Assert.Equal(0, value)));

        // The result is that of the changed classifier.
        double test = BalancedAccuracy(network, data, data.Test, Divided(weight, 0.1 * best));
        Assert.Equal(test, (double)run.Result!["balanced_accuracy"]!, 1e-9);
        Assert.Equal(accuracies[best], (double)run.Result!["held_out_balanced_accuracy"]!, 1e-9);
    }

    [Fact]
    public void A_given_tau_of_0_with_the_bias_needs_no_held_out_images_and_changes_no_prediction()
    {
        RunFolder first = runs.Train("first", PhaseRuns.Recipe("erm"));
        Recipe recipe = PhaseRuns.Recipe("erm").With(new TauNorm { Tau = 0, Bias = true }).Resolve();
        RunFolder run = runs.Train("tau-norm", recipe);
        Assert.Equal(PhaseRuns.Numbers(first)["linear.weight"], PhaseRuns.Numbers(run)["linear.weight"]);
        Assert.Equal(PhaseRuns.Numbers(first)["linear.bias"], PhaseRuns.Numbers(run)["linear.bias"]);
        Assert.Equal(
            first.Result!["per_class_accuracy"]!.ToJsonString(),
            run.Result!["per_class_accuracy"]!.ToJsonString()
        );
    }

    [Fact]
    public void Post_hoc_adjustment_takes_the_logarithm_of_shares_off_the_bias_and_leaves_all_else()
    {
        RunFolder first = runs.Train("first", PhaseRuns.Recipe("erm"));
        Recipe recipe = PhaseRuns.Recipe("erm").With(new PostHocAdjustment { Tau = 0.7 }).Resolve();
        RunFolder run = runs.Train("adjusted", recipe);

        Dictionary<string, double[]> before = PhaseRuns.Numbers(first);
        Dictionary<string, double[]> after = PhaseRuns.Numbers(run);
        IReadOnlyList<int> counts = runs.Data(recipe).ClassCounts;
        Assert.True(counts.Distinct().Count() > 1);
        Numbers.AssertClose(
            [.. before["linear.bias"].Select((bias, c) => bias - (0.7 * Math.Log((double)counts[c] / counts.Sum())))],
            after["linear.bias"],
            1e-6
        );
        Assert.Equal(before["linear.weight"], after["linear.weight"]);
        Assert.All(before.Keys.Where(IsStage), name => Assert.Equal(before[name], after[name]));
    }

    [Fact]
    public void An_automatic_tau_without_held_out_images_is_refused()
    {
        Recipe recipe = PhaseRuns.Recipe("erm").With(new TauNorm());
        var error = Assert.Throws<UsageException>(recipe.Resolve);
        Assert.Contains("data.held_out is 0", error.Message);
        Assert.Contains("give tau-norm.tau", error.Message);
    }

    [Fact]
    public void An_automatic_tau_where_no_class_can_spare_an_image_is_refused_with_advice()
    {
        Recipe recipe = PhaseRuns.Recipe("erm", "data.held_out=10").With(new TauNorm()).Resolve();
        var error = Assert.Throws<CounterpoiseException>(() => runs.Train("tau-norm", recipe));
        Assert.Contains("no class has more than", error.Message);
        Assert.Contains("tau-norm.tau", error.Message);
    }

    [Theory]
    [InlineData("nearest-mean", 0)]
    [InlineData("nearest-mean", 0.9)]
    [InlineData("ldam+nearest-mean", 0)]
    public void The_nearest_mean_has_the_means_of_the_classes_features(string methods, double ema)
    {
        Recipe recipe = PhaseRuns.Recipe(methods, $"training.ema={ema}");
        RunFolder run = runs.Train("run", recipe);
        Dictionary<string, double[]> start = PhaseRuns.Numbers(run.Checkpoints.Single(file => file.Epoch == 2));
        Dictionary<string, double[]> end = PhaseRuns.Numbers(run);

        Assert.All(start.Keys.Where(IsStage), name => Assert.Equal(start[name], end[name]));
        TrainingData data = runs.Data(recipe);
        using StagedNetwork network = PhaseRuns.Network(run, epoch: 3);
        double[][] features = Slow.Pool(PhaseRuns.Map(network, data, data.Train), data.Train.Count, 64);
        double[][] means =
        [
            .. data.ClassCounts.Select(
                (count, label) =>
                    Enumerable
                        .Range(0, 64)
                        .Select(d =>
                            features.Where((_, image) => data.Train.Labels[image] == label).Sum(x => x[d]) / count
                        )
                        .ToArray()
            ),
        ];
        double[] common = [.. Enumerable.Range(0, 64).Select(d => means.Average(mean => mean[d]))];
        Numbers.AssertClose(
            [.. means.SelectMany(mean => mean.Select((value, d) => value - common[d]))],
            end["linear.weight"],
            1e-4
        );

        // The result is that of the nearest mean.
        double[][] seen = Slow.Pool(PhaseRuns.Map(network, data, data.Test), data.Test.Count, 64);
        int[] nearest =
        [
            .. seen.Select(x => means.Index().MinBy(mean => mean.Item.Zip(x, (m, v) => (m - v) * (m - v)).Sum()).Index),
        ];
        Assert.Equal(
            ClassificationMetrics.Of(nearest, data.Test.Labels, data.ClassCounts).Accuracy,
            (double)run.Result!["accuracy"]!,
            1e-9
        );
        Assert.Equal(3, (int)run.Result["epochs"]!);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Oltrs_centroids_start_as_the_means_of_the_classes_features(int embedding)
    {
        Recipe recipe = PhaseRuns.Recipe("oltr", "oltr.epochs=1", $"oltr.embedding={embedding}");
        RunFolder run = runs.Train("oltr", recipe);
        Dictionary<string, double[]> start = PhaseRuns.Numbers(run.Checkpoints.Single(file => file.Epoch == 2));
        Dictionary<string, double[]> end = PhaseRuns.Numbers(run);
        TrainingData data = runs.Data(recipe);
        using StagedNetwork network = PhaseRuns.Network(run, epoch: 2);
        double[][] features = Slow.Pool(PhaseRuns.Map(network, data, data.Train), data.Train.Count, 64);
        if (embedding > 0)
        {
            (double[] layer, double[] bias) = (
                start["linear.memory.embedding_weight"],
                start["linear.memory.embedding_bias"]
            );
            features = [.. features.Select(x => Slow.Linear(x, layer, bias).Select(y => Math.Max(0, y)).ToArray())];
        }

        double[] wanted =
        [
            .. Enumerable
                .Range(0, 10)
                .SelectMany(c =>
                {
                    double[][] own = [.. features.Where((_, n) => data.Train.Labels[n] == c)];
                    return Enumerable.Range(0, features[0].Length).Select(k => own.Average(row => row[k]));
                }),
        ];
        Assert.Equal(embedding == 0 ? 640 : 80, wanted.Length);
        Numbers.AssertClose(wanted, start["linear.centroids"], 1e-5);
        Assert.All(start["linear.attention.mask"], value => Assert.Equal(0, value));
        foreach (
            string name in start.Keys.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        )
        {
            Assert.NotEqual(start[name], end[name]); // Everything learns, or shifts, or gains momentum.
        }

        if (embedding == 0)
        {
            Dictionary<string, double[]> first = PhaseRuns.Numbers(runs.Train("first", PhaseRuns.Recipe("erm")));
            Assert.All(first.Keys.Where(IsStage), name => Assert.Equal(first[name], start[name]));
            Assert.Equal(first["linear.weight"], start["linear.memory.weight"]);
            Assert.Equal(first["linear.bias"], start["linear.memory.bias"]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Oltrs_classifier_learns_at_the_full_rate_and_the_rest_at_a_tenth(int embedding)
    {
        using var scope = NewDisposeScope();
        const double rate = 0.1;
        const double decay = 5e-4;
        Recipe recipe = PhaseRuns.Recipe("oltr", $"oltr.embedding={embedding}", "data.image_size=8", "data.pad=1");
        using var state = new TrainingState(recipe, 3, PhaseRuns.Execution);
        state.EnterNextPhase()?.Dispose();
        Slow.Fill(state.Network.Head, 30, deviation: 0.3);
        state.Network.train();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 6, 3, 8, 8));
        Steps.Backward(state.Network, state.Phase, Contexts.At([9, 5, 2]), images, [0, 1, 2, 0, 1, 2]);
        Dictionary<string, (double[] Value, double[] Gradient)> before = state
            .Network.named_parameters()
            .ToDictionary(p => p.name, p => (Numbers.Of(p.parameter), Numbers.Of(p.parameter.grad!)));

        state.Optimizer.Step(rate, [.. state.Optimizer.Parameters.Select(parameter => parameter.grad)]);

        string[] full =
        [
            "linear.memory.bias",
            "linear.memory.weight",
            "linear.selector_bias",
            "linear.selector_weight",
            "linear.weight",
        ];
        Assert.All(full, name => Assert.Contains(name, before.Keys));
        foreach ((string name, Parameter parameter) in state.Network.named_parameters())
        {
            double factor = full.Contains(name) ? 1 : 0.1;
            (double[] value, double[] gradient) = before[name];
            double[] wanted = [.. value.Select((p, i) => -rate * factor * (gradient[i] + (decay * p)))];
            double[] moved = [.. Numbers.Of(parameter).Zip(value, (after, p) => after - p)];
            double rounding = 1e-6 * value.Concat(wanted).Max(Math.Abs);
            Assert.True(wanted.Max(Math.Abs) > 5 * rounding, name);
            Assert.All(wanted.Zip(moved), pair => Assert.Equal(pair.First, pair.Second, rounding));
        }
    }

    [Theory]
    [InlineData("crt", 2)]
    [InlineData("lws", 2)]
    [InlineData("oltr", 3)]
    public void The_second_phases_learning_rate_starts_anew(string method, int epochs)
    {
        Recipe recipe = PhaseRuns.Recipe(method, $"{method}.epochs={epochs}");
        RunFolder run = runs.Train(method, recipe);

        var lines = run.ReadMetrics().ToArray();
        Assert.Equal(
            ["train", "train", .. Enumerable.Repeat(method, epochs)],
            lines.Select(line => (string)line["phase"]!)
        );
        Assert.Equal(Enumerable.Range(1, 2 + epochs), lines.Select(line => (int)line["epoch"]!));
        Assert.Equal(
            [false, true, .. Enumerable.Range(1, epochs).Select(e => e == epochs)],
            lines.Select(line => line.ContainsKey("accuracy"))
        );
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            double step = (epoch * StepsPerEpoch) + StepsPerEpoch - 1; // The epoch's last.
            double wanted =
                method == "oltr"
                    ? 0.1 * Math.Pow(0.1, epoch)
                    : 0.1 / 2 * (1 + Math.Cos(Math.PI * step / (epochs * StepsPerEpoch)));
            Assert.Equal(wanted, (double)lines[2 + epoch]["learning_rate"]!, 1e-12);
        }
    }

    [Fact]
    public void A_mixer_mixes_in_the_first_phase_alone()
    {
        Recipe recipe = PhaseRuns.Recipe("mfw+crt", "crt.epochs=1");
        Assert.Equal("mfw", recipe.Phases[0].Mixer!.By);
        Assert.Null(recipe.Phases[1].Mixer);
        Assert.Equal("crt", recipe.Phases[1].Sampler!.By);

        var mixer = new CountingMixer();
        Recipe counted = PhaseRuns.Recipe("erm").With(mixer).With(new Crt { Epochs = 1 }).Resolve();
        runs.Train("counted", counted);
        Assert.Equal([0, 0, 0, 1, 1, 1], mixer.Epochs);

        Dictionary<string, double[]> mixed = PhaseRuns.Numbers(runs.Train("mfw", PhaseRuns.Recipe("mfw")));
        Dictionary<string, double[]> plain = PhaseRuns.Numbers(runs.Train("erm", PhaseRuns.Recipe("erm")));
        Dictionary<string, double[]> both = PhaseRuns.Numbers(runs.Train("mfw+crt", recipe));
        AssertOnlyHeadLearnt(mixed, both, freezeStatistics: false);
        Assert.NotEqual(plain["conv1.weight"], both["conv1.weight"]);
    }

    [Theory]
    [InlineData("crt", "step 3.2")]
    [InlineData("crt", "step 2.3")]
    [InlineData("crt", "epoch 2")]
    [InlineData("crt", "phase 'crt' begins")]
    [InlineData("lws", "step 3.2")]
    [InlineData("lws", "epoch 2")]
    [InlineData("lws", "phase 'lws' begins")]
    [InlineData("oltr", "step 3.2")]
    [InlineData("oltr", "step 2.3")]
    [InlineData("oltr", "epoch 2")]
    [InlineData("oltr", "phase 'oltr' begins")]
    [InlineData("oltr", "epoch 3")]
    [InlineData("bbn", "step 1.2")]
    [InlineData("bbn", "epoch 1")]
    [InlineData("bbn", "step 2.2")]
    [InlineData("de-confound-tde", "step 1.2")]
    [InlineData("de-confound-tde", "epoch 1")]
    [InlineData("de-confound-tde", "step 2.2")]
    public void An_interrupted_run_goes_on_and_ends_with_the_same_bits(string method, string moment)
    {
        bool second = method is "crt" or "lws" or "oltr";
        Recipe recipe = second ? PhaseRuns.Recipe(method, $"{method}.epochs=2") : PhaseRuns.Recipe(method);
        RunFolder whole = runs.Train("whole", recipe);

        runs.TrainUntil("stopped", recipe, moment);
        RunFolder resumed = runs.Train("stopped", recipe);

        PhaseRuns.AssertSame(whole, resumed);
    }

    [Fact]
    public void A_run_stopped_where_tau_is_chosen_goes_on_and_ends_with_the_same_bits()
    {
        Recipe recipe = PhaseRuns.Recipe("erm", "data.held_out=2").With(new TauNorm()).Resolve();
        RunFolder whole = runs.Train("whole", recipe);

        runs.TrainUntil("stopped", recipe, "phase 'tau-norm' begins");
        runs.TrainUntil("stopped", recipe, "tau-norm: tau =");
        RunFolder resumed = runs.Train("stopped", recipe);

        PhaseRuns.AssertSame(whole, resumed);
    }

    private static bool IsStage(string name) =>
        !name.StartsWith("linear.", StringComparison.Ordinal)
        && !name.StartsWith("momentum.", StringComparison.Ordinal)
        && !name.StartsWith("ema.", StringComparison.Ordinal);

    private static bool IsStatistic(string name) => name.Contains("running_") || name.Contains("num_batches");

    private static IEnumerable<string> Momentum(Dictionary<string, double[]> tensors) =>
        tensors
            .Keys.Where(name => name.StartsWith("momentum.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static void AssertOnlyHeadLearnt(
        Dictionary<string, double[]> first,
        Dictionary<string, double[]> end,
        bool freezeStatistics
    )
    {
        Assert.Equal(first.Keys.Where(IsStage).Order(), end.Keys.Where(IsStage).Order());
        foreach (string name in first.Keys.Where(IsStage))
        {
            bool stays = !IsStatistic(name) || freezeStatistics;
            Assert.True(stays == first[name].SequenceEqual(end[name]), name);
        }
    }

    private static double[][] Divided(double[][] weight, double tau) =>
        [.. weight.Select(row => row.Select(value => value / Math.Pow(Slow.Norm(row), tau)).ToArray())];

    /// <summary>The mean over classes with images of the share classified correctly, in percent, without a bias.</summary>
    private static double BalancedAccuracy(
        StagedNetwork network,
        TrainingData data,
        IImageSource images,
        double[][] weight
    )
    {
        double[][] features = Slow.Pool(PhaseRuns.Map(network, data, images), images.Count, 64);
        var right = new List<double>[10];
        for (int n = 0; n < images.Count; n++)
        {
            double[] logits = [.. weight.Select(row => Slow.Dot(row, features[n]))];
            int label = images.Labels[n];
            (right[label] ??= []).Add(Array.IndexOf(logits, logits.Max()) == label ? 100 : 0);
        }

        return right.Where(own => own is not null).Average(own => own.Average());
    }

    /// <summary>Notes the epochs in which it is asked.</summary>
    private sealed record CountingMixer : Method, IMixer
    {
        public List<int> Epochs { get; } = [];

        public override string Name => "counting";

        public override string Summary => "notes when it is asked";

        public IReadOnlyList<int> Stages => [2];

        public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
        {
            Epochs.Add(context.Epoch);
            return null;
        }

        public override Phase Fill(Phase phase) => phase.WithMixer(this, Name);
    }
}
