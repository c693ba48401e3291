using Counterpoise.Methods;

namespace Counterpoise.Tests.Methods;

public sealed class CdtTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    [InlineData(1)]
    public void Logits_are_divided_by_a_temperature_that_rises_as_classes_get_smaller(double gamma) =>
        LossReference.Check(
            new Cdt { Gamma = gamma },
            (logits, label) =>
            {
                double[] divided = [.. logits];
                for (int c = 0; c < divided.Length; c++)
                {
                    divided[c] /= Math.Pow(200.0 / LossReference.Counts[c], gamma);
                }

                return LossReference.CrossEntropy(divided, label);
            }
        );

    [Fact]
    public void Huge_logits_stay_finite() => LossReference.AssertFiniteForHugeLogits(new Cdt());

    [Fact]
    public void A_gamma_of_0_is_plain_cross_entropy()
    {
        double[] logits = [0.3, -1, 2, 1];
        double[] values = LossReference.Values(new Cdt { Gamma = 0 }, logits, [1], Contexts.At(LossReference.Counts));
        Assert.Equal(LossReference.CrossEntropy(logits, 1), values[0], 1e-5);
    }
}
