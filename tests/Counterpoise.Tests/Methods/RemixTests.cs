using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class RemixTests
{
    private static readonly int[] Counts = [900, 300, 299, 30];
    private static readonly int[] Labels = [0, 1, 2, 3, 0, 1, 2, 3];

    // The defaults: kappa 3 and tau 0.5.
    [Theory]
    [InlineData(90, 30, 0.4, 0)] // The ratio is kappa.
    [InlineData(89, 30, 0.4, 0.4)]
    [InlineData(90, 30, 0.5, 0.5)] // Lambda is tau.
    [InlineData(90, 30, 0.6, 0.6)]
    [InlineData(30, 90, 0.6, 1)] // The ratio is 1 / kappa.
    [InlineData(30, 89, 0.6, 0.6)]
    [InlineData(30, 90, 0.5, 0.5)] // 1 - lambda is tau.
    [InlineData(30, 90, 0.4, 0.4)]
    [InlineData(5000, 1, 0, 0)]
    [InlineData(1, 5000, 1, 1)]
    [InlineData(30, 30, 0.2, 0.2)]
    public void The_label_goes_to_a_class_that_is_kappa_times_smaller(
        int own,
        int other,
        double lambda,
        double share
    ) => Assert.Equal(share, new Remix().LabelShare(own, other, lambda));

    [Fact]
    public void The_share_of_the_label_is_its_definition_at_every_boundary() =>
        Gen.Select(
                Gen.Int[0, 60],
                Gen.Int[1, 60],
                Gen.Int[1, 200],
                Gen.Int[1, 200],
                Gen.Int[0, 2],
                Gen.Int[0, 16],
                Gen.Int[0, 16]
            )
            .Sample(
                (above, divisor, first, second, boundary, lambda, tau) =>
                {
                    // Kappa is a fraction of 1 or more; two times of three the classes' ratio is exactly kappa or 1 / kappa.
                    int dividend = divisor + above;
                    (int own, int other) = boundary switch
                    {
                        0 => (first, second),
                        1 => (dividend * first, divisor * first),
                        _ => (divisor * first, dividend * first),
                    };
                    var method = new Remix { Kappa = (double)dividend / divisor, Tau = tau / 16.0 };
                    Assert.Equal(
                        LabelShare(own, other, dividend, divisor, lambda / 16.0, tau / 16.0),
                        method.LabelShare(own, other, lambda / 16.0)
                    );
                },
                iter: 20_000
            );

    [Fact]
    public void Images_are_mixed_as_by_mixup_and_labels_by_the_sizes_of_both_classes()
    {
        var method = new Remix();
        int[] regions = new int[3];
        for (int epoch = 0; epoch < 50; epoch++)
        {
            StepContext context = Contexts.At(Counts, epoch, 50, firstPlace: 24, seed: 3);
            Mixing mixing = method.Mix(context, Labels)!;
            Mixing mixup = new Mixup().Mix(context, Labels)!;
            Assert.Equal(0, mixing.After);
            Assert.Equal(mixup.FeatureWeight, mixing.FeatureWeight);
            Assert.Equal(mixup.Partner, mixing.Partner);
            for (int n = 0; n < Labels.Length; n++)
            {
                (int own, int other) = (Counts[Labels[n]], Counts[Labels[mixing.Partner[n]]]);
                double share = LabelShare(own, other, 3, 1, 1 - mixing.FeatureWeight[n], 0.5);
                Assert.Equal(1 - share, mixing.LabelWeight![n], 1e-7);
                regions[
                    share switch
                    {
                        0 => 0,
                        1 => 1,
                        _ => 2,
                    }
                ]++;
            }
        }

        Assert.DoesNotContain(0, regions);
    }

    [Fact]
    public void Any_settings_and_classes_give_the_labels_of_the_definition() =>
        Gen.Select(
                Gen.Int[1, 5000].Array[2, 10],
                Gen.Double[0.1, 5],
                Gen.Int[1, 20],
                Gen.Double[0, 1],
                Gen.Bool,
                Gen.ULong
            )
            .Sample(
                (counts, alpha, kappa, tau, weakening, seed) =>
                {
                    int[] labels = [.. Enumerable.Range(0, 24).Select(n => n * 7 % counts.Length)];
                    StepContext context = Contexts.At(counts, epoch: 2, firstPlace: 48, seed: seed);
                    var method = new Remix
                    {
                        Alpha = alpha,
                        Kappa = kappa,
                        Tau = tau,
                        Weakening = weakening,
                        Beta = 2,
                    };
                    Mixing images = weakening
                        ? new Mfw { Alpha = alpha, Beta = 2 }.Mix(context, labels)!
                        : new Mixup { Alpha = alpha }.Mix(context, labels)!;
                    Mixing mixing = method.Mix(context, labels)!;
                    Assert.Equal(0, mixing.After);
                    Assert.Equal(images.FeatureWeight, mixing.FeatureWeight);
                    Assert.Equal(images.Partner, mixing.Partner);
                    for (int n = 0; n < labels.Length; n++)
                    {
                        (int own, int other) = (counts[labels[n]], counts[labels[mixing.Partner[n]]]);
                        double lambda = 1 - mixing.FeatureWeight[n];
                        Assert.Equal(1 - LabelShare(own, other, kappa, 1, lambda, tau), mixing.LabelWeight![n], 1e-6);
                    }
                },
                iter: 300
            );

    [Theory]
    [InlineData(new[] { 70, 70, 70, 70 }, 3, 0.5)] // All classes are equal.
    [InlineData(new[] { 900, 300, 299, 30 }, 31, 1)] // None is kappa times larger than another.
    [InlineData(new[] { 900, 300, 299, 30 }, 3, 0)] // No share is below tau.
    public void Where_no_class_gives_its_label_away_it_is_mixup(int[] counts, double kappa, double tau)
    {
        for (int epoch = 0; epoch < 20; epoch++)
        {
            StepContext context = Contexts.At(counts, epoch, 20);
            Mixing mixing = new Remix { Kappa = kappa, Tau = tau }.Mix(context, Labels)!;
            Mixing mixup = new Mixup().Mix(context, Labels)!;
            Assert.Equal(mixup.Partner, mixing.Partner);
            Assert.Equal(mixup.FeatureWeight, mixing.FeatureWeight);
            Assert.All(
                mixup.LabelWeight!.Zip(mixing.LabelWeight!),
                pair => Assert.Equal(pair.First, pair.Second, 1e-6)
            );
        }
    }

    [Fact]
    public void With_weakening_an_example_keeps_most_of_its_image_so_only_smaller_classes_take_the_whole_label()
    {
        Mixing mixing = new Remix { Weakening = true, Beta = 2 }.Mix(Contexts.At(Counts), Labels)!;
        int whole = 0;
        for (int n = 0; n < Labels.Length; n++)
        {
            bool smaller = 3 * Counts[Labels[n]] <= Counts[Labels[mixing.Partner[n]]];
            Assert.Equal(smaller ? 0 : mixing.FeatureWeight[n], mixing.LabelWeight![n], 1e-6);
            whole += smaller ? 1 : 0;
        }

        Assert.InRange(whole, 1, Labels.Length - 1);
    }

    [Theory]
    [InlineData(ImbalanceKind.LongTailed, 2)]
    [InlineData(ImbalanceKind.Step, 0.01)]
    public void The_automatic_scale_of_the_weakening_is_that_of_MFW(ImbalanceKind kind, double beta)
    {
        Recipe recipe = Recipe.Erm with { Data = new DataSettings { Imbalance = kind } };
        Assert.Equal(new Remix { Beta = beta }, new Remix().Resolve(Contexts.Of(recipe)));
        Assert.Equal(new Remix { Beta = 0.5 }, new Remix { Beta = 0.5 }.Resolve(Contexts.Of(recipe)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_has_the_loss_of_both_labels_by_each_examples_own_shares(bool weakening)
    {
        (double[][] logits, Mixing mixing) = MixedStep.Check(
            new Remix { Weakening = weakening, Beta = 2 },
            Contexts.At(Counts, epoch: 1),
            Labels,
            MixedStep.CrossEntropy,
            MixedStep.CrossEntropy
        );

        // One mean share for all gives another loss: the comparison can tell them apart.
        double Mean(IReadOnlyList<float> share) =>
            MixedStep.Mean(logits, Labels, mixing.Partner, share, MixedStep.CrossEntropy);
        float[] averaged = [.. Enumerable.Repeat(mixing.LabelWeight!.Average(), Labels.Length)];
        Assert.True(Math.Abs(Mean(averaged) - Mean(mixing.LabelWeight!)) > 1e-3);
    }

    /// <summary>lambda_y in whole numbers: N_i / N_j is kappa = a / b or more where N_i b is N_j a or more.</summary>
    private static double LabelShare(long own, long other, long a, long b, double lambda, double tau)
    {
        if (own * b >= other * a && lambda < tau)
        {
            return 0;
        }

        return own * a <= other * b && 1 - lambda < tau ? 1 : lambda;
    }
}
