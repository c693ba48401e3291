using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class LogitAdjustmentTests
{
    [Fact]
    public void The_loss_weighs_each_classs_exponential_by_a_power_of_the_classs_share() =>
        Gen.Select(LossInput.Ordinary, Gen.Double[0, 3]).Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Logits_of_1000_give_finite_losses_and_slopes() =>
        Gen.Select(LossInput.Extreme, Gen.Double[0, 3]).Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Tau_0_is_the_cross_entropy() =>
        LossInput.Ordinary.Sample(
            input =>
                Assert.Equal(
                    LossReference.Values(new CrossEntropy(), input),
                    LossReference.Values(new LogitAdjustment { Tau = 0 }, input)
                ),
            iter: 50
        );

    [Fact]
    public void Tau_1_is_the_balanced_softmax_up_to_rounding() =>
        LossInput.Ordinary.Sample(
            input =>
            {
                double[] balanced = LossReference.Values(new BalancedSoftmax(), input);
                double[] adjusted = LossReference.Values(new LogitAdjustment(), input);
                double bound = 1e-6 * (10 + input.Logits.Max(z => z.Max(Math.Abs)));
                Assert.All(balanced.Zip(adjusted), pair => Assert.Equal(pair.First, pair.Second, bound));
            },
            iter: 50
        );

    [Fact]
    public void Two_examples_have_their_known_losses()
    {
        // Shares 0.8 and 0.2, and 2 : 1 after the square root.
        LossInput input = new(
            [16, 4],
            [
                [5, 5],
                [5, 5],
            ],
            [0, 1]
        );
        double[] losses = LossReference.Values(new LogitAdjustment { Tau = 0.5 }, input);
        Numbers.AssertClose([Math.Log(1.5), Math.Log(3)], losses, 1e-6);
    }

    [Fact]
    public void Totals_beyond_32_bits_count() =>
        Numbers.AssertClose(
            [Math.Log(2), Math.Log(2)],
            LossReference.Values(
                new LogitAdjustment(),
                new(
                    [2_000_000_000, 2_000_000_000],
                    [
                        [1, 1],
                        [0, 0],
                    ],
                    [0, 1]
                )
            ),
            1e-6
        );

    [Fact]
    public void It_fills_the_loss_alone()
    {
        Phase phase = Assert.Single(Recipe.Erm.WithMethods("logit-adjustment").Phases);
        Assert.Equal(new Slot<ILoss>(new LogitAdjustment(), "logit-adjustment"), phase.Loss);
        Assert.Null(phase.Weights);
        Assert.Null(phase.Head);
        Assert.Null(phase.Mixer);
        Assert.Null(phase.Sampler);
    }

    private static void AssertAgrees(LossInput input, double tau) =>
        LossReference.AssertAgrees(
            new LogitAdjustment { Tau = tau },
            input,
            (z, y, _) =>
            {
                double total = input.Counts.Sum(count => (double)count);
                double[] adjusted = [.. z.Select((value, c) => value + (tau * Math.Log(input.Counts[c] / total)))];
                return LossReference.CrossEntropy(adjusted, y);
            }
        );
}
