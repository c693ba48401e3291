using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using Counterpoise.Training;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class ClassSamplingTests
{
    private const int Epochs = 400;

    // Two classes have no image.
    private static readonly int[] Counts = [0, 60, 20, 0, 5, 15];
    private static readonly int[] Labels = LabelsOf(Counts);

    public static TheoryData<string> Names => ["class-aware", "square-root", "bbn"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Classes_are_drawn_by_their_probabilities(string name)
    {
        int[] drawn = [.. Drawn(name)];
        int[] seen = ChiSquare.Count(drawn.Select(position => Labels[position]), Counts.Length);

        // 3 degrees of freedom, exceeded with probability 0.001; the probabilities of the others are far off.
        Assert.InRange(ChiSquare.Of(seen, Probabilities(Weight(name))), 0, 16.27);
        foreach (string other in Names.Select(row => row.Data).Where(other => other != name))
        {
            Assert.True(ChiSquare.Of(seen, Probabilities(Weight(other))) > 1000, other);
        }

        Assert.True(ChiSquare.Of(seen, Probabilities(count => count)) > 1000, "every image alike");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Images_of_a_class_are_drawn_equally_often(string name)
    {
        double[] classes = Probabilities(Weight(name));
        double[] probability = [.. Labels.Select(label => classes[label] / Counts[label])];

        // 99 degrees of freedom, exceeded with probability 0.001.
        Assert.InRange(ChiSquare.Of(ChiSquare.Count(Drawn(name), Labels.Length), probability), 0, 148.23);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Draws_that_follow_each_other_are_independent(string name)
    {
        double[] classes = Probabilities(Weight(name));
        int[] pairs = ChiSquare.Count(
            Drawn(name).Chunk(2).Select(pair => (Labels[pair[0]] * Counts.Length) + Labels[pair[1]]),
            Counts.Length * Counts.Length
        );
        double[] probability = [.. classes.SelectMany(first => classes.Select(second => first * second))];

        // 15 degrees of freedom, exceeded with probability 0.001.
        Assert.InRange(ChiSquare.Of(pairs, probability), 0, 37.70);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_order_is_that_of_a_search_class_by_class(string name) =>
        Gen.Select(Gen.Int[0, 9].Array[1, 60], Gen.ULong, Gen.Int[0, 300])
            .Sample(
                (labels, seed, epoch) =>
                {
                    int[][] streams = Sampler(name).Streams(labels, new Draws(seed), epoch);
                    DrawStream stream = new Draws(seed).At(DrawPurpose.Order, epoch, streams.Length - 1);
                    int[] order = streams[^1];
                    Assert.Equal(labels.Length, order.Length);
                    foreach (int position in order)
                    {
                        Assert.Equal(Next(labels, Weight(name), ref stream), position);
                    }
                },
                iter: 200
            );

    [Fact]
    public void The_bilateral_network_sees_every_image_once_in_its_first_stream() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 60], Gen.ULong, Gen.Int[0, 300])
            .Sample(
                (labels, seed, epoch) =>
                {
                    int[][] streams = new Bbn().Streams(labels, new Draws(seed), epoch);
                    Assert.Equal(2, streams.Length);
                    Assert.Equal(Enumerable.Range(0, labels.Length), streams[0].Order());
                    Assert.Equal(new InstanceSampler().Streams(labels, new Draws(seed), epoch)[0], streams[0]);
                },
                iter: 200
            );

    [Theory]
    [MemberData(nameof(Names))]
    public void Streams_are_a_function_of_seed_and_epoch_alone(string name)
    {
        ISampler sampler = Sampler(name);
        int[][] wanted = sampler.Streams(Labels, new Draws(1), 2);
        int[][][] others = [sampler.Streams(Labels, new Draws(1), 3), sampler.Streams(Labels, new Draws(2), 2)];
        Assert.Equal(wanted, sampler.Streams(Labels, new Draws(1), 2));
        for (int stream = 0; stream < wanted.Length; stream++)
        {
            Assert.All(others, other => Assert.NotEqual(wanted[stream], other[stream]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_shows_the_images_that_are_drawn(string name)
    {
        using var folder = new TemporaryFolder();
        var recorder = new Recorder();
        Recipe recipe = (
            Recipe.Erm.With(MethodCatalogue.All.Single(own => own.Name == name)).With(recorder) with
            {
                Model = "resnet8",
                Seed = 4,
                Data = new DataSettings { ImageSize = 8 },
                Training = new TrainingSettings { Epochs = 2, BatchSize = 4 },
            }
        ).Resolve();
        using var images = new ImageData("test", TestImages.Random(10, 8, 8, 3), TestImages.Random(6, 8, 8, 3), []);
        using RunFolder run = RunFolder.Create(folder["run"], RecipeText.Write(recipe), new RunDescription());
        var data = TrainingData.Prepare(images, recipe.Data);
        new Trainer(recipe, data, run, new Execution(1, "cpu", Precision.Fp32), new Silent()).Run(
            CancellationToken.None
        );

        int[][] batches =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(epoch => Sampler(name).Streams(data.Train.Labels, new Draws(4), epoch))
                .SelectMany(streams =>
                    new[] { 0, 4, 8 }.SelectMany(first => streams.Select(stream => stream.Skip(first).Take(4)))
                )
                .Select(batch => batch.Select(position => data.Train.Labels[position]).ToArray()),
        ];
        Assert.Equal(batches, recorder.Batches);
    }

    [Theory]
    [InlineData("class-aware+square-root", "class-aware", "square-root")]
    [InlineData("bbn+class-aware", "bbn", "class-aware")]
    [InlineData("square-root+bbn", "square-root", "bbn")]
    public void Two_samplers_are_refused_by_name(string names, string first, string second) =>
        Assert.Equal(
            $"methods '{first}' and '{second}' cannot be combined: both fill the sampler slot; choose one of them.",
            Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods(names)).Message
        );

    private static ISampler Sampler(string name) => (ISampler)MethodCatalogue.All.Single(own => own.Name == name);

    /// <summary>What a class's probability is proportional to.</summary>
    private static Func<int, double> Weight(string name) =>
        name switch
        {
            "class-aware" => _ => 1,
            "square-root" => count => Math.Sqrt(count),
            _ => count => 1.0 / count,
        };

    private static double[] Probabilities(Func<int, double> weight)
    {
        double[] weights = [.. Counts.Select(count => count == 0 ? 0 : weight(count))];
        return [.. weights.Select(value => value / weights.Sum())];
    }

    /// <summary>The positions that many epochs draw with replacement, one epoch after the other.</summary>
    private static IEnumerable<int> Drawn(string name) =>
        Enumerable.Range(0, Epochs).SelectMany(epoch => Sampler(name).Streams(Labels, new Draws(31), epoch)[^1]);

    /// <summary>Labels with these counts, in a mixed order.</summary>
    private static int[] LabelsOf(int[] counts)
    {
        int[] labels = [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
        DrawStream stream = new(5);
        stream.Shuffle(labels.AsSpan());
        return labels;
    }

    /// <summary>The next position: the class in which the point falls, then one of its images.</summary>
    private static int Next(int[] labels, Func<int, double> weight, ref DrawStream stream)
    {
        int[][] positions =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(c => Enumerable.Range(0, labels.Length).Where(i => labels[i] == c).ToArray())
                .Where(own => own.Length > 0),
        ];
        double total = positions.Sum(own => weight(own.Length));
        double point = stream.NextDouble() * total;
        double upTo = 0;
        foreach (int[] own in positions)
        {
            upTo += weight(own.Length);
            if (point < upTo)
            {
                return own[stream.NextInt(own.Length)];
            }
        }

        throw new InvalidOperationException("The point lies beyond the last class.");
    }

    /// <summary>Notes the labels of every batch of every stream.</summary>
    private sealed record Recorder : Method, IMixer
    {
        public List<int[]> Batches { get; } = [];

        public override string Name => "recorder";

        public override string Summary => "notes what it is asked";

        public IReadOnlyList<int> Stages => [0];

        public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
        {
            Batches.Add(labels.ToArray());
            return null;
        }

        public override Phase Fill(Phase phase) => phase.WithMixer(this, Name);
    }

    private sealed class Silent : ITrainingObserver
    {
        public void OnStep(TrainingProgress progress) { }

        public void OnEpoch(EpochMetrics metrics) { }

        public void OnMessage(string message) { }
    }
}
