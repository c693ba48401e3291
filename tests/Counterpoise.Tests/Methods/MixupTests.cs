using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class MixupTests
{
    private static readonly int[] Counts = [100, 40, 10];
    private static readonly int[] Labels = [0, 0, 1, 2, 0, 1, 2, 0];

    [Fact]
    public void One_draw_is_the_share_of_image_and_label_for_the_whole_batch() =>
        Gen.Select(Gen.Double[0.05, 20], Gen.Int[0, 2].Array[1, 40], Gen.ULong, Gen.Int[0, 300], Gen.Int[0, 100_000])
            .Sample(
                (alpha, labels, seed, epoch, place) =>
                {
                    var method = new Mixup { Alpha = alpha };
                    Mixing mixing = method.Mix(Contexts.At(Counts, epoch, 301, place, seed), labels)!;
                    DrawStream stream = new Draws(seed).At(DrawPurpose.MixingWeight, epoch, place);
                    double lambda = BetaDistribution.Draw(ref stream, alpha);
                    Assert.Equal(0, mixing.After);
                    Assert.Equal(labels.Length, mixing.FeatureWeight.Count);
                    Assert.Equal(1 - lambda, mixing.FeatureWeight[0], 1e-7);
                    Assert.Single(mixing.FeatureWeight.Distinct());
                    Assert.Equal(mixing.FeatureWeight, mixing.LabelWeight);
                    Assert.Equal(Enumerable.Range(0, labels.Length), mixing.Partner.Order());
                },
                iter: 300
            );

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Over_the_steps_lambda_has_mean_and_variance_of_its_distribution(double alpha)
    {
        const int steps = 20_000;
        var method = new Mixup { Alpha = alpha };
        double[] lambda =
        [
            .. Enumerable
                .Range(0, steps)
                .Select(step => 1.0 - method.Mix(Step(step, perEpoch: 100, batch: 128), Labels)!.FeatureWeight[0]),
        ];
        double variance = 1 / (4 * ((2 * alpha) + 1));
        Assert.Equal(0.5, lambda.Average(), 4 * Math.Sqrt(variance / steps));

        // The kurtosis is below 3, so the variance's standard error is below variance sqrt(2 / steps).
        double found = lambda.Average(value => Math.Pow(value - 0.5, 2));
        Assert.Equal(variance, found, 4 * variance * Math.Sqrt(2.0 / steps));
    }

    [Fact]
    public void Over_the_steps_all_permutations_are_partners_equally_often()
    {
        var method = new Mixup();
        int[] seen = ChiSquare.Count(
            Enumerable
                .Range(0, 24_000)
                .Select(step => method.Mix(Step(step, perEpoch: 100, batch: 4), [0, 1, 2, 0])!.Partner)
                .Select(partner => (partner[0] * 16) + (partner[1] * 4) + partner[2]),
            64
        );

        // 23 degrees of freedom, exceeded with probability 0.001.
        int[] permutations = [.. seen.Where(count => count > 0)];
        Assert.InRange(ChiSquare.Of(permutations, [.. Enumerable.Repeat(1.0 / 24, 24)]), 0, 49.73);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Draws_are_a_function_of_seed_epoch_and_place_alone(bool weakening)
    {
        var method = new Mixup { Weakening = weakening, Beta = 2 };
        StepContext context = Contexts.At(Counts, 3, firstPlace: 8);
        StepContext[] others =
        [
            Contexts.At(Counts, 4, firstPlace: 8),
            Contexts.At(Counts, 3, firstPlace: 16),
            Contexts.At(Counts, 3, firstPlace: 8, seed: 1),
            context.InStream(1),
        ];
        Mixing wanted = method.Mix(context, Labels)!;
        Mixing[] inOrder = [.. others.Select(other => method.Mix(other, Labels)!)];
        Mixing[] reversed = [.. others.Reverse().Select(other => method.Mix(other, Labels)!)];
        foreach ((Mixing differs, Mixing later) in inOrder.Zip(reversed.Reverse()))
        {
            AssertEqual(differs, later);
            Assert.DoesNotContain(true, wanted.FeatureWeight.Zip(differs.FeatureWeight, (a, b) => a == b));
            Assert.NotEqual(wanted.Partner, differs.Partner);
        }

        AssertEqual(wanted, method.Mix(context with { Step = 7, LearningRate = 1 }, Labels)!);
    }

    [Fact]
    public void With_weakening_each_partner_has_the_share_of_image_and_label_that_MFW_gives_it() =>
        Gen.Select(
                Gen.Int[1, 5000].Array[2, 12],
                Gen.Double[0.05, 20],
                Gen.Double[0.05, 10],
                Gen.Enum<WeightFunction>(),
                Gen.ULong
            )
            .Sample(
                (counts, alpha, beta, form, seed) =>
                {
                    int[] labels = [.. Enumerable.Range(0, 24).Select(n => n % counts.Length)];
                    StepContext context = Contexts.At(counts, epoch: 7, firstPlace: 256, seed: seed);
                    var method = new Mixup
                    {
                        Alpha = alpha,
                        Weakening = true,
                        Weight = form,
                        Beta = beta,
                    };
                    var mfw = new Mfw
                    {
                        Alpha = alpha,
                        Weight = form,
                        Beta = beta,
                    };
                    Mixing mixing = method.Mix(context, labels)!;
                    for (int n = 0; n < labels.Length; n++)
                    {
                        DrawStream stream = new Draws(seed).At(DrawPurpose.MixingWeight, 7, 256 + n);
                        double weakening = WeakeningWeight.Of(counts, form, beta)[labels[n]];
                        Assert.Equal(
                            weakening * BetaDistribution.Draw(ref stream, alpha),
                            mixing.FeatureWeight[n],
                            1e-7
                        );
                    }

                    Mixing weakened = mfw.Mix(context, labels)!;
                    Assert.Equal(0, mixing.After);
                    Assert.Equal(weakened.FeatureWeight, mixing.FeatureWeight);
                    Assert.Equal(weakened.FeatureWeight, mixing.LabelWeight);
                    Assert.Equal(weakened.Partner, mixing.Partner);
                },
                iter: 200
            );

    [Theory]
    [InlineData(ImbalanceKind.LongTailed, 2)]
    [InlineData(ImbalanceKind.Natural, 2)]
    [InlineData(ImbalanceKind.Step, 0.01)]
    public void The_automatic_scale_of_the_weakening_is_that_of_MFW(ImbalanceKind kind, double beta)
    {
        Recipe recipe = Recipe.Erm with { Data = new DataSettings { Imbalance = kind } };
        Assert.Equal(new Mixup { Beta = beta }, new Mixup().Resolve(Contexts.Of(recipe)));
        Assert.Equal(new Mixup { Beta = 0.5 }, new Mixup { Beta = 0.5 }.Resolve(Contexts.Of(recipe)));
    }

    [Fact]
    public void An_automatic_scale_must_be_resolved_where_it_is_used()
    {
        var weakening = new Mixup { Weakening = true };
        Assert.Contains(
            "resolve",
            Assert.Throws<InvalidOperationException>(() => weakening.Mix(Contexts.At(Counts), Labels)).Message
        );
        Assert.NotNull(new Mixup().Mix(Contexts.At(Counts), Labels));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_has_the_loss_of_both_labels_by_their_shares(bool weakening)
    {
        (_, Mixing mixing) = MixedStep.Check(
            new Mixup { Weakening = weakening, Beta = 2 },
            Contexts.At(Counts, epoch: 1),
            Labels,
            MixedStep.CrossEntropy,
            MixedStep.CrossEntropy
        );
        Assert.Equal(weakening ? Labels.Length : 1, mixing.LabelWeight!.Distinct().Count());
        Assert.Contains(mixing.LabelWeight!, share => share is > 0.1f and < 0.9f);
    }

    [Theory]
    [InlineData("mfw")]
    [InlineData("manifold-mixup")]
    [InlineData("remix")]
    public void It_does_not_combine_with_another_method_that_mixes(string other) =>
        Assert.Equal(
            $"methods 'mixup' and '{other}' cannot be combined: both fill the mixer slot; choose one of them.",
            Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods($"mixup+{other}")).Message
        );

    [Theory]
    [InlineData("mixup+drw+focal+class-aware")]
    [InlineData("manifold-mixup+class-balanced+ldam+square-root")]
    [InlineData("remix+balanced-softmax+bbn")]
    [InlineData("mixup+crt")]
    [InlineData("manifold-mixup+lws")]
    [InlineData("remix+class-aware+tau-norm")]
    public void A_mixer_combines_with_what_fills_other_slots_and_mixes_in_the_first_phase_alone(string names)
    {
        IReadOnlyList<Phase> phases = Recipe.Erm.WithMethods(names).Phases;
        Assert.Equal(names.Split('+')[0], phases[0].Mixer!.By);
        Assert.All(phases.Skip(1), phase => Assert.Null(phase.Mixer));
    }

    private static StepContext Step(int step, int perEpoch, int batch) =>
        Contexts.At(Counts, step / perEpoch, 1000, (long)(step % perEpoch) * batch, seed: 21);

    private static void AssertEqual(Mixing wanted, Mixing found)
    {
        Assert.Equal(wanted.After, found.After);
        Assert.Equal(wanted.Partner, found.Partner);
        Assert.Equal(wanted.FeatureWeight, found.FeatureWeight);
        Assert.Equal(wanted.LabelWeight, found.LabelWeight);
    }
}
