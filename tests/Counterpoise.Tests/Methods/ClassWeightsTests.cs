using Counterpoise.Data;
using Counterpoise.Methods;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class ClassWeightsTests
{
    [Fact]
    public void Weights_are_inverse_to_the_effective_number_and_add_up_to_the_number_of_classes() =>
        Gen.Select(Gen.Int[1, 3000].Array[1, 12], Gen.Double[0, 0.9999])
            .Sample(
                (counts, beta) =>
                {
                    // The effective number is 1 + beta + beta^2 + ... of as many terms as there are examples.
                    double[] inverse = new double[counts.Length];
                    for (int c = 0; c < counts.Length; c++)
                    {
                        double effective = 0;
                        double term = 1;
                        for (int n = 0; n < counts[c]; n++)
                        {
                            effective += term;
                            term *= beta;
                        }

                        inverse[c] = 1 / effective;
                    }

                    double scale = counts.Length / inverse.Sum();
                    double[] weights = ClassBalanced.Weights(counts, beta);
                    Numbers.AssertClose([.. inverse.Select(w => w * scale)], weights, 1e-9);
                    Assert.Equal(counts.Length, weights.Sum(), 1e-9);
                }
            );

    [Fact]
    public void Weights_of_two_classes_have_their_known_values()
    {
        // Effective numbers 1.5 and 1.9375: 1 + 1/2, and 1 + 1/2 + ... + 1/16.
        double[] weights = ClassBalanced.Weights([2, 5], 0.5);
        Assert.Equal(2 * 1.9375 / 3.4375, weights[0], 1e-12);
        Assert.Equal(2 * 1.5 / 3.4375, weights[1], 1e-12);
    }

    [Fact]
    public void Beta_0_weighs_classes_equally_and_beta_near_1_by_inverse_size()
    {
        Assert.Equal([1, 1, 1], ClassBalanced.Weights([500, 20, 1], 0));
        double[] weights = ClassBalanced.Weights([500, 20, 1], 0.9999999);
        Assert.Equal(25, weights[1] / weights[0], 1e-2);
        Assert.Equal(500, weights[2] / weights[0], 0.1);
    }

    [Fact]
    public void The_smallest_class_of_CIFAR10_weighs_79_times_the_largest()
    {
        double[] weights = new ClassBalanced()
            .At(Contexts.At(new Imbalance(ImbalanceKind.LongTailed, 100).Counts(5000, 10)))
            .ToArray();
        Assert.Equal(78.88, weights[9] / weights[0], 0.01); // (1 - 0.9999^5000) / (1 - 0.9999^50)
        Assert.Equal(10, weights.Sum(), 1e-9);
    }

    [Fact]
    public void A_class_without_images_weighs_nothing_and_leaves_the_others_finite()
    {
        double[] present = ClassBalanced.Weights([50, 5], 0.99);
        double[] weights = ClassBalanced.Weights([50, 0, 5], 0.99);
        Numbers.AssertClose([1.5 * present[0], 0, 1.5 * present[1]], weights, 1e-12);
        Assert.Equal(0, weights[1]);
    }

    [Fact]
    public void Deferred_weights_set_in_at_epoch_240_of_300()
    {
        int[] counts = [50, 5];
        Assert.All(Enumerable.Range(0, 240), epoch => Assert.Null(new Drw().At(Contexts.At(counts, epoch, 300))));
        Assert.All(
            Enumerable.Range(240, 60),
            epoch => Assert.Equal(ClassBalanced.Weights(counts, 0.9999), new Drw().At(Contexts.At(counts, epoch, 300)))
        );
    }

    [Fact]
    public void Deferred_weights_set_in_at_the_epoch_of_any_share_that_is_whole() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[0, 1000])
            .Where((epochs, start) => start <= epochs)
            .Sample(
                (epochs, start) =>
                {
                    var drw = new Drw { Start = double.Parse($"{(decimal)start / epochs}"), Beta = 0.9 };
                    return (start == 0 || drw.At(Contexts.At([2, 1], start - 1, epochs)) is null)
                        && (start == epochs || drw.At(Contexts.At([2, 1], start, epochs)) is not null);
                }
            );

    [Fact]
    public void A_start_of_1_never_weighs() => Assert.Null(new Drw { Start = 1 }.At(Contexts.At([2, 1], 299, 300)));
}
