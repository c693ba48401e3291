using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class BalancedSoftmaxTests
{
    [Fact]
    public void The_loss_weighs_each_classs_exponential_by_the_class_size() =>
        LossInput.Ordinary.Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Logits_of_1000_give_finite_losses_and_slopes() => LossInput.Extreme.Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Three_examples_have_their_known_losses()
    {
        // Probabilities 30/40, 10/40, and 3 * 10 of 30 + 3 * 10.
        LossInput input = new(
            [30, 10],
            [
                [5, 5],
                [5, 5],
                [0, Math.Log(3)],
            ],
            [0, 1, 1]
        );
        double[] losses = LossReference.Values(new BalancedSoftmax(), input);
        Numbers.AssertClose([Math.Log(4 / 3.0), Math.Log(4), Math.Log(2)], losses, 1e-6);
    }

    [Fact]
    public void Equal_classes_give_the_cross_entropy() =>
        Gen.Select(LossInput.Ordinary, Gen.Int[1, 5000])
            .Sample(
                (input, count) =>
                {
                    LossInput equal = input with { Counts = [.. input.Counts.Select(_ => count)] };
                    Numbers.AssertClose(
                        LossReference.Values(new CrossEntropy(), equal),
                        LossReference.Values(new BalancedSoftmax(), equal),
                        1e-5
                    );
                },
                iter: 50
            );

    [Fact]
    public void It_fills_the_loss_alone()
    {
        Phase phase = Assert.Single(Recipe.Erm.WithMethods("balanced-softmax").Phases);
        Assert.Equal(new Slot<ILoss>(new BalancedSoftmax(), "balanced-softmax"), phase.Loss);
        Assert.Null(phase.Weights);
        Assert.Null(phase.Head);
        Assert.Null(phase.Mixer);
        Assert.Null(phase.Sampler);
    }

    private static void AssertAgrees(LossInput input) =>
        LossReference.AssertAgrees(
            new BalancedSoftmax(),
            input,
            (z, y, _) =>
            {
                // -log(N_y exp z_y / sum_c N_c exp z_c), the exponentials over that of the largest logit.
                double largest = z.Max();
                double sum = z.Select((value, c) => input.Counts[c] * Math.Exp(value - largest)).Sum();
                return Math.Log(sum) + largest - z[y] - Math.Log(input.Counts[y]);
            }
        );
}
