using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class FocalTests
{
    [Theory]
    [InlineData(FocalForm.Softmax)]
    [InlineData(FocalForm.Sigmoid)]
    public void The_loss_is_the_cross_entropy_times_a_power_of_1_less_the_probability(FocalForm form) =>
        Gen.Select(LossInput.Ordinary, Gen.Double[0, 5])
            .Sample((input, gamma) => AssertAgrees(input, gamma, form), iter: 50);

    [Theory]
    [InlineData(FocalForm.Softmax)]
    [InlineData(FocalForm.Sigmoid)]
    public void Logits_of_1000_give_finite_losses_and_slopes(FocalForm form) =>
        Gen.Select(LossInput.Extreme, Gen.Double[0, 5])
            .Sample((input, gamma) => AssertAgrees(input, gamma, form), iter: 50);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(2)]
    public void Slopes_are_finite_where_the_probability_rounds_to_1(double gamma) =>
        Assert.All(
            Enumerable.Range(10, 30),
            gap =>
            {
                LossInput input = new(
                    [3, 2],
                    [
                        [gap, 0],
                        [0, gap],
                    ],
                    [0, 0]
                );
                AssertAgrees(input, gamma, FocalForm.Softmax);
                AssertAgrees(input, gamma, FocalForm.Sigmoid);
            }
        );

    [Fact]
    public void Gamma_0_is_the_cross_entropy_by_softmax() =>
        LossInput.Ordinary.Sample(
            input =>
            {
                var focal = new Focal { Gamma = 0 };
                Assert.Equal(LossReference.Values(new CrossEntropy(), input), LossReference.Values(focal, input));
                Assert.Equal(LossReference.Gradients(new CrossEntropy(), input), LossReference.Gradients(focal, input));
            },
            iter: 50
        );

    [Fact]
    public void Gamma_0_is_the_sum_of_binary_cross_entropies_by_the_logistic_function() =>
        LossInput.Ordinary.Sample(
            input =>
            {
                using var scope = NewDisposeScope();
                Tensor isLabel = nn.functional.one_hot(input.LabelTensor(), input.Counts.Length).to(float32);
                Tensor sum = nn
                    .functional.binary_cross_entropy_with_logits(
                        input.LogitTensor(),
                        isLabel,
                        reduction: nn.Reduction.None
                    )
                    .sum([1]);
                var focal = new Focal { Gamma = 0, Form = FocalForm.Sigmoid };
                Numbers.AssertClose(Numbers.Of(sum), LossReference.Values(focal, input), 1e-6);
            },
            iter: 50
        );

    [Fact]
    public void Two_examples_have_their_known_losses()
    {
        // By softmax the probabilities are 3/4 and 1/4; by the logistic function 3/4 and 1/2 for class 0 and 1.
        LossInput input = new(
            [1, 1],
            [
                [Math.Log(3), 0],
                [Math.Log(3), 0],
            ],
            [0, 1]
        );
        double[] softmax = LossReference.Values(new Focal(), input);
        Assert.Equal(0.0625 * Math.Log(4 / 3.0), softmax[0], 1e-6);
        Assert.Equal(0.5625 * Math.Log(4), softmax[1], 1e-6);
        double[] sigmoid = LossReference.Values(new Focal { Form = FocalForm.Sigmoid }, input);
        Assert.Equal((0.0625 * Math.Log(4 / 3.0)) + (0.25 * Math.Log(2)), sigmoid[0], 1e-6);
        Assert.Equal((0.5625 * Math.Log(4)) + (0.25 * Math.Log(2)), sigmoid[1], 1e-6);
    }

    [Fact]
    public void It_fills_the_loss_alone_and_combines_with_class_weights()
    {
        Phase phase = Assert.Single(Recipe.Erm.WithMethods("focal+class-balanced").Phases);
        Assert.Equal(new Slot<ILoss>(new Focal(), "focal"), phase.Loss);
        Assert.Equal("class-balanced", phase.Weights?.By);
        Assert.Null(phase.Head);
        Assert.Null(phase.Mixer);
        Assert.Null(phase.Sampler);
    }

    [Theory]
    [InlineData("ldam")]
    [InlineData("cdt")]
    [InlineData("seql")]
    [InlineData("balanced-softmax")]
    [InlineData("logit-adjustment")]
    public void Another_loss_is_refused(string other) =>
        Assert.Equal(
            $"methods 'focal' and '{other}' cannot be combined: both fill the loss slot; choose one of them.",
            Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods($"focal+{other}")).Message
        );

    private static void AssertAgrees(LossInput input, double gamma, FocalForm form) =>
        LossReference.AssertAgrees(
            new Focal { Gamma = gamma, Form = form },
            input,
            (z, y, _) =>
                form == FocalForm.Softmax
                    ? Focus(-LossReference.CrossEntropy(z, y), LossReference.LogRest(z, y), gamma)
                    : z.Select((value, c) => c == y ? value : -value)
                        .Sum(value => Focus(LogLogistic(value), LogLogistic(-value), gamma))
        );

    /// <summary>-(1 - p)^gamma log p from log p and log(1 - p).</summary>
    private static double Focus(double log, double logRest, double gamma) => -Math.Exp(gamma * logRest) * log;

    /// <summary>log(1 / (1 + exp(-x))).</summary>
    private static double LogLogistic(double x) => -LossReference.LogSumExp([0, -x]);
}
