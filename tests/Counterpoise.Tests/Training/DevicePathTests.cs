using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Pixels;
using Counterpoise.Kernels;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>What training does on a GPU, done with tensors of the CPU: images, decisions and findings stay on the device.</summary>
public sealed class DevicePathTests : IDisposable
{
    private static readonly Execution Ordinary = new(1, "cpu", Precision.Fp32);
    private static readonly Execution OnDevice = Ordinary with { KeepsOnDevice = true };
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Methods =>
        [
            .. MethodCatalogue.All.Select(method => method.Name),
            "mfw+drw",
            "manifold-mixup+ldam",
            "remix+class-balanced",
        ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mfw")]
    [InlineData("bbn")]
    [InlineData("crt")]
    [InlineData("oltr")]
    [InlineData("mfw", true)]
    [InlineData("crt", true)]
    public void A_training_in_bfloat16_by_libtorch_gives_the_same_bits(string method, bool fineTunes = false)
    {
        Maps.LeavesAllToLibtorch = true;
        try
        {
            Recipe recipe = RecipeOf(method);
            recipe = fineTunes ? FineTuningTests.Settings.Aggregate(recipe, RecipeText.Set).Resolve() : recipe;
            using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
            Dictionary<string, Tensor> wanted = Trained(
                "ordinary",
                recipe,
                images,
                Ordinary with
                {
                    Precision = Precision.Bf16,
                },
                out string[] lines
            );
            Dictionary<string, Tensor> found = Trained(
                "device",
                recipe,
                images,
                OnDevice with
                {
                    Precision = Precision.Bf16,
                },
                out string[] ours
            );
            Assert.Equal(lines, ours);
            AssertEqual(wanted, found, 0);
        }
        finally
        {
            Maps.LeavesAllToLibtorch = false;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_training_gives_the_same_bits(string method)
    {
        Recipe recipe = RecipeOf(method);
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);

        Dictionary<string, Tensor> wanted = Trained("ordinary", recipe, images, Ordinary, out string[] lines);
        Dictionary<string, Tensor> found = Trained("device", recipe, images, OnDevice, out string[] ours);

        Assert.Equal(lines, ours);
        AssertEqual(wanted, found, 0);
        Dictionary<string, Tensor> fused = Trained(
            "fused",
            recipe,
            images,
            OnDevice with
            {
                FusesUpdates = true,
            },
            out _
        );
        AssertEqual(wanted, fused, 1e-5);
    }

    [Theory]
    [InlineData("mfw+drw")]
    [InlineData("manifold-mixup")]
    [InlineData("bbn")]
    [InlineData("crt")]
    [InlineData("oltr")]
    public void A_fine_tuning_gives_the_same_bits(string method)
    {
        Recipe recipe = FineTuningTests.Settings.Aggregate(RecipeOf(method), RecipeText.Set).Resolve();
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);

        Dictionary<string, Tensor> wanted = Trained("ordinary", recipe, images, Ordinary, out string[] lines);
        Dictionary<string, Tensor> found = Trained("device", recipe, images, OnDevice, out string[] ours);

        Assert.Equal(lines, ours);
        AssertEqual(wanted, found, 0);
        Execution together = OnDevice with { FusesUpdates = true };
        AssertEqual(wanted, Trained("fused", recipe, images, together, out _), 1e-3); // Roundings of a slope near 0 are steps.
    }

    /// <summary>A GPU has none of this library's kernels: libtorch computes every layer there, in whole trainings of every method.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void A_training_by_libtorch_alone_comes_to_the_same(string method)
    {
        Recipe recipe = RecipeOf(method);
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
        Dictionary<string, Tensor> kernels = Trained("kernels", recipe, images, Ordinary, out string[] lines);
        Maps.LeavesAllToLibtorch = true;
        try
        {
            Dictionary<string, Tensor> libtorch = Trained("libtorch", recipe, images, OnDevice, out string[] ours);

            // Roundings grow from step to step.
            double[] losses = [.. lines.Select(Loss)];
            double[] theirs = [.. ours.Select(Loss)];
            Assert.Equal(losses.Length, theirs.Length);
            Assert.Equal(losses[0], theirs[0], 1e-3 * losses[0]);
            Assert.All(theirs, (loss, i) => Assert.Equal(losses[i], loss, 0.05 * losses[i]));
            AssertEqual(kernels, libtorch, double.MaxValue);
        }
        finally
        {
            Maps.LeavesAllToLibtorch = false;
        }

        static double Loss(string line) => (double)JsonNode.Parse(line)!["loss"]!;
    }

    [Fact]
    public void A_training_that_was_stopped_between_two_readings_goes_on_to_the_same_bits()
    {
        Recipe recipe = PhaseRuns.Recipe("mfw");
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        Dictionary<string, Tensor> wanted = Trained("whole", recipe, images, OnDevice, out string[] lines);
        using var stop = new CancellationTokenSource();
        string path = folder["stopped"];
        using (RunFolder run = RunFolder.Create(path, RecipeText.Write(recipe), new RunDescription()))
        {
            using var source = new StoppingSource(images.Train, stop);
            using var stopping = new ImageData(images.Name, source, images.Test, []);
            TrainingData less = TrainingData.Prepare(stopping, recipe.Data);
            source.StopsAfter = 2;
            Assert.Equal(
                TrainingOutcome.Interrupted,
                new Trainer(recipe, less, run, OnDevice, new SmallTraining.SilentObserver()).Run(stop.Token)
            );
            Assert.Equal(
                TrainingOutcome.Finished,
                new Trainer(recipe, data, run, OnDevice, new SmallTraining.SilentObserver()).Run(
                    TestContext.Current.CancellationToken
                )
            );
            Assert.Equal(lines, Lines(run));
            AssertEqual(wanted, Tensors(run), 0);
        }
    }

    [Fact]
    public void Crops_are_those_of_the_processor() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 4], Gen.Int[1, 9], Gen.Bool, Gen.ULong)
            .Sample(
                (rows, columns, pad, size, flips, seed) =>
                {
                    using var scope = NewDisposeScope();
                    const int count = 7;
                    Tensor pixels = randint(0, 256, [count, 3, size + rows, size + columns], dtype: ScalarType.Byte);
                    using var images = new InMemoryImages(pixels, new int[count], ["a", "b"], size);
                    var augmentation = new Augmentation(pad, flips);
                    var changes = new BatchAugmentation(augmentation, new Draws(seed), Epoch: 3, FirstPlace: 11);
                    using DeviceImages kept = DeviceImages.Of(images, pad, CPU, long.MaxValue)!;
                    int[] positions = [0, 3, 6, 3, 5];
                    DeviceCuts cuts = kept.Cuts([([1, 2], changes with { FirstPlace = 4 }), (positions, changes)]);
                    using Tensor middle = kept.Middle(positions);
                    Assert.Equal(
                        images.Read(positions, changes).bytes.ToArray(),
                        kept.Cut(cuts, 2, positions.Length).contiguous().bytes.ToArray()
                    );
                    Assert.Equal(images.Read(positions).bytes.ToArray(), middle.contiguous().bytes.ToArray());
                },
                iter: 200
            );

    [Fact]
    public void Images_that_have_no_room_or_are_changed_after_cropping_are_read_on_the_processor()
    {
        using InMemoryImages images = Data.TestImages.Random(4, 8, 8);
        Assert.Null(DeviceImages.Of(images, 1, CPU, (4 * 3 * 10 * 10) - 1));
        DeviceImages.Of(images, 1, CPU, 4 * 3 * 10 * 10)!.Dispose();
        Assert.True(DeviceImages.CanCut(new Augmentation(4, true)));
        Assert.False(DeviceImages.CanCut(new Augmentation(4, true) { Cutout = 3 }));
        Assert.False(DeviceImages.CanCut(new Augmentation(4, true) { AutoAugment = AutoAugmentPolicy.Cifar }));
        Assert.False(DeviceImages.CanCut(new Augmentation(0, true) { LeastArea = 0.08 }));
        Assert.False(DeviceImages.CanCut(new Augmentation(4, true) { ColourJitter = 0.4 }));
        Assert.False(DeviceImages.CanCut(new Augmentation(4, true) { HueJitter = 0.1 }));
        Assert.False(DeviceImages.CanCut(new Augmentation(4, true) { RandAugment = 2 }));
    }

    [Theory]
    [InlineData("mfw")]
    [InlineData("bbn")]
    public void Changes_for_photographs_give_the_same_bits_stopped_or_not(string method)
    {
        Recipe plain = PhaseRuns.Recipe(method);
        Recipe recipe = PhaseRuns.Recipe(
            method,
            "data.pad=0",
            "data.random_resized_crop=0.2",
            "data.colour_jitter=0.4",
            "data.hue_jitter=0.1",
            "data.rand_augment=2"
        );
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
        Dictionary<string, Tensor> wanted = Trained("ordinary", recipe, images, Ordinary, out string[] lines);
        AssertEqual(wanted, Trained("device", recipe, images, OnDevice, out string[] ours), 0);
        Assert.Equal(lines, ours);
        Assert.NotEqual(lines, LinesOf(plain));
        using var stop = new CancellationTokenSource();
        using RunFolder run = RunFolder.Create(folder["stopped"], RecipeText.Write(recipe), new RunDescription());
        using var source = new StoppingSource(images.Train, stop);
        using var stopping = new ImageData(images.Name, source, images.Test, []);
        TrainingData less = TrainingData.Prepare(stopping, recipe.Data);
        source.StopsAfter = 2;
        Assert.Equal(TrainingOutcome.Interrupted, Run(less, stop.Token));
        Assert.Equal(
            TrainingOutcome.Finished,
            Run(TrainingData.Prepare(images, recipe.Data), TestContext.Current.CancellationToken)
        );
        AssertEqual(wanted, Tensors(run), 0);

        TrainingOutcome Run(TrainingData data, CancellationToken token) =>
            new Trainer(recipe, data, run, OnDevice, new SmallTraining.SilentObserver()).Run(token);

        string[] LinesOf(Recipe other)
        {
            _ = Trained("other", other, images, Ordinary, out string[] found);
            return found;
        }
    }

    private static Recipe RecipeOf(string method)
    {
        Recipe plain = SmallTraining.Recipe("erm", PhaseRuns.Epochs).WithMethods(method);
        return (method == "tau-norm" ? RecipeText.Set(plain, "tau-norm.tau=0.5") : plain).Resolve();
    }

    private Dictionary<string, Tensor> Trained(
        string name,
        Recipe recipe,
        ImageData images,
        Execution execution,
        out string[] lines
    )
    {
        using RunFolder run = SmallTraining.Train(folder[name], recipe, images, execution: execution);
        lines = Lines(run);
        return Tensors(run);
    }

    /// <summary>What was measured, without times and memory.</summary>
    private static string[] Lines(RunFolder run)
    {
        string[] dropped = ["seconds", "images_per_second", "peak_memory_mb"];
        return
        [
            .. run.ReadMetrics()
                .Select(line =>
                {
                    Array.ForEach(dropped, key => line.Remove(key));
                    _ = (line["statistics"] as JsonObject)?.Remove("seconds");
                    return line.ToJsonString();
                }),
        ];
    }

    private static Dictionary<string, Tensor> Tensors(RunFolder run) =>
        Checkpoint.Load(run.Checkpoints[^1].Path).Tensors.ToDictionary();

    private static void AssertEqual(Dictionary<string, Tensor> wanted, Dictionary<string, Tensor> found, double bound)
    {
        Assert.Equal(wanted.Keys.Order(), found.Keys.Order());
        foreach ((string name, Tensor tensor) in wanted)
        {
            double distance = (tensor.to(ScalarType.Float64) - found[name].to(ScalarType.Float64))
                .abs()
                .max()
                .item<double>();
            Assert.True(distance <= bound, $"{name}: {distance}");
        }
    }

    /// <summary>Images that are read on the processor, and ask to stop when so many batches were trained on.</summary>
    private sealed class StoppingSource(IImageSource source, CancellationTokenSource stop) : IImageSource
    {
        public int StopsAfter { get; set; } = int.MaxValue;

        public int Count => source.Count;

        public int Height => source.Height;

        public int Width => source.Width;

        public PixelSize? Stored => null;

        public IReadOnlyList<string> Classes => source.Classes;

        public IReadOnlyList<int> Labels => source.Labels;

        public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash) =>
            source.AppendIdentity(positions, hash);

        public Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
        {
            if (augmentation is not null && --StopsAfter < 0)
            {
                stop.Cancel();
            }

            return source.Read(positions, augmentation);
        }

        public void Dispose() { }
    }
}
