using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class MfwTests
{
    private static readonly int[] Counts = [100, 40, 10];
    private static readonly int[] Labels = [0, 0, 1, 2, 0, 1, 2, 0];
    private static readonly Mfw Method = new() { Alpha = 1, Beta = 2 };

    [Fact]
    public void Every_example_is_weakened_by_its_class_weight_times_its_own_draw()
    {
        Mixing mixing = Method.Mix(Contexts.At(Counts, epoch: 3, firstPlace: 16, seed: 5), Labels)!;
        for (int n = 0; n < Labels.Length; n++)
        {
            DrawStream stream = new Draws(5).At(DrawPurpose.MixingWeight, 3, 16 + n);
            double weakening = 0.5 * Math.Sqrt(Counts[Labels[n]] / 100.0);
            Assert.Equal(weakening * BetaDistribution.Draw(ref stream, 1), mixing.FeatureWeight[n], 1e-7);
        }

        Assert.Equal(Labels.Length, mixing.FeatureWeight.Distinct().Count());
        Assert.Null(mixing.LabelWeight);
        Assert.Equal(2, mixing.After);
    }

    [Fact]
    public void Weights_lie_between_0_and_the_class_weight_and_the_partners_are_a_permutation() =>
        Gen.Select(Gen.Double[0.05, 20], Gen.Enum<WeightFunction>(), Gen.Int[0, 2].Array[1, 40], Gen.ULong)
            .Sample(
                (alpha, form, labels, seed) =>
                {
                    double[] weakening = WeakeningWeight.Of(Counts, form, 2);
                    Mixing mixing = new Mfw
                    {
                        Alpha = alpha,
                        Beta = 2,
                        Weight = form,
                    }.Mix(Contexts.At(Counts, seed: seed), labels)!;
                    return mixing
                            .FeatureWeight.Zip(labels, (lambda, y) => lambda >= 0 && lambda <= (float)weakening[y])
                            .All(x => x) && mixing.Partner.Order().SequenceEqual(Enumerable.Range(0, labels.Length));
                }
            );

    [Fact]
    public void Classes_whose_weight_is_0_are_not_weakened_but_serve_as_partners()
    {
        int[] counts = [1000, 10];
        int[] labels = [0, 0, 0, 0, 1, 1, 1, 1];
        Mixing mixing = (Method with { Beta = 0.01 }).Mix(Contexts.At(counts), labels)!;
        Assert.All(mixing.FeatureWeight.Skip(4), lambda => Assert.Equal(0, lambda));
        Assert.All(mixing.FeatureWeight.Take(4), lambda => Assert.InRange(lambda, 1e-9, 0.5));
        Assert.Contains(mixing.Partner.Take(4), partner => partner >= 4);
    }

    [Fact]
    public void Draws_are_a_function_of_seed_epoch_and_place_alone()
    {
        Mixing wanted = Method.Mix(Contexts.At(Counts, 3, firstPlace: 8), Labels)!;
        Mixing again = Method.Mix(Contexts.At(Counts, 3, firstPlace: 8) with { Step = 7, LearningRate = 1 }, Labels)!;
        Assert.Equal(wanted.FeatureWeight, again.FeatureWeight);
        Assert.Equal(wanted.Partner, again.Partner);
        foreach (
            StepContext other in new[]
            {
                Contexts.At(Counts, 4, firstPlace: 8),
                Contexts.At(Counts, 3, firstPlace: 16),
                Contexts.At(Counts, 3, firstPlace: 8, seed: 1),
            }
        )
        {
            Mixing differs = Method.Mix(other, Labels)!;
            Assert.DoesNotContain(true, wanted.FeatureWeight.Zip(differs.FeatureWeight, (a, b) => a == b));
            Assert.NotEqual(wanted.Partner, differs.Partner);
        }
    }

    [Fact]
    public void An_examples_draw_does_not_depend_on_how_the_epoch_is_cut_into_batches()
    {
        Mixing whole = Method.Mix(Contexts.At(Counts), Labels)!;
        Mixing second = Method.Mix(Contexts.At(Counts, firstPlace: 4), Labels.AsSpan(4))!;
        Assert.Equal(whole.FeatureWeight.Skip(4), second.FeatureWeight);
    }

    [Fact]
    public void All_permutations_occur_so_also_an_example_as_its_own_partner()
    {
        var seen = new HashSet<string>();
        for (int epoch = 0; epoch < 400; epoch++)
        {
            seen.Add(string.Join(' ', Method.Mix(Contexts.At(Counts, epoch, 1000), [0, 1, 2, 0])!.Partner));
        }

        // 24 permutations; each is missed with probability (23/24)^400, about 4e-8.
        Assert.Equal(24, seen.Count);
    }

    [Fact]
    public void The_strength_is_the_largest_weight()
    {
        StepContext context = Contexts.At(Counts, epoch: 3, firstPlace: 16, seed: 5);
        Mixing usual = Method.Mix(context, Labels)!;
        Mixing strong = (Method with { Strength = 1 }).Mix(context, Labels)!;
        Assert.Equal(usual.FeatureWeight.Select(lambda => 2 * lambda), strong.FeatureWeight);
        Assert.Equal(usual.Partner, strong.Partner);
        Assert.All(
            (Method with { Strength = 0 }).Mix(context, Labels)!.FeatureWeight,
            lambda => Assert.Equal(0, lambda)
        );
    }

    [Theory]
    [InlineData(0.5, 4, true)]
    [InlineData(0.5, 5, false)]
    [InlineData(0.0, 0, false)]
    [InlineData(1.0, 9, true)]
    public void Mixing_goes_on_until_a_share_of_the_epochs(double until, int epoch, bool mixes) =>
        Assert.Equal(mixes, (Method with { Until = until }).Mix(Contexts.At(Counts, epoch), Labels) is not null);

    [Theory]
    [InlineData(PartnerChoice.OtherClass)]
    [InlineData(PartnerChoice.Balanced)]
    public void The_choice_of_partners_changes_nothing_else(PartnerChoice choice)
    {
        StepContext context = Contexts.At(Counts, epoch: 3, firstPlace: 16, seed: 5);
        Mixing usual = Method.Mix(context, Labels)!;
        Mixing chosen = (Method with { Partner = choice }).Mix(context, Labels)!;
        DrawStream draws = context.At(DrawPurpose.Partner, 0);
        Assert.Equal(Partners.Draw(choice, Labels, ref draws), chosen.Partner);
        Assert.Equal(usual with { Partner = [] }, chosen with { Partner = [] }, SameWeights);
        Assert.NotEqual(usual.Partner, chosen.Partner);

        static bool SameWeights(Mixing? a, Mixing? b) =>
            a!.After == b!.After && a.FeatureWeight.SequenceEqual(b.FeatureWeight) && b.LabelWeight is null;
    }

    [Fact]
    public void An_automatic_scale_must_be_resolved_first() =>
        Assert.Contains(
            "resolve",
            Assert.Throws<InvalidOperationException>(() => new Mfw().Mix(Contexts.At(Counts), Labels)).Message
        );

    [Theory]
    [InlineData(ImbalanceKind.LongTailed, 2)]
    [InlineData(ImbalanceKind.Natural, 2)]
    [InlineData(ImbalanceKind.Step, 0.01)]
    public void Automatic_are_a_scale_of_2_or_for_a_step_one_hundredth_and_the_second_stage(
        ImbalanceKind kind,
        double beta
    )
    {
        Recipe recipe = Recipe.Erm with { Data = new DataSettings { Imbalance = kind } };
        Assert.Equal(new Mfw { Beta = beta, Stage = 2 }, new Mfw().Resolve(Contexts.Of(recipe)));
        Assert.Equal(new Mfw { Beta = 0.5, Stage = 1 }, new Mfw { Beta = 0.5, Stage = 1 }.Resolve(Contexts.Of(recipe)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_function_for_own_training_loops_mixes_as_in_the_formula(bool maps)
    {
        using var scope = NewDisposeScope();
        Tensor features = maps
            ? Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 4, 3, 2, 2))
            : Numbers.Normal(1, ScalarType.Float32, 4, 3);
        features.requires_grad_();
        long[] labels = [0, 2, 1, 0];
        DrawStream draws = new(7);
        Tensor mixed = Mfw.Mix(features, tensor(labels), Counts, draws, 0.5, 1, WeightFunction.Exponential);
        Tensor slope = Numbers.Normal(2, ScalarType.Float32, mixed.shape);
        (mixed * slope).sum().backward();

        double[] lambda =
        [
            .. labels.Select(y => 0.5 * Math.Exp((Counts[y] / 100.0) - 1) * BetaDistribution.Draw(ref draws, 0.5)),
        ];
        int[] partner = draws.Permutation(4);
        double[] z = Numbers.Of(features);
        double[] r = Numbers.Of(slope);
        double[] wanted = new double[z.Length];
        double[] gradient = new double[z.Length];
        int size = z.Length / 4;
        for (int n = 0; n < 4; n++)
        {
            for (int i = 0; i < size; i++)
            {
                int own = (n * size) + i;
                int other = (partner[n] * size) + i;
                wanted[own] = ((1 - lambda[n]) * z[own]) + (lambda[n] * z[other]);
                gradient[own] += (1 - lambda[n]) * r[own];
                gradient[other] += lambda[n] * r[own];
            }
        }

        Assert.Contains(lambda, value => value > 0.01);
        Numbers.AssertClose(wanted, Numbers.Of(mixed), 1e-6);
        Numbers.AssertClose(gradient, Numbers.Of(features.grad!), 1e-6);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_label_that_is_no_class_is_named(long label)
    {
        using var scope = NewDisposeScope();
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            Mfw.Mix(ones(3, 2), tensor(new[] { 0, label, 1 }), Counts, new DrawStream(1))
        );
        Assert.StartsWith($"Label {label} is not a class: there are 3.", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_label_too_few_or_too_many_is_refused(int labels)
    {
        using var scope = NewDisposeScope();
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            Mfw.Mix(ones(3, 2), zeros(labels, dtype: ScalarType.Int64), Counts, new DrawStream(1))
        );
        Assert.StartsWith($"{labels} labels for 3 examples.", error.Message);
    }

    [Fact]
    public void Shapes_and_scales_must_be_above_0()
    {
        using var scope = NewDisposeScope();
        Tensor labels = tensor([0L]);
        foreach (
            (double alpha, double beta) in new[]
            {
                (0.0, 1.0),
                (-1, 1),
                (double.NaN, 1),
                (1, 0),
                (1, -2),
                (1, double.NaN),
            }
        )
        {
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                Mfw.Mix(ones(1, 2), labels, Counts, new DrawStream(1), alpha, beta)
            );
        }
    }
}
