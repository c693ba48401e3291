using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class LdamTests
{
    [Fact]
    public void The_loss_is_the_cross_entropy_with_the_labels_cosine_less_by_its_margin() =>
        Gen.Select(LossInput.Ordinary, Gen.Double[0, 2], Gen.Double[0.5, 40])
            .Sample((input, largest, scale) => AssertAgrees(input, largest, scale), iter: 50);

    [Fact]
    public void Logits_of_1000_give_finite_losses_and_slopes() =>
        Gen.Select(LossInput.Extreme, Gen.Double[0, 2], Gen.Double[0.5, 40])
            .Sample((input, largest, scale) => AssertAgrees(input, largest, scale), iter: 50);

    [Fact]
    public void Margins_fall_with_the_fourth_root_of_the_class_size()
    {
        double[] margins = Ldam.Margins([81, 16, 1, 256], 0.6);
        Numbers.AssertClose([0.2, 0.3, 0.6, 0.15], margins, 1e-12);
    }

    [Fact]
    public void Margins_of_long_tailed_CIFAR10_go_from_0_158_to_0_5()
    {
        int[] counts = new Imbalance(ImbalanceKind.LongTailed, 100).Counts(5000, 10);
        double[] margins = Ldam.Margins(counts, new Ldam().MaxMargin);
        Assert.Equal(0.1581139, margins[0], 1e-7); // 0.5 / 100^(1/4)
        Assert.Equal(0.5, margins[9]);
        Assert.Equal(margins.Order(), margins);
    }

    [Fact]
    public void The_loss_of_two_equal_logits_has_its_known_value()
    {
        // Margins 0.25 and 0.5, so scaled by 2 the label's logit loses 0.5 or 1.
        LossInput input = new(
            [16, 1],
            [
                [1, 1],
                [1, 1],
            ],
            [0, 1]
        );
        double[] losses = LossReference.Values(new Ldam { Scale = 2 }, input);
        Assert.Equal(Math.Log(1 + Math.Exp(0.5)), losses[0], 1e-6);
        Assert.Equal(Math.Log(1 + Math.E), losses[1], 1e-6);
    }

    [Fact]
    public void Without_margins_it_is_the_cross_entropy() =>
        LossInput.Ordinary.Sample(
            input =>
                Assert.Equal(
                    LossReference.Values(new CrossEntropy(), input),
                    LossReference.Values(new Ldam { MaxMargin = 0 }, input)
                ),
            iter: 50
        );

    [Theory]
    [InlineData(30)]
    [InlineData(7)]
    public void Its_classifier_gives_scaled_cosines_with_vectors_of_length_1_at_the_start(double scale)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(1));
        using Head head = new Ldam { Scale = scale }.Create(network, new HeadPlace(10, 32, new Draws(3)));
        Tensor weight = Assert.Single(head.parameters());
        Assert.Equal([10, network.Features], weight.shape);
        double[][] w = [.. Numbers.Of(weight).Chunk(network.Features)];
        Assert.All(w, row => Assert.Equal(1, Math.Sqrt(row.Sum(value => value * value)), 1e-6));

        // A map of one place is its own mean.
        Tensor map = Numbers.Normal(2, ScalarType.Float32, 3, network.Features, 1, 1);
        double[] expected =
        [
            .. from x in Numbers.Of(map).Chunk(network.Features)
            from row in w
            select scale * x.Zip(row, (a, b) => a * b).Sum() / Math.Sqrt(x.Sum(value => value * value)),
        ];
        Numbers.AssertClose(expected, Numbers.Of(head.call(map)), 1e-5);
    }

    [Fact]
    public void Its_classifier_depends_on_the_draws_alone()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(1));
        double[] Weights(ulong seed)
        {
            using Head head = new Ldam().Create(network, new HeadPlace(10, 32, new Draws(seed)));
            return Numbers.Of(head.parameters().First());
        }

        double[] wanted = Weights(3);
        random.manual_seed(8);
        Assert.Equal(wanted, Weights(3));
        Assert.NotEqual(wanted, Weights(4));
    }

    [Fact]
    public void It_fills_loss_and_head_and_combines_with_deferred_weights()
    {
        Phase phase = Assert.Single(Recipe.Erm.WithMethods("ldam+drw+mfw").Phases);
        Assert.Equal(new Slot<ILoss>(new Ldam(), "ldam"), phase.Loss);
        Assert.Equal(new Slot<IHead>(new Ldam(), "ldam"), phase.Head);
        Assert.Equal("drw", phase.Weights?.By);
        Assert.Equal("mfw", phase.Mixer?.By);
        Assert.Null(phase.Sampler);
    }

    [Theory]
    [InlineData("ldam+focal")]
    [InlineData("ldam+de-confound")]
    [InlineData("ldam+bbn")]
    [InlineData("ldam+tau-norm")]
    [InlineData("ldam+oltr")]
    public void What_needs_another_loss_or_classifier_is_refused(string names) =>
        Assert.Contains(
            "'ldam' and '" + names[5..] + "' cannot be combined",
            Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods(names)).Message
        );

    private static void AssertAgrees(LossInput input, double largest, double scale) =>
        LossReference.AssertAgrees(
            new Ldam { MaxMargin = largest, Scale = scale },
            input,
            (z, y, _) =>
            {
                // m / N_y^(1/4) over the largest of the classes' 1 / N_c^(1/4).
                double margin =
                    largest * Math.Pow(input.Counts[y], -0.25) / input.Counts.Max(count => Math.Pow(count, -0.25));
                double[] shifted = [.. z.Select((value, c) => c == y ? value - (scale * margin) : value)];
                return LossReference.CrossEntropy(shifted, y);
            }
        );
}
