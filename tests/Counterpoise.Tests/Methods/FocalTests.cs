using Counterpoise.Methods;

namespace Counterpoise.Tests.Methods;

public sealed class FocalTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Cross_entropy_is_lowered_by_a_power_of_what_is_missing_to_certainty(double gamma) =>
        LossReference.Check(
            new Focal { Gamma = gamma },
            (logits, label) =>
            {
                double p = Math.Exp(-LossReference.CrossEntropy(logits, label));
                return -Math.Pow(1 - p, gamma) * Math.Log(p);
            }
        );

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void The_logistic_form_is_summed_over_the_classes(double gamma) =>
        LossReference.Check(
            new Focal { Gamma = gamma, Form = FocalForm.Sigmoid },
            (logits, label) =>
            {
                double total = 0;
                for (int c = 0; c < logits.Length; c++)
                {
                    double p = 1 / (1 + Math.Exp(c == label ? -logits[c] : logits[c]));
                    total -= Math.Pow(1 - p, gamma) * Math.Log(p);
                }

                return total;
            }
        );

    [Theory]
    [InlineData(FocalForm.Softmax, 0.5)]
    [InlineData(FocalForm.Softmax, 2)]
    [InlineData(FocalForm.Sigmoid, 0.5)]
    [InlineData(FocalForm.Sigmoid, 2)]
    public void Huge_logits_stay_finite(FocalForm form, double gamma) =>
        LossReference.AssertFiniteForHugeLogits(new Focal { Form = form, Gamma = gamma });

    [Fact]
    public void An_example_of_probability_one_half_counts_a_quarter_at_gamma_2()
    {
        double[] values = LossReference.Values(new Focal(), [0, 0], [1], Contexts.At([5, 5]));
        Assert.Equal(0.25 * Math.Log(2), values[0], 1e-6);
    }
}
