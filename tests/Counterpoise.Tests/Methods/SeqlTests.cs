using Counterpoise.Methods;
using Counterpoise.Training;

namespace Counterpoise.Tests.Methods;

public sealed class SeqlTests
{
    /// <summary>The log-sum-exp of the definition, over weights of 0 and 1 that are drawn as the method does.</summary>
    [Theory]
    [InlineData(0.9, null)]
    [InlineData(0.5, 0.3)]
    [InlineData(0, null)]
    [InlineData(1, 1.0)]
    public void Small_classes_are_left_out_of_the_sum_at_random(double gamma, double? threshold)
    {
        StepContext context = Contexts.At(LossReference.Counts, epoch: 2, firstPlace: 30, seed: 8);
        double all = LossReference.Counts.Sum();
        bool[] small = [.. LossReference.Counts.Select(count => count / all < (threshold ?? 0.5 / 4))];
        LossReference.Check(
            new Seql { Gamma = gamma, Threshold = threshold },
            (logits, label, n) =>
            {
                DrawStream stream = new Draws(8).At(DrawPurpose.LossMask, 2, 30 + n);
                double total = 0;
                for (int c = 0; c < logits.Length; c++)
                {
                    double beta = small[c] && stream.NextDouble() < gamma ? 1 : 0;
                    double weight = 1 - (beta * (c == label ? 0 : 1));
                    total += weight * Math.Exp(logits[c]);
                }

                return -Math.Log(Math.Exp(logits[label]) / total);
            },
            context
        );
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(1)]
    public void Huge_logits_stay_finite(double gamma) =>
        LossReference.AssertFiniteForHugeLogits(new Seql { Gamma = gamma, Threshold = 1 });

    [Theory]
    [InlineData(10, 0.05)]
    [InlineData(100, 0.005)]
    public void The_automatic_threshold_is_half_of_an_equal_share(int classes, double share)
    {
        int[] counts = [.. Enumerable.Repeat(1000, classes)];
        double rest = 1000.0 * (classes - 1);
        counts[^1] = (int)(share * rest / (1 - share)) - 1; // Just below the share.
        AssertLeftOut(counts, isLeftOut: true);
        counts[^1] += 2;
        AssertLeftOut(counts, isLeftOut: false);
    }

    [Fact]
    public void A_small_class_is_left_out_as_often_as_gamma_says_in_every_example_anew()
    {
        const int steps = 4000;
        int[] counts = [100, 1];
        int[] outcomes = new int[4];
        for (int step = 0; step < steps; step++)
        {
            StepContext context = Contexts.At(counts, firstPlace: 2 * step);
            double[] values = LossReference.Values(new Seql { Gamma = 0.7 }, [0, 0, 0, 0], [0, 0], context);
            outcomes[(IsLeftOut(values[0]) ? 2 : 0) + (IsLeftOut(values[1]) ? 1 : 0)]++;
        }

        double[] wanted = [0.09, 0.21, 0.21, 0.49];
        double chiSquare = outcomes.Zip(wanted, (n, p) => Math.Pow(n - (p * steps), 2) / (p * steps)).Sum();
        Assert.True(chiSquare < 16.27, $"{chiSquare}"); // 3 degrees of freedom, 0.1 %.
    }

    [Fact]
    public void The_draws_belong_to_the_place_and_the_epoch()
    {
        double[] logits = [.. Enumerable.Repeat(0.0, 40)];
        int[] labels = new int[20];
        double[] At(int epoch, int place) =>
            LossReference.Values(
                new Seql { Gamma = 0.5 },
                logits,
                labels,
                Contexts.At([100, 1], epoch: epoch, firstPlace: place)
            );
        Assert.Equal(At(1, 20), At(1, 20));
        Assert.NotEqual(At(1, 20), At(2, 20));
        Assert.NotEqual(At(1, 20), At(1, 40));
    }

    private static void AssertLeftOut(int[] counts, bool isLeftOut)
    {
        double[] logits = [.. Enumerable.Repeat(0.0, counts.Length)];
        double value = LossReference.Values(new Seql { Gamma = 1 }, logits, [0], Contexts.At(counts))[0];
        Assert.Equal(Math.Log(counts.Length - (isLeftOut ? 1 : 0)), value, 1e-5);
    }

    private static bool IsLeftOut(double value) => value < 0.1; // log 1 against log 2.
}
