using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using Counterpoise.Tests.Training;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

/// <summary>What holds for every method, and for every two of them together.</summary>
[Collection(CountsTensors.Name)]
public sealed class MethodConformanceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. MethodCatalogue.All.Select(method => method.Name)];

    public static TheoryData<string, string> Pairs =>
        [
            .. MethodCatalogue
                .All.SelectMany((one, i) => MethodCatalogue.All.Skip(i + 1).Select(other => (one, other)))
                .Where(pair => pair.one is not Erm)
                .Select(pair => new TheoryDataRow<string, string>(pair.one.Name, pair.other.Name)),
        ];

    /// <summary>Those with steps that need no more of a network than its end, nor stages before it.</summary>
    public static TheoryData<string> NamesOnFeatures =>
        [
            .. MethodCatalogue
                .All.Where(method => method is not (Bbn or ManifoldMixup or NearestMean or Lda))
                .Select(method => method.Name),
        ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_loss_falls_in_every_phase(string method)
    {
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 30, testPerClass: 2);
        Recipe recipe = SmallTraining.Recipe("erm", epochs: 3);
        recipe = recipe with
        {
            Data = recipe.Data with { HeldOut = 1 },
            Training = recipe.Training with { BatchSize = 8 },
        };
        recipe = WithSecondPhaseOf(3, recipe.WithMethods(method)).Resolve();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);

        var losses = run.ReadMetrics()
            .ToLookup(line => (string)line["phase"]!, line => (double)line["loss"]!)
            .ToDictionary(phase => phase.Key, phase => phase.ToArray());
        Assert.Equal(recipe.Phases.Where(phase => phase.Epochs > 0).Select(phase => phase.Name), losses.Keys);
        Assert.All(
            losses.Where(phase => !recipe.Phases.Single(own => own.Name == phase.Key).IsEstimated),
            phase => Assert.True(phase.Value[^1] < phase.Value[0], string.Join(", ", phase.Value))
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Stopped_in_any_phase_it_ends_with_the_same_bits(string method)
    {
        Recipe recipe = Tiny(method);
        using ImageData images = TinyImages();
        using RunFolder whole = Train(folder["whole"], recipe, images);
        foreach (int steps in recipe.Phases.Skip(1).Any(HasSteps) ? new[] { 3, 4, 7 } : [3, 4])
        {
            using RunFolder stopped = Train(folder[$"stopped-{steps}"], recipe, images, steps);

            AssertSame(whole, stopped);
        }
    }

    [Theory]
    [MemberData(nameof(NamesOnFeatures))]
    public void On_features_it_goes_on_and_is_written_as_on_images(string method)
    {
        Recipe recipe = OnFeatures(method);
        using ImageData vectors = SmallVectors.Open();
        using RunFolder whole = Train(folder["whole"], recipe, vectors);

        using RunFolder stopped = Train(folder["stopped"], recipe, vectors, stopAfter: 3);

        AssertSame(whole, stopped);
        string text = RecipeText.Write(recipe);
        Assert.Equal(text, RecipeText.Write(RecipeText.Parse(text, "recipe.toml")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_tested_as_its_checkpoint_is(string method)
    {
        Recipe recipe = Tiny(method);
        using ImageData images = TinyImages();
        using RunFolder run = Train(folder["run"], recipe, images);
        using var state = new TrainingState(recipe, 2, Single(Precision.Fp32));
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        using var input = new InputPipeline(data.Normalisation, Single(Precision.Fp32));

        state.RestoreFrom(run.Checkpoints[^1].Path);
        var tested = ClassificationMetrics.Of(
            Classifier.Predict(state.Network, data.Test, input, CancellationToken.None),
            data.Test.Labels,
            data.ClassCounts
        );

        Assert.Equal(tested.ToJson()["per_class_accuracy"]!.ToJsonString(), Text(run, "per_class_accuracy"));
        Assert.Equal(recipe.Phases.Count - 1, state.PhaseIndex);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_recipe_is_printed_and_parsed_back(string method)
    {
        Recipe recipe = Tiny(method);

        Assert.Equal(recipe, RecipeText.Parse(RecipeText.Write(recipe), "recipe.toml"));
        Assert.Equal(recipe, RecipeText.Parse(RecipeText.Write(recipe, comments: true), "recipe.toml"));
        Assert.Equal(method, recipe.MethodNames);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_steps_leave_no_tensors_in_either_precision(string method)
    {
        Recipe recipe = Tiny(method);
        foreach (Precision precision in new[] { Precision.Fp32, Precision.Bf16 })
        {
            using var steps = new Steps(recipe, Single(precision));
            while (steps.EnterNext())
            {
                Assert.All(Enumerable.Range(0, 3), _ => Assert.True(double.IsFinite(steps.Step())));
                long live = LiveTensors.Count();
                for (int i = 0; i < 3; i++)
                {
                    steps.Step();
                    Assert.Equal(live, Tensor.TotalCount);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Two_methods_train_together_or_are_refused_with_the_reason(string one, string other)
    {
        Recipe recipe;
        try
        {
            recipe = Tiny($"{one}+{other}");
        }
        catch (UsageException refusal)
        {
            Assert.Contains($"'{one}'", refusal.Message);
            Assert.Contains($"'{other}'", refusal.Message);
            Assert.Contains("cannot be combined: ", refusal.Message);
            Assert.Throws<UsageException>(() => Tiny($"{other}+{one}"));
            return;
        }

        Assert.Equal(recipe.Phases, Tiny($"{other}+{one}").Phases);
        using var steps = new Steps(recipe, Single(Precision.Fp32));
        while (steps.EnterNext())
        {
            Assert.All(Enumerable.Range(0, 3), _ => Assert.True(double.IsFinite(steps.Step())));
        }
    }

    /// <summary>Ten images of two classes and 8x8 pixels: two steps an epoch, two epochs a phase.</summary>
    private static Recipe Tiny(string methods)
    {
        Recipe recipe = Recipe.Erm.WithMethods(methods) with
        {
            Model = "resnet8",
            Data = new DataSettings
            {
                ImageSize = 8,
                Pad = 1,
                HeldOut = 1,
            },
            Training = new TrainingSettings
            {
                Epochs = 2,
                BatchSize = 6,
                Warmup = 1,
                LearningRate = 0.05,
                EvaluateEvery = 0,
            },
        };
        return WithSecondPhaseOf(2, recipe).Resolve();
    }

    /// <summary>The same on vectors: two epochs of 37 steps.</summary>
    private static Recipe OnFeatures(string method)
    {
        Recipe recipe = SmallVectors.Recipe(method);
        recipe = recipe with { Training = recipe.Training with { Epochs = 2, BatchSize = 8, EvaluateEvery = 0 } };
        return WithSecondPhaseOf(1, recipe).Resolve();
    }

    private static Recipe WithSecondPhaseOf(int epochs, Recipe recipe) =>
        recipe
            .Methods.Where(method => Setting.Of(method.GetType()).Any(setting => setting.Key == "epochs"))
            .Aggregate(recipe, (changed, method) => RecipeText.Set(changed, $"{method.Name}.epochs={epochs}"));

    private static bool HasSteps(Phase phase) => phase is { Epochs: > 0, IsEstimated: false };

    private static ImageData TinyImages() => new("test", TestImages.Random(12, 8, 8), TestImages.Random(6, 8, 8), []);

    private static Execution Single(Precision precision) => new(1, "cpu", precision);

    /// <summary>Trains to the end, stopped once after a number of steps where one is given.</summary>
    private static RunFolder Train(string path, Recipe recipe, ImageData images, int? stopAfter = null)
    {
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        RunFolder run = RunFolder.Create(path, RecipeText.Write(recipe), new RunDescription());
        if (stopAfter is { } steps)
        {
            using var stop = new CancellationTokenSource();
            var stopping = new Trainer(recipe, data, run, Single(Precision.Fp32), new StopAfter(steps, stop));
            Assert.Equal(TrainingOutcome.Interrupted, stopping.Run(stop.Token));
        }

        var trainer = new Trainer(recipe, data, run, Single(Precision.Fp32), new StopAfter(int.MaxValue, null));
        Assert.Equal(TrainingOutcome.Finished, trainer.Run(CancellationToken.None));
        return run;
    }

    private static void AssertSame(RunFolder expected, RunFolder actual)
    {
        Checkpoint wanted = Checkpoint.Load(expected.Checkpoints[^1].Path);
        Checkpoint found = Checkpoint.Load(actual.Checkpoints[^1].Path);
        Assert.Equal(wanted.Tensors.Keys.Order(), found.Tensors.Keys.Order());
        foreach ((string name, Tensor tensor) in wanted.Tensors)
        {
            Assert.True(tensor.bytes.SequenceEqual(found.Tensors[name].bytes), name);
            tensor.Dispose();
            found.Tensors[name].Dispose();
        }

        Assert.Equal(wanted.State["phase"]!.ToJsonString(), found.State["phase"]!.ToJsonString());
        string[] losses = ["epoch", "phase", "loss", "running_accuracy", "learning_rate"];
        string[] Lines(RunFolder run) =>
            [.. run.ReadMetrics().Select(line => string.Join(' ', losses.Select(key => line[key]!.ToJsonString())))];
        Assert.Equal(Lines(expected), Lines(actual));
        Assert.Equal(Text(expected, "per_class_accuracy"), Text(actual, "per_class_accuracy"));
    }

    private static string Text(RunFolder run, string key) => run.Result![key]!.ToJsonString();

    private sealed class StopAfter(int steps, CancellationTokenSource? stop) : ITrainingObserver
    {
        private int done;

        public void OnStep(TrainingProgress progress)
        {
            if (++done == steps)
            {
                stop!.Cancel();
            }
        }

        public void OnEpoch(EpochMetrics metrics) { }

        public void OnMessage(string message) { }
    }

    /// <summary>Steps of a recipe's phases without a run folder.</summary>
    private sealed class Steps : IDisposable
    {
        private readonly ImageData images = TinyImages();
        private readonly TrainingData data;
        private readonly TrainingState state;
        private readonly InputPipeline input;
        private bool entered;
        private int step;

        public Steps(Recipe recipe, Execution execution)
        {
            set_num_threads(execution.Threads);
            data = TrainingData.Prepare(images, recipe.Data);
            state = new TrainingState(recipe, 2, execution);
            input = new InputPipeline(data.Normalisation, execution);
        }

        /// <summary>Enters the next phase that has steps; false after the last.</summary>
        public bool EnterNext()
        {
            do
            {
                if (entered && state.IsLastPhase)
                {
                    return false;
                }

                if (entered)
                {
                    using var scope = NewDisposeScope();
                    var before = state.Network.Head;
                    using var left = state.EnterNextPhase();
                    var start = new PhaseStart(state.Network, before, data, input, _ => { }, CancellationToken.None);
                    state.Phase.Head?.Value.Start(state.Network.Head, start);
                }

                entered = true;
            } while (!HasSteps(state.Phase));

            state.Network.train(!state.Phase.FreezesStatistics);
            return true;
        }

        public double Step()
        {
            using var scope = NewDisposeScope();
            StepContext context = Contexts.At(data.ClassCounts, epoch: step % 10, firstPlace: step++);
            ISampler sampler = state.Phase.Sampler?.Value ?? new InstanceSampler();
            int[][] streams = sampler.Streams(data.Train.Labels, context.Draws, context.Epoch);
            int[][] positions = Array.ConvertAll(streams, stream => stream[..state.Phase.Training.BatchSize]);
            double loss = double.NaN;
            using var plan = new EpochPlan(state.Phase, [(context, positions)], data.Train.Labels, CPU);
            new StepSource(data, input).ForEach(
                plan,
                batch => loss = Training.Steps.Train(state, batch, context.LearningRate)
            );
            return loss;
        }

        public void Dispose()
        {
            input.Dispose();
            state.Dispose();
            images.Dispose();
        }
    }
}
