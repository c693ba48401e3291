using Counterpoise.Data;
using Counterpoise.Methods;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class WeakeningWeightTests
{
    private static readonly Gen<(int[] Counts, WeightFunction Form, double Beta)> Any = Gen.Select(
        Gen.Int[1, 6000].Array[1, 30],
        Gen.Enum<WeightFunction>(),
        Gen.Double[0.01, 10]
    );

    [Theory]
    [InlineData(WeightFunction.Power, ImbalanceKind.LongTailed, 2, 0.500, 0.050)]
    [InlineData(WeightFunction.Power, ImbalanceKind.Step, 0.01, 0.500, 0.000)]
    [InlineData(WeightFunction.Power, ImbalanceKind.Step, 2, 0.500, 0.050)]
    [InlineData(WeightFunction.Sigmoid, ImbalanceKind.LongTailed, 2, 0.386, 0.202)]
    [InlineData(WeightFunction.Sigmoid, ImbalanceKind.Step, 0.01, 0.500, 0.000)]
    [InlineData(WeightFunction.Sigmoid, ImbalanceKind.Step, 2, 0.311, 0.189)]
    [InlineData(WeightFunction.Exponential, ImbalanceKind.LongTailed, 2, 0.500, 0.305)]
    [InlineData(WeightFunction.Exponential, ImbalanceKind.Step, 0.01, 0.500, 0.000)]
    [InlineData(WeightFunction.Exponential, ImbalanceKind.Step, 2, 0.500, 0.305)]
    public void Weights_of_CIFAR10_at_rho_100(
        WeightFunction form,
        ImbalanceKind kind,
        double beta,
        double largest,
        double smallest
    )
    {
        double[] weights = WeakeningWeight.Of(new Imbalance(kind, 100).Counts(5000, 10), form, beta);
        Assert.Equal(largest, weights[0], 5e-4);
        Assert.Equal(smallest, weights[^1], 5e-4);
    }

    [Fact]
    public void Each_form_is_its_formula()
    {
        int[] counts = [90, 30, 60];
        double deviation = Math.Sqrt(600); // The population's: (30^2 + 30^2 + 0^2) / 3.
        Numbers.AssertClose(
            [0.5, 0.5 * Math.Pow(1.0 / 3, 2.5), 0.5 * Math.Pow(2.0 / 3, 2.5)],
            WeakeningWeight.Of(counts, WeightFunction.Power, 0.4),
            1e-14
        );
        Numbers.AssertClose(
            [0.5 / (1 + Math.Exp(-30 / (0.4 * deviation))), 0.5 / (1 + Math.Exp(30 / (0.4 * deviation))), 0.25],
            WeakeningWeight.Of(counts, WeightFunction.Sigmoid, 0.4),
            1e-14
        );
        Numbers.AssertClose(
            [0.5, 0.5 * Math.Exp(-2 / 1.2), 0.5 * Math.Exp(-1 / 1.2)],
            WeakeningWeight.Of(counts, WeightFunction.Exponential, 0.4),
            1e-14
        );
    }

    [Fact]
    public void The_strength_scales_every_form_and_is_one_half_unless_given() =>
        Gen.Select(Any, Gen.Double[0, 1])
            .Sample(
                (x, strength) =>
                {
                    double[] usual = WeakeningWeight.Of(x.Counts, x.Form, x.Beta);
                    double[] scaled = WeakeningWeight.Of(x.Counts, x.Form, x.Beta, strength);
                    return usual
                        .Zip(scaled, (half, s) => Math.Abs((2 * strength * half) - s) < 1e-15)
                        .All(same => same);
                }
            );

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void The_strength_lies_between_0_and_1(double strength) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WeakeningWeight.Of([2, 1], WeightFunction.Power, 1, strength));

    [Fact]
    public void Weights_lie_between_0_and_one_half() =>
        Any.Sample(x => WeakeningWeight.Of(x.Counts, x.Form, x.Beta).All(s => s is >= 0 and <= 0.5));

    [Fact]
    public void A_larger_class_never_has_a_smaller_weight() =>
        Any.Sample(x =>
        {
            double[] weights = WeakeningWeight.Of(x.Counts, x.Form, x.Beta);
            double[] bySize = [.. weights.Zip(x.Counts).OrderBy(pair => pair.Second).Select(pair => pair.First)];
            return bySize.SequenceEqual(bySize.Order());
        });

    [Fact]
    public void A_larger_scale_is_smoother_over_the_classes() =>
        Any.Where(x => x.Counts.Distinct().Count() > 1 && x.Beta > 0.1)
            .Sample(x =>
            {
                double Spread(double beta)
                {
                    double[] weights = WeakeningWeight.Of(x.Counts, x.Form, beta);
                    return weights.Max() - weights.Min();
                }

                return Spread(2 * x.Beta) <= Spread(x.Beta);
            });

    [Fact]
    public void Equal_classes_all_have_the_weight_one_quarter_in_the_sigmoid_form() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 100], Gen.Double[0.01, 10])
            .Sample(
                (count, classes, beta) =>
                    WeakeningWeight
                        .Of([.. Enumerable.Repeat(count, classes)], WeightFunction.Sigmoid, beta)
                        .All(s => s == 0.25)
            );

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void The_scale_must_be_above_0(double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WeakeningWeight.Of([2, 1], WeightFunction.Power, beta));
}
