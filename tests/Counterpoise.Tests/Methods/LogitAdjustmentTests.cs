using Counterpoise.Methods;

namespace Counterpoise.Tests.Methods;

public sealed class LogitAdjustmentTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1.7)]
    public void Logits_are_raised_by_tau_times_the_logarithm_of_the_class_share(double tau) =>
        LossReference.Check(
            new LogitAdjustment { Tau = tau },
            (logits, label) =>
            {
                double all = LossReference.Counts.Sum();
                double[] raised = [.. logits];
                for (int c = 0; c < raised.Length; c++)
                {
                    raised[c] += tau * Math.Log(LossReference.Counts[c] / all);
                }

                return LossReference.CrossEntropy(raised, label);
            }
        );

    [Fact]
    public void Huge_logits_stay_finite() => LossReference.AssertFiniteForHugeLogits(new LogitAdjustment());

    [Fact]
    public void A_tau_of_1_is_balanced_softmax()
    {
        double[] logits = [0.3, -1, 2, 1, 0, -3, 2, 2];
        int[] labels = [3, 0];
        var context = Contexts.At(LossReference.Counts);
        Numbers.AssertClose(
            LossReference.Values(new BalancedSoftmax(), logits, labels, context),
            LossReference.Values(new LogitAdjustment(), logits, labels, context),
            1e-5
        );
    }
}
