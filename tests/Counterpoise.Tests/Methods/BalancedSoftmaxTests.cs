using Counterpoise.Methods;

namespace Counterpoise.Tests.Methods;

public sealed class BalancedSoftmaxTests
{
    [Fact]
    public void Logits_are_raised_by_the_logarithm_of_the_class_size() =>
        LossReference.Check(
            new BalancedSoftmax(),
            (logits, label) =>
            {
                double total = 0;
                for (int c = 0; c < logits.Length; c++)
                {
                    total += LossReference.Counts[c] * Math.Exp(logits[c]);
                }

                return -Math.Log(LossReference.Counts[label] * Math.Exp(logits[label]) / total);
            }
        );

    [Fact]
    public void Huge_logits_stay_finite() => LossReference.AssertFiniteForHugeLogits(new BalancedSoftmax());

    [Fact]
    public void Classes_of_one_size_leave_plain_cross_entropy()
    {
        double[] logits = [0.3, -1, 2];
        double[] values = LossReference.Values(new BalancedSoftmax(), logits, [1], Contexts.At([7, 7, 7]));
        Assert.Equal(LossReference.CrossEntropy(logits, 1), values[0], 1e-5);
    }
}
