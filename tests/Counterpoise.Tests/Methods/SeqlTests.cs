using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class SeqlTests
{
    /// <summary>Ten classes of 1000 images; those of fewer than 50 are small.</summary>
    private static readonly int[] TenClasses = [500, 200, 49, 40, 51, 30, 20, 50, 35, 25];
    private static readonly int[] SmallOfTen = [2, 3, 5, 6, 8, 9];

    [Fact]
    public void The_loss_is_the_cross_entropy_among_the_classes_that_are_not_left_out() =>
        Gen.Select(LossInput.Mild, Gen.Double[0, 1], Gen.Double[0, 0.5], Gen.Int[0, 300], Gen.Int[0, 5000])
            .Sample(
                (input, gamma, threshold, epoch, place) =>
                {
                    var seql = new Seql { Gamma = gamma, Threshold = threshold };
                    StepContext context = Contexts.At(input.Counts, epoch, 301, place);
                    bool[][] leftOut = LeftOut(seql, input, context);
                    AssertAgrees(seql, input, leftOut, context);
                },
                iter: 50
            );

    [Fact]
    public void Only_small_classes_are_left_out_and_never_the_examples_own() =>
        Gen.Select(LossInput.Mild, Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 300])
            .Sample(
                (input, gamma, threshold, epoch) =>
                {
                    var seql = new Seql { Gamma = gamma, Threshold = threshold };
                    StepContext context = Contexts.At(input.Counts, epoch, 301);
                    bool[][] leftOut = LeftOut(seql, input, context);
                    bool[][] allowed = AllSmallButTheLabel(input, threshold);

                    // Without the example's own class its loss would be infinite.
                    Assert.All(LossReference.Values(seql, input, context), loss => Assert.True(double.IsFinite(loss)));
                    return leftOut
                        .Zip(allowed)
                        .All(row => row.First.Zip(row.Second).All(pair => !pair.First || pair.Second));
                },
                iter: 50
            );

    [Fact]
    public void Gamma_0_is_the_cross_entropy() =>
        Gen.Select(LossInput.Ordinary, Gen.Double[0, 1])
            .Sample(
                (input, threshold) =>
                {
                    var seql = new Seql { Gamma = 0, Threshold = threshold };
                    Assert.Equal(LossReference.Values(new CrossEntropy(), input), LossReference.Values(seql, input));
                    Assert.Equal(
                        LossReference.Gradients(new CrossEntropy(), input),
                        LossReference.Gradients(seql, input)
                    );
                },
                iter: 50
            );

    [Fact]
    public void Gamma_1_leaves_out_all_small_classes_but_the_examples_own() =>
        Gen.Select(LossInput.Ordinary, Gen.Double[0, 1])
            .Sample(
                (input, threshold) =>
                    AssertAgrees(
                        new Seql { Gamma = 1, Threshold = threshold },
                        input,
                        AllSmallButTheLabel(input, threshold),
                        Contexts.At(input.Counts)
                    ),
                iter: 50
            );

    [Fact]
    public void Logits_of_1000_give_finite_losses_and_slopes() =>
        Gen.Select(LossInput.Extreme, Gen.Double[0, 1], Gen.Double[0, 0.5])
            .Sample(
                (input, gamma, threshold) =>
                {
                    var seql = new Seql { Gamma = gamma, Threshold = threshold };
                    StepContext context = Contexts.At(input.Counts);

                    // What is left out does not depend on the logits; only with logits of 0 it shows in the slopes.
                    LossInput zeros = input with
                    {
                        Logits = [.. input.Logits.Select(z => new double[z.Length])],
                    };
                    AssertAgrees(seql, input, LeftOut(seql, zeros, context), context);
                },
                iter: 50
            );

    [Fact]
    public void Three_examples_have_their_known_losses()
    {
        // Class 2 is small: the others' examples leave it out, its own do not.
        double[] z = [0, 0, Math.Log(6)];
        LossInput input = new([100, 100, 10], [z, z, z], [0, 1, 2]);
        double[] losses = LossReference.Values(new Seql { Gamma = 1 }, input);
        Numbers.AssertClose([Math.Log(2), Math.Log(2), Math.Log(8 / 6.0)], losses, 1e-6);
    }

    [Fact]
    public void The_automatic_threshold_is_half_of_an_equal_share_so_5_percent_for_ten_classes()
    {
        LossInput input = Zeros(TenClasses, examples: 10);
        bool[][] automatic = LeftOut(new Seql { Gamma = 1 }, input, Contexts.At(TenClasses));
        Assert.Equal(LeftOut(new Seql { Gamma = 1, Threshold = 0.05 }, input, Contexts.At(TenClasses)), automatic);
        Assert.Equal(SmallOfTen, Enumerable.Range(0, 10).Where(c => automatic[0][c]));
    }

    [Theory]
    [InlineData(0.5, new[] { 50, 50 }, new int[0])]
    [InlineData(0.5, new[] { 49, 51 }, new[] { 0 })]
    [InlineData(0, new[] { 1, 1_000_000 }, new int[0])]
    [InlineData(1, new[] { 70, 30, 900 }, new[] { 0, 1, 2 })]
    [InlineData(0.25, new[] { 2_000_000_000, 2_000_000_000, 10 }, new[] { 2 })]
    public void A_class_is_small_below_the_threshold_alone(double threshold, int[] counts, int[] small)
    {
        // The last class is the label of the first example, the first class that of the second.
        LossInput input = new(counts, [new double[counts.Length], new double[counts.Length]], [counts.Length - 1, 0]);
        bool[][] leftOut = LeftOut(new Seql { Gamma = 1, Threshold = threshold }, input, Contexts.At(counts));
        Assert.Equal(small.Where(c => c != counts.Length - 1), Places(leftOut[0]));
        Assert.Equal(small.Where(c => c != 0), Places(leftOut[1]));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Small_classes_are_left_out_as_often_as_gamma_says_each_on_its_own(double gamma)
    {
        const int examples = 4000;
        bool[][] leftOut = LeftOut(
            new Seql { Gamma = gamma },
            Zeros(TenClasses, examples),
            Contexts.At(TenClasses, epoch: 3, seed: 11)
        );
        foreach (int a in SmallOfTen)
        {
            AssertFrequency(gamma, leftOut.Count(row => row[a]), examples, $"class {a}");
            AssertFrequency(
                gamma * gamma,
                leftOut.Chunk(2).Count(pair => pair[0][a] && pair[1][a]),
                examples / 2,
                $"class {a} by two examples"
            );
            foreach (int b in SmallOfTen.Where(b => b < a))
            {
                AssertFrequency(gamma * gamma, leftOut.Count(row => row[a] && row[b]), examples, $"{a} and {b}");
            }
        }
    }

    [Fact]
    public void Draws_are_a_function_of_seed_epoch_and_place_alone()
    {
        var seql = new Seql { Gamma = 0.5 };
        LossInput input = Zeros(TenClasses, examples: 64);
        StepContext context = Contexts.At(TenClasses, 3, firstPlace: 128);
        bool[][] wanted = LeftOut(seql, input, context);
        Assert.Equal(wanted, LeftOut(seql, input, context with { Step = 7, LearningRate = 1 }));

        // Of 384 draws with probability 1/2 about half agree by chance: sd 9.8.
        foreach (
            StepContext other in new[]
            {
                context with
                {
                    Epoch = 4,
                },
                context with
                {
                    FirstPlace = 192,
                },
                context with
                {
                    Draws = new Draws(1),
                },
            }
        )
        {
            bool[][] differs = LeftOut(seql, input, other);
            int same = SmallOfTen.Sum(c => wanted.Zip(differs).Count(rows => rows.First[c] == rows.Second[c]));
            Assert.InRange(same, 192 - 49, 192 + 49);
        }
    }

    [Fact]
    public void An_examples_draws_do_not_depend_on_how_the_epoch_is_cut_into_batches()
    {
        var seql = new Seql { Gamma = 0.5 };
        bool[][] whole = LeftOut(seql, Zeros(TenClasses, 16), Contexts.At(TenClasses, firstPlace: 100));
        bool[][] second = LeftOut(seql, Zeros(TenClasses, 12), Contexts.At(TenClasses, firstPlace: 104));
        Assert.Equal(whole.Skip(4), second);
    }

    [Fact]
    public void Draws_do_not_depend_on_the_logits_or_the_other_examples_labels()
    {
        var seql = new Seql { Gamma = 0.5 };
        LossInput input = Zeros(TenClasses, 16);
        bool[][] wanted = LeftOut(seql, input, Contexts.At(TenClasses));
        LossInput other = new(
            TenClasses,
            [.. input.Logits.Select((z, n) => z.Select((_, c) => (double)((n + c) % 3)).ToArray())],
            [.. input.Labels.Select((label, n) => n < 8 ? label : 9)]
        );
        bool[][] actual = LeftOut(seql, other, Contexts.At(TenClasses));
        Assert.Equal(wanted.Take(8), actual.Take(8));
        Assert.Equal(wanted.Skip(8).Select(row => row[..9]), actual.Skip(8).Select(row => row[..9]));
    }

    [Fact]
    public void It_fills_the_loss_alone()
    {
        Phase phase = Assert.Single(Recipe.Erm.WithMethods("seql").Phases);
        Assert.Equal(new Slot<ILoss>(new Seql(), "seql"), phase.Loss);
        Assert.Null(phase.Weights);
        Assert.Null(phase.Head);
        Assert.Null(phase.Mixer);
        Assert.Null(phase.Sampler);
    }

    private static void AssertAgrees(Seql seql, LossInput input, bool[][] leftOut, StepContext context) =>
        LossReference.AssertAgrees(
            seql,
            input,
            (z, y, n) => LossReference.LogSumExp(z.Where((_, c) => !leftOut[n][c])) - z[y],
            context
        );

    private static void AssertFrequency(double probability, int count, int of, string what)
    {
        double deviation = (count - (of * probability)) / Math.Sqrt(of * probability * (1 - probability));
        Assert.True(Math.Abs(deviation) < 4.5, $"{what}: {count} of {of}, {deviation:F1} deviations off");
    }

    /// <summary>Another class's logit without any slope is left out; the others have a probability above 0.</summary>
    private static bool[][] LeftOut(Seql seql, LossInput input, StepContext context) =>
        [
            .. LossReference
                .Gradients(seql, input, context)
                .Select((row, n) => row.Select((slope, c) => slope == 0 && c != input.Labels[n]).ToArray()),
        ];

    private static bool[][] AllSmallButTheLabel(LossInput input, double threshold)
    {
        double total = input.Counts.Sum(count => (double)count);
        return
        [
            .. input.Labels.Select(y =>
                input.Counts.Select((count, c) => count / total < threshold && c != y).ToArray()
            ),
        ];
    }

    /// <summary>Examples of class 0 with logits of 0.</summary>
    private static LossInput Zeros(int[] counts, int examples) =>
        new(counts, [.. Enumerable.Range(0, examples).Select(_ => new double[counts.Length])], new int[examples]);

    private static IEnumerable<int> Places(bool[] row) => Enumerable.Range(0, row.Length).Where(c => row[c]);
}
