using Counterpoise.Methods;

namespace Counterpoise.Tests.Methods;

public sealed class BinaryCrossEntropyTests
{
    [Fact]
    public void It_is_the_mean_over_the_classes_of_the_binary_loss_of_softmax_probabilities() =>
        LossReference.Check(
            new BinaryCrossEntropy(),
            (logits, label) =>
            {
                double total = 0;
                for (int c = 0; c < logits.Length; c++)
                {
                    double p = Math.Exp(-LossReference.CrossEntropy(logits, c));
                    total -= Math.Log(c == label ? p : 1 - p);
                }

                return total / logits.Length;
            }
        );

    [Fact]
    public void Huge_logits_stay_finite() => LossReference.AssertFiniteForHugeLogits(new BinaryCrossEntropy());
}
