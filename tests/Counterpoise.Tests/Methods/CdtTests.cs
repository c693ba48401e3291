using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class CdtTests
{
    [Fact]
    public void The_loss_is_the_cross_entropy_of_logits_over_their_classs_temperature() =>
        Gen.Select(LossInput.Ordinary, Gen.Double[0, 1]).Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Logits_of_1000_give_finite_losses_and_slopes() =>
        Gen.Select(LossInput.Extreme, Gen.Double[0, 1]).Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Gamma_0_is_the_cross_entropy() =>
        LossInput.Ordinary.Sample(
            input =>
            {
                var cdt = new Cdt { Gamma = 0 };
                Assert.Equal(LossReference.Values(new CrossEntropy(), input), LossReference.Values(cdt, input));
                Assert.Equal(LossReference.Gradients(new CrossEntropy(), input), LossReference.Gradients(cdt, input));
            },
            iter: 50
        );

    [Fact]
    public void Two_examples_have_their_known_losses()
    {
        // Temperatures 1 and 16^(1/4) = 2: the logits become 0 and log 3.
        double[] z = [0, 2 * Math.Log(3)];
        double[] losses = LossReference.Values(new Cdt { Gamma = 0.25 }, new([160, 10], [z, z], [0, 1]));
        Numbers.AssertClose([Math.Log(4), Math.Log(4 / 3.0)], losses, 1e-6);
    }

    [Fact]
    public void It_fills_the_loss_alone()
    {
        Phase phase = Assert.Single(Recipe.Erm.WithMethods("cdt").Phases);
        Assert.Equal(new Slot<ILoss>(new Cdt(), "cdt"), phase.Loss);
        Assert.Null(phase.Weights);
        Assert.Null(phase.Head);
        Assert.Null(phase.Mixer);
        Assert.Null(phase.Sampler);
    }

    private static void AssertAgrees(LossInput input, double gamma) =>
        LossReference.AssertAgrees(
            new Cdt { Gamma = gamma },
            input,
            (z, y, _) =>
            {
                double largest = input.Counts.Max();
                double[] cooled = [.. z.Select((value, c) => value / Math.Pow(largest / input.Counts[c], gamma))];
                return LossReference.CrossEntropy(cooled, y);
            }
        );
}
