using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using CsCheck;

namespace Counterpoise.Tests.Methods;

/// <summary>Labels of which a share goes to all classes in equal parts.</summary>
public sealed class LabelSmoothingTests
{
    private const double Share = 0.2;

    public static TheoryData<string> Losses =>
        ["cross-entropy", "binary-cross-entropy", "balanced-softmax", "logit-adjustment", "cdt"];

    public static TheoryData<string> Names => [.. MethodCatalogue.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_that_is_linear_in_the_label_is_mixed_of_those_of_all_classes(string name)
    {
        ILoss loss = LossOf(name);
        LossInput.Mild.Sample(
            input =>
            {
                double[] smoothed = LossReference.Values(loss, input, Smoothed(input));
                int classes = input.Counts.Length;
                double[][] plain =
                [
                    .. Enumerable
                        .Range(0, classes)
                        .Select(label =>
                            LossReference.Values(loss, input with { Labels = [.. input.Labels.Select(_ => label)] })
                        ),
                ];
                for (int n = 0; n < smoothed.Length; n++)
                {
                    double wanted = ((1 - Share) * plain[input.Labels[n]][n]) + (Share * plain.Average(of => of[n]));
                    Assert.Equal(wanted, smoothed[n], 1e-5 * (1 + Math.Abs(wanted)));
                }
            },
            iter: 50
        );
    }

    [Fact]
    public void Values_and_slopes_of_the_cross_entropy_are_those_of_the_formula() =>
        LossInput.Ordinary.Sample(
            input => LossReference.AssertAgrees(new CrossEntropy(), input, (z, y, _) => Smooth(z, y), Smoothed(input)),
            iter: 50
        );

    [Fact]
    public void The_binary_cross_entropy_has_the_slopes_of_the_formula() =>
        LossInput.Mild.Sample(
            input =>
                LossReference.AssertAgrees(
                    new BinaryCrossEntropy(),
                    input,
                    (z, y, _) =>
                        z.Select(
                                (_, c) =>
                                {
                                    double target = (c == y ? 1 - Share : 0) + (Share / z.Length);
                                    return (target * LossReference.CrossEntropy(z, c))
                                        - ((1 - target) * LossReference.LogRest(z, c));
                                }
                            )
                            .Average(),
                    Smoothed(input)
                ),
            iter: 50
        );

    [Fact]
    public void Ldam_keeps_the_margin_of_the_label_for_all_of_it() =>
        LossInput.Mild.Sample(
            input =>
            {
                var ldam = new Ldam { Scale = 3 };
                double[] margins = Ldam.Margins(input.Counts, ldam.MaxMargin);
                LossReference.AssertAgrees(
                    ldam,
                    input,
                    (z, y, _) => Smooth([.. z.Select((value, c) => c == y ? value - (3 * margins[y]) : value)], y),
                    Smoothed(input)
                );
            },
            iter: 50
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_method_smooths_labels_or_is_refused_by_name(string method)
    {
        Recipe recipe = Recipe.Erm.WithMethods(method) with { Data = new() { HeldOut = 1 } };
        recipe = recipe with { Training = new TrainingSettings { LabelSmoothing = Share } };
        if (recipe.Phases.FirstOrDefault(phase => phase.Loss is { Value.SmoothsLabels: false }) is not null)
        {
            Assert.Equal(
                $"training.label_smoothing is 0.2, but the loss of {method} has no meaning for smoothed labels; "
                    + "set training.label_smoothing=0, or choose another method.",
                Assert.Throws<UsageException>(recipe.Resolve).Message
            );
            Assert.Contains(method, (string[])["focal", "seql"]);
            return;
        }

        LossInput input = new(
            [9, 4, 2],
            [
                [1, 2, 0],
                [0, -1, 3],
            ],
            [0, 1]
        );
        foreach (Phase phase in recipe.Resolve().Phases)
        {
            ILoss loss = phase.Loss?.Value ?? new CrossEntropy();
            Assert.NotEqual(LossReference.Values(loss, input), LossReference.Values(loss, input, Smoothed(input)));
        }
    }

    [Fact]
    public void A_loss_of_ones_own_that_does_not_know_of_it_is_refused()
    {
        Recipe recipe = Recipe.Erm.With(new OwnLoss()) with
        {
            Training = new TrainingSettings { LabelSmoothing = 0.1 },
        };
        Assert.Contains("the loss of own-loss has no meaning", Assert.Throws<UsageException>(recipe.Resolve).Message);
    }

    private static ILoss LossOf(string name) =>
        name switch
        {
            "cross-entropy" => new CrossEntropy(),
            "binary-cross-entropy" => new BinaryCrossEntropy(),
            _ => Recipe.Erm.WithMethods(name).Phases[0].Loss!.Value,
        };

    private static StepContext Smoothed(LossInput input) => Contexts.At(input.Counts) with { LabelSmoothing = Share };

    /// <summary>-sum_c t_c log p_c, t being the smoothed label.</summary>
    private static double Smooth(double[] z, int y) =>
        ((1 - Share) * LossReference.CrossEntropy(z, y))
        + (Share * z.Select((_, c) => LossReference.CrossEntropy(z, c)).Average());

    private sealed record OwnLoss : Method, ILoss
    {
        public override string Name => "own-loss";

        public override string Summary => "a loss of one's own";

        public TorchSharp.torch.Tensor Examples(
            TorchSharp.torch.Tensor logits,
            TorchSharp.torch.Tensor labels,
            in StepContext context
        ) => new CrossEntropy().Examples(logits, labels, context);

        public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);
    }
}
