using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class ManifoldMixupTests
{
    private static readonly int[] Counts = [100, 40, 10];
    private static readonly int[] Labels = [0, 0, 1, 2, 0, 1, 2, 0];

    [Fact]
    public void A_batch_is_mixed_as_by_mixup_after_one_stage_of_the_list() =>
        Gen.Select(
                Gen.Int[0, 6].Array[1, 5],
                Gen.Double[0.05, 20],
                Gen.Int[0, 2].Array[1, 40],
                Gen.ULong,
                Gen.Int[0, 300],
                Gen.Int[0, 100_000]
            )
            .Sample(
                (stages, alpha, labels, seed, epoch, place) =>
                {
                    StepContext context = Contexts.At(Counts, epoch, 301, place, seed);
                    var method = new ManifoldMixup { Alpha = alpha, Stages = new(stages) };
                    Mixing mixing = method.Mix(context, labels)!;
                    Mixing mixup = new Mixup { Alpha = alpha }.Mix(context, labels)!;
                    int drawn = new Draws(seed).At(DrawPurpose.MixingStage, epoch, place).NextInt(stages.Length);
                    Assert.Equal(stages[drawn], mixing.After);
                    Assert.Equal(mixup.FeatureWeight, mixing.FeatureWeight);
                    Assert.Equal(mixup.FeatureWeight, mixing.LabelWeight);
                    Assert.Equal(mixup.Partner, mixing.Partner);
                    Assert.Equal(stages, ((IMixer)method).Stages);
                },
                iter: 300
            );

    // Critical values: 2 and 1 degrees of freedom, exceeded with probability 0.001.
    [Theory]
    [InlineData(new[] { 0, 1, 2 }, 13.82)]
    [InlineData(new[] { 3, 1 }, 10.83)]
    [InlineData(new[] { 0, 2, 2 }, 10.83)]
    public void Over_the_steps_each_item_of_the_list_is_drawn_equally_often(int[] stages, double critical)
    {
        var method = new ManifoldMixup { Stages = new(stages) };
        int[] seen = ChiSquare.Count(
            Enumerable.Range(0, 30_000).Select(step => method.Mix(Step(step), Labels)!.After),
            4
        );
        double[] probability =
        [
            .. Enumerable.Range(0, 4).Select(stage => stages.Count(item => item == stage) / (double)stages.Length),
        ];
        Assert.InRange(ChiSquare.Of(seen, probability), 0, critical);
    }

    [Fact]
    public void The_stage_and_the_share_are_independent()
    {
        // The quartiles of Beta(2, 2), whose distribution function is 3 x^2 - 2 x^3.
        float[] quartiles = [0.3263518f, 0.5f, 0.6736482f];
        var method = new ManifoldMixup { Alpha = 2 };
        int[] seen = ChiSquare.Count(
            Enumerable
                .Range(0, 30_000)
                .Select(step => method.Mix(Step(step), Labels)!)
                .Select(mixing => (4 * mixing.After) + quartiles.Count(x => x < mixing.FeatureWeight[0])),
            12
        );

        // 11 degrees of freedom, exceeded with probability 0.001.
        Assert.InRange(ChiSquare.Of(seen, [.. Enumerable.Repeat(1.0 / 12, 12)]), 0, 31.26);
    }

    [Fact]
    public void The_stage_is_a_function_of_seed_epoch_and_place_alone()
    {
        var method = new ManifoldMixup { Stages = new(Enumerable.Range(0, 1000)) };
        StepContext context = Contexts.At(Counts, 3, firstPlace: 8);
        int wanted = method.Mix(context, Labels)!.After;
        int[] others =
        [
            method.Mix(Contexts.At(Counts, 4, firstPlace: 8), Labels)!.After,
            method.Mix(Contexts.At(Counts, 3, firstPlace: 16), Labels)!.After,
            method.Mix(Contexts.At(Counts, 3, firstPlace: 8, seed: 1), Labels)!.After,
        ];
        Assert.DoesNotContain(wanted, others);
        Assert.Equal(wanted, method.Mix(context with { Step = 7, LearningRate = 1 }, Labels.AsSpan(3))!.After);
    }

    [Fact]
    public void The_binary_loss_fills_the_loss_slot_and_cross_entropy_leaves_it_empty()
    {
        Phase plain = Assert.Single(Recipe.Erm.With(new ManifoldMixup()).Phases);
        Assert.Null(plain.Loss);
        Assert.Equal(new Slot<IMixer>(new ManifoldMixup(), "manifold-mixup"), plain.Mixer);

        var binary = new ManifoldMixup { Loss = Counterpoise.Methods.MixedLoss.Binary };
        Phase phase = Assert.Single(Recipe.Erm.With(binary).Phases);
        Assert.Equal(new Slot<ILoss>(new BinaryCrossEntropy(), "manifold-mixup"), phase.Loss);
        Assert.Equal(new Slot<IMixer>(binary, "manifold-mixup"), phase.Mixer);

        _ = Recipe.Erm.With(new ManifoldMixup()).With(new Focal());
        Assert.Equal(
            "methods 'manifold-mixup' and 'focal' cannot be combined: both fill the loss slot; choose one of them.",
            Assert.Throws<UsageException>(() => Recipe.Erm.With(binary).With(new Focal())).Message
        );
    }

    [Fact]
    public void Stages_are_set_as_a_list() =>
        Assert.Equal(
            [new ManifoldMixup { Stages = new(1, 2, 3) }],
            RecipeText.Set(Recipe.Erm.With(new ManifoldMixup()), "manifold-mixup.stages=[1, 2, 3]").Methods
        );

    [Fact]
    public void An_empty_list_of_stages_is_refused() =>
        Assert.Equal(
            "manifold-mixup.stages is empty, expected the stages to draw from, such as [0, 1, 2].",
            Assert
                .Throws<UsageException>(() =>
                    RecipeText.Parse("method = \"manifold-mixup\"\n[manifold-mixup]\nstages = []", "r.toml").Resolve()
                )
                .Message
        );

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public void A_stage_that_the_network_has_not_is_refused(int stage)
    {
        Recipe recipe = Recipe.Erm.With(new ManifoldMixup { Stages = new(0, stage, 3) });
        Assert.Equal(
            $"manifold-mixup mixes after stage {stage}, but resnet32 has stages 0 to 3 (input, layer1, layer2, layer3); choose from them.",
            Assert.Throws<UsageException>(() => recipe.Resolve()).Message
        );
        Recipe.Erm.With(new ManifoldMixup { Stages = new(0, 3) }).Resolve();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_step_mixes_after_the_drawn_stage_and_has_the_loss_of_both_labels(int stage)
    {
        (_, Mixing mixing) = MixedStep.Check(
            new ManifoldMixup { Stages = new(stage) },
            Contexts.At(Counts, epoch: 1),
            Labels,
            MixedStep.CrossEntropy,
            MixedStep.CrossEntropy
        );
        Assert.Equal(stage, mixing.After);
        Assert.InRange(mixing.LabelWeight![0], 0.1, 0.9);
    }

    [Fact]
    public void A_step_with_the_binary_loss_is_that_of_the_mixed_label() =>
        MixedStep.Check(
            new ManifoldMixup { Loss = Counterpoise.Methods.MixedLoss.Binary },
            Contexts.At(Counts, epoch: 1),
            Labels,
            Binary,
            (logits, mixed) => nn.functional.binary_cross_entropy(logits.softmax(1), mixed)
        );

    [Fact]
    public void The_binary_loss_is_its_formula() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[2, 8], Gen.ULong)
            .Sample(
                (examples, classes, seed) =>
                {
                    using var scope = NewDisposeScope();
                    Tensor logits = Numbers.Normal(seed, ScalarType.Float32, examples, classes);
                    int[] labels = [.. Enumerable.Range(0, examples).Select(n => n % classes)];
                    double[][] rows = [.. Numbers.Of(logits).Chunk(classes)];
                    Tensor found = new BinaryCrossEntropy().Examples(
                        logits,
                        tensor(Array.ConvertAll(labels, label => (long)label)),
                        Contexts.At(Counts)
                    );
                    Numbers.AssertClose([.. labels.Select((y, n) => Binary(rows[n], y))], Numbers.Of(found), 1e-4);
                },
                iter: 100
            );

    [Fact]
    public void The_binary_loss_of_a_certain_mistake_is_finite_and_points_to_the_label()
    {
        using var scope = NewDisposeScope();
        Tensor logits = tensor(
                new float[,]
                {
                    { 100, 0, 0 },
                }
            )
            .requires_grad_();
        Tensor loss = new BinaryCrossEntropy().Examples(logits, tensor([1L]), Contexts.At(Counts)).mean();
        loss.backward();
        double[] slope = Numbers.Of(logits.grad!);
        Assert.True(double.IsFinite(loss.item<float>()) && loss.item<float>() > 100.0 / 3);
        Assert.All(slope, value => Assert.True(double.IsFinite(value)));
        Assert.True(slope[0] > 0.1 && slope[1] < -0.1);
    }

    /// <summary>-1/C sum_c (t_c log p_c + (1 - t_c) log(1 - p_c)) with t the label and p the softmax.</summary>
    private static double Binary(double[] logits, int label)
    {
        double total = logits.Sum(Math.Exp);
        return -logits
            .Select((z, c) => Math.Log(c == label ? Math.Exp(z) / total : 1 - (Math.Exp(z) / total)))
            .Average();
    }

    private static StepContext Step(int step) =>
        Contexts.At(Counts, step / 100, 1000, (long)(step % 100) * 128, seed: 22);
}
