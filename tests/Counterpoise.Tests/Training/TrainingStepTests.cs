using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Tests.Networks;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class TrainingStepTests
{
    private static readonly int[] Counts = [60, 20, 5];
    private static readonly int[] Labels = [0, 1, 2, 0];
    private static readonly double[] ClassWeight = [0.5, 1, 4];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Major_features_are_weakened_after_the_chosen_stage_and_labels_left_alone(int stage)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(3, new Draws(1));
        network.train();
        var mfw = new Mfw { Beta = 2, Stage = stage };
        StepContext context = Contexts.At(Counts, epoch: 1);
        Tensor images = Images(1);
        var plain = new PlainResNet(network, training: true);
        Mixing mixing = mfw.Mix(context, Labels)!;
        long[] partner = [.. mixing.Partner.Select(index => (long)index)];
        Tensor wanted = plain.Classify(images, stage, partner, [.. mixing.FeatureWeight]);
        nn.functional.cross_entropy(wanted, Targets).backward();

        Phase phase = new Phase("train", 10).WithMixer(mfw, "mfw");
        (double loss, int correct) = Steps.Backward(network, phase, context, images, Labels);

        double[] logits = Numbers.Of(wanted);
        Assert.Equal(Enumerable.Range(0, 4).Average(n => CrossEntropyOf(logits, n, Labels[n])), loss, 1e-5);
        Assert.Equal(wanted.argmax(1).eq(Targets).sum().item<long>(), correct);
        foreach ((string name, Parameter value) in network.named_parameters())
        {
            Numbers.AssertClose(plain[name].grad!, value.grad!, 1e-4, name);
        }

        // The other places, and no mixing at all, give other losses: the comparison can tell them apart.
        for (int other = -1; other < 4; other++)
        {
            double[] elsewhere = Numbers.Of(plain.Classify(images, other, partner, [.. mixing.FeatureWeight]));
            double difference = elsewhere.Zip(logits, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(other == stage ? difference < 1e-5 : difference > 1e-3, $"stage {other}");
        }
    }

    [Fact]
    public void Weighted_losses_are_divided_by_the_sum_of_the_batchs_weights()
    {
        Phase phase = new Phase("train", 10).WithWeights(new FixedWeights(ClassWeight), "test");
        CheckLoss(
            phase,
            logits =>
            {
                double[] weight = [.. Labels.Select(y => ClassWeight[y])];
                return Labels.Select((y, n) => weight[n] * CrossEntropyOf(logits, n, y)).Sum() / weight.Sum();
            }
        );
    }

    [Fact]
    public void Without_weights_the_loss_is_the_mean() =>
        CheckLoss(new Phase("train", 10), logits => Labels.Select((y, n) => CrossEntropyOf(logits, n, y)).Average());

    [Fact]
    public void Each_term_of_a_mixed_label_has_the_weight_of_its_own_class()
    {
        int[] partner = [2, 1, 3, 0];
        float[] share = [0.25f, 0.5f, 0.75f, 0];
        Phase phase = new Phase("train", 10)
            .WithMixer(new LabelMixer(partner, share), "test mixer")
            .WithWeights(new FixedWeights(ClassWeight), "test");
        CheckLoss(phase, logits => MixedLoss(logits, partner, share, ClassWeight));
    }

    [Fact]
    public void Mixed_labels_without_class_weights_are_averaged_over_the_batch()
    {
        int[] partner = [2, 1, 3, 0];
        float[] share = [0.25f, 0.5f, 0.75f, 1];
        Phase phase = new Phase("train", 10).WithMixer(new LabelMixer(partner, share), "test mixer");
        CheckLoss(phase, logits => MixedLoss(logits, partner, share, [1, 1, 1]));
    }

    [Fact]
    public void A_smoothed_label_has_the_weight_of_its_class_as_a_whole()
    {
        const double share = 0.3;
        int[] partner = [2, 1, 3, 0];
        float[] mixed = [0.25f, 0.5f, 0.75f, 0];
        Phase phase = new Phase("train", 10)
            .WithMixer(new LabelMixer(partner, mixed), "test mixer")
            .WithWeights(new FixedWeights(ClassWeight), "test");
        double Smoothed(double[] logits, int row, int label) =>
            ((1 - share) * CrossEntropyOf(logits, row, label))
            + (share * Enumerable.Range(0, 3).Average(c => CrossEntropyOf(logits, row, c)));
        CheckLoss(phase, logits => MixedLoss(logits, partner, mixed, ClassWeight, Smoothed), share);
    }

    [Fact]
    public void A_loss_of_a_methods_own_is_used()
    {
        Phase phase = new Phase("train", 10).WithLoss(new Doubled(), "test");
        CheckLoss(phase, logits => 2 * Labels.Select((y, n) => CrossEntropyOf(logits, n, y)).Average());
    }

    private static Tensor Targets => tensor(Array.ConvertAll(Labels, label => (long)label));

    private static Tensor Images(ulong seed) =>
        Numbers.ChannelsLast(Numbers.Normal(seed, ScalarType.Float32, Labels.Length, 3, 8, 8));

    /// <summary>sum over both terms of w_y share l, divided by the sum of w_y share.</summary>
    private static double MixedLoss(
        double[] logits,
        int[] partner,
        float[] share,
        double[] weight,
        Func<double[], int, int, double>? lossOf = null
    )
    {
        lossOf ??= CrossEntropyOf;
        double total = 0;
        double divisor = 0;
        for (int n = 0; n < Labels.Length; n++)
        {
            foreach ((int label, double part) in new[] { (Labels[n], 1.0 - share[n]), (Labels[partner[n]], share[n]) })
            {
                total += weight[label] * part * lossOf(logits, n, label);
                divisor += weight[label] * part;
            }
        }

        return total / divisor;
    }

    /// <summary>Compares loss and gradients with a scalar reference and its central differences.</summary>
    private static void CheckLoss(Phase phase, Func<double[], double> reference, double smoothing = 0)
    {
        using var scope = NewDisposeScope();
        using var network = new PooledLinear();
        Tensor images = Images(3);
        double[] pooled = Numbers.Of(images.mean([2, 3]));
        double[] weight = Numbers.Of(network.get_parameter("weight")!);
        double[] bias = Numbers.Of(network.get_parameter("bias")!);
        double LossOf(double[] w, double[] b)
        {
            double[] logits = new double[Labels.Length * 3];
            for (int i = 0; i < logits.Length; i++)
            {
                logits[i] =
                    b[i % 3] + Enumerable.Range(0, 3).Sum(k => w[((i % 3) * 3) + k] * pooled[((i / 3) * 3) + k]);
            }

            return reference(logits);
        }

        StepContext context = Contexts.At(Counts) with { LabelSmoothing = smoothing };
        (double loss, _) = Steps.Backward(network, phase, context, images, Labels);
        Assert.Equal(LossOf(weight, bias), loss, 1e-5);
        Numbers.AssertClose(
            Differences(weight, moved => LossOf(moved, bias)),
            Numbers.Of(network.get_parameter("weight")!.grad!),
            1e-4
        );
        Numbers.AssertClose(
            Differences(bias, moved => LossOf(weight, moved)),
            Numbers.Of(network.get_parameter("bias")!.grad!),
            1e-4
        );
    }

    private static double[] Differences(double[] at, Func<double[], double> function)
    {
        const double step = 1e-5;
        double Moved(int changed, double by)
        {
            double[] moved = [.. at];
            moved[changed] += by;
            return function(moved);
        }

        return [.. at.Select((_, i) => (Moved(i, step) - Moved(i, -step)) / (2 * step))];
    }

    /// <summary>Softmax cross-entropy of one row of three logits.</summary>
    private static double CrossEntropyOf(double[] logits, int row, int label)
    {
        double[] own = logits[(3 * row)..((3 * row) + 3)];
        return Math.Log(own.Sum(Math.Exp)) - own[label];
    }

    private sealed record FixedWeights(IReadOnlyList<double> Values) : IClassWeights
    {
        public IReadOnlyList<double> At(in StepContext context) => Values;
    }

    /// <summary>Mixes labels and leaves features alone.</summary>
    private sealed record LabelMixer(int[] Partner, float[] Share) : IMixer
    {
        public IReadOnlyList<int> Stages => [0];

        public Mixing Mix(in StepContext context, ReadOnlySpan<int> labels) =>
            new(0, Partner, new float[labels.Length], Share);
    }

    private sealed record Doubled : ILoss
    {
        public Tensor Examples(Tensor logits, Tensor labels, in StepContext context) =>
            2 * new CrossEntropy().Examples(logits, labels, context);
    }

    /// <summary>The smallest network: pooled colours and a linear classifier of three classes.</summary>
    private sealed class PooledLinear : StagedNetwork
    {
        private readonly Parameter weight = new(Numbers.Normal(20, ScalarType.Float32, 3, 3));
        private readonly Parameter bias = new(Numbers.Normal(21, ScalarType.Float32, 3));

        public PooledLinear()
            : base("pooled", ["input"])
        {
            register_parameter("weight", weight);
            register_parameter("bias", bias);
            Head = new Classifier(weight, bias);
        }

        public override int Features => 3;

        protected override Tensor RunStage(int stage, Tensor map) => map;

        private sealed class Classifier(Parameter weight, Parameter bias) : Head("head")
        {
            public override Tensor forward(Tensor input) => nn.functional.linear(input.mean([2, 3]), weight, bias);
        }
    }
}
