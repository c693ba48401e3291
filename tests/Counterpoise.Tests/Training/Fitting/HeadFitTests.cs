using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Training.Fitting;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training.Fitting;

public sealed class HeadFitTests
{
    private const int Features = 4;
    private static readonly int[] Counts = [60, 20, 6];

    [Theory]
    [InlineData("erm", 0.01)]
    [InlineData("erm", 1)]
    [InlineData("class-balanced", 0.01)]
    [InlineData("logit-adjustment", 0.01)]
    public void The_least_value_is_that_of_plain_arithmetic(string method, double penalty)
    {
        using var scope = NewDisposeScope();
        FeatureTable table = Table(1);
        Phase phase = PhaseOf(method);
        using LinearHead head = Head();
        using var one = new HeadCopies(head, 1, Head, Counts.Length);

        Minima found = new HeadFit(phase, new Draws(0), CancellationToken.None).Fit(one, table, null, penalty);

        one.CopyFirst(head);
        Assert.True(found.LargestGradients[0] <= HeadFit.Tolerance);
        double[] weights = method == "class-balanced" ? [.. WeightsOf(phase)] : [1, 1, 1];
        double[] prior =
            method == "logit-adjustment"
                ? [.. Counts.Select(count => Math.Log((double)count / Counts.Sum()))]
                : [0, 0, 0];
        (double[,] weight, double[] bias) = Reference(table, weights, prior, penalty);
        for (int c = 0; c < Counts.Length; c++)
        {
            Assert.Equal(bias[c] - bias[0], (head.Bias[c] - head.Bias[0]).item<float>(), 1e-3);
            for (int d = 0; d < Features; d++)
            {
                Assert.Equal(weight[c, d], head.Weight[c, d].item<float>(), 1e-3);
            }
        }
    }

    [Theory]
    [InlineData("erm")]
    [InlineData("class-balanced")]
    public void The_least_value_on_views_is_that_of_plain_arithmetic_in_which_they_share_their_images_weight(
        string method
    )
    {
        using var scope = NewDisposeScope();
        FeatureTable table = WithViews(Table(1));
        Phase phase = PhaseOf(method);
        using LinearHead head = Head();
        using var one = new HeadCopies(head, 1, Head, Counts.Length);

        Minima found = new HeadFit(phase, new Draws(0), CancellationToken.None).Fit(one, table, null, 0.01);

        one.CopyFirst(head);
        Assert.True(found.LargestGradients[0] <= HeadFit.Tolerance);
        double[] weights = method == "class-balanced" ? [.. WeightsOf(phase)] : [1, 1, 1];
        (double[,] weight, double[] bias) = Reference(table, weights, [0, 0, 0], 0.01);
        for (int c = 0; c < Counts.Length; c++)
        {
            Assert.Equal(bias[c] - bias[0], (head.Bias[c] - head.Bias[0]).item<float>(), 1e-3);
            for (int d = 0; d < Features; d++)
            {
                Assert.Equal(weight[c, d], head.Weight[c, d].item<float>(), 1e-3);
            }
        }
    }

    /// <summary>What is held out is predicted as it is, and its views have no part in what predicts it.</summary>
    [Fact]
    public void No_view_of_a_held_out_image_is_fitted_on()
    {
        using var scope = NewDisposeScope();
        var fit = new HeadFit(PhaseOf("logit-adjustment"), new Draws(0), CancellationToken.None);
        FeatureTable table = WithViews(Table(1));
        TrainingFolds folds = table.FoldsOf(3);
        int held = folds.Held[0];
        Tensor said = Said();
        int[] others = [.. Enumerable.Range(0, table.Labels.Count).Where(image => folds[image] != held)];

        // Views of the fold that say the opposite.
        for (int row = table.Labels.Count; row < table.Rows.Count; row++)
        {
            if (folds[table.Rows[row]] == held)
            {
                table.Maps[row] = -7 * table.Maps[row];
            }
        }

        Tensor poisoned = Said();

        Assert.Equal(table.Labels.Count, said.shape[0]);
        using var head = new HeadCopies(Head(), 1, Head, Counts.Length);
        fit.Fit(head, table.At(others), null, 0.01);
        foreach (int image in folds.Of(held))
        {
            Tensor logits = head.Head.call(table.Maps.narrow(0, image, 1))[0].detach();
            Assert.Equal(Probabilities(logits), Probabilities(said[image]), (a, b) => Math.Abs(a - b) < 1e-3);
            Assert.Equal(Probabilities(logits), Probabilities(poisoned[image]), (a, b) => Math.Abs(a - b) < 1e-3);
        }

        Tensor Said() => new PenaltyChoice(fit, Head(), Head).Choose(table, folds, [0.01]).Logits;

        static double[] Probabilities(Tensor of) => [.. nn.functional.softmax(of, 0).data<double>()];
    }

    [Fact]
    public void A_cosine_classifier_and_margins_come_to_rest()
    {
        using var scope = NewDisposeScope();
        Recipe recipe = Recipe.Erm.With(NetworkCatalogue.Find("features4")).With(new Ldam());
        using StagedNetwork network = recipe.Network.Create(Counts.Length, new Draws(1));
        using Head head = recipe.Phases[0].Head!.Value.Create(network, new HeadPlace(Counts.Length, 32, new Draws(2)));
        using var two = new HeadCopies(
            head,
            2,
            classes => recipe.Phases[0].Head!.Value.Create(network, new HeadPlace(classes, 32, new Draws(2))),
            Counts.Length
        );
        FeatureTable table = Table(1);
        bool[][] isSeen =
        [
            [.. table.Labels.Select(_ => true)],
            [.. table.Labels.Select((_, row) => row % 3 > 0)],
        ];

        Minima found = new HeadFit(recipe.Phases[0], new Draws(0), CancellationToken.None).Fit(
            two,
            table,
            isSeen,
            0.01
        );

        Assert.All(found.LargestGradients, largest => Assert.InRange(largest, 0, HeadFit.Tolerance));
    }

    [Fact]
    public void The_penalty_is_the_one_that_predicts_images_it_has_not_seen_best()
    {
        using var scope = NewDisposeScope();
        var fit = new HeadFit(PhaseOf("erm"), new Draws(0), CancellationToken.None);
        FeatureTable table = Table(1);

        ChosenPenalty chosen = new PenaltyChoice(fit, Head(), Head).Choose(
            table,
            table.FoldsOf(0),
            PenaltyChoice.Penalties
        );

        // The slow way: every penalty from the start, on the same folds, without warm starts.
        int[] folds = Folds.Of(table.Labels, table.Classes, null, TrainingFolds.Usual, 0);
        double[] losses =
        [
            .. PenaltyChoice.Penalties.Select(penalty =>
            {
                Tensor logits = zeros(table.Labels.Count, table.Classes, dtype: float64);
                for (int held = 0; held < TrainingFolds.Usual; held++)
                {
                    using var head = new HeadCopies(Head(), 1, Head, Counts.Length);
                    int[] rows = [.. Enumerable.Range(0, folds.Length).Where(row => folds[row] != held)];
                    fit.Fit(head, table.At(rows), null, penalty);
                    foreach (int row in Enumerable.Range(0, folds.Length).Where(row => folds[row] == held))
                    {
                        logits[row] = head.Head.call(table.At([row]).Maps)[0].detach();
                    }
                }

                return Enumerable.Range(-60, 121).Min(step => LogLoss(logits / Math.Exp(step / 20.0), table.Labels));
            }),
        ];
        Assert.Equal(losses.Min(), chosen.Loss, 2e-3);
        Assert.Equal(PenaltyChoice.Penalties[Array.IndexOf(losses, losses.Min())], chosen.Penalty);
    }

    [Theory]
    [InlineData(new[] { 1.0, 0.8, 0.9, 1.0, 1.1 }, true)]
    [InlineData(new[] { 1.0, 0.8, 0.9, 1.0 }, false)]
    [InlineData(new[] { 1.0, 0.8, 0.9, 0.85, 1.0, 1.1 }, false)]
    [InlineData(new[] { 1.0, 0.8, 0.801, 0.802, 0.803 }, false)]
    [InlineData(new[] { 0.8, 0.9, 1.0, 1.1 }, true)]
    [InlineData(new[] { 0.8, 0.9, 1.0 }, false)]
    public void Smaller_penalties_are_left_once_the_loss_has_risen_three_times_and_by_a_fiftieth(
        double[] losses,
        bool isPast
    ) => Assert.Equal(isPast, PenaltyChoice.HasRisen(losses));

    [Fact]
    public void What_is_said_of_a_fold_is_said_by_a_classifier_fitted_without_it()
    {
        using var scope = NewDisposeScope();
        var fit = new HeadFit(PhaseOf("logit-adjustment"), new Draws(0), CancellationToken.None);
        FeatureTable table = Table(1);
        TrainingFolds folds = table.FoldsOf(3);

        using Tensor said = new PenaltyChoice(fit, Head(), Head).Choose(table, folds, [0.01]).Logits;

        foreach (int held in folds.Held)
        {
            using var head = new HeadCopies(Head(), 1, Head, Counts.Length);
            int[] rows = [.. Enumerable.Range(0, table.Labels.Count).Where(row => folds[row] != held)];
            fit.Fit(head, table.At(rows), null, 0.01);
            foreach (int row in folds.Of(held))
            {
                Tensor logits = head.Head.call(table.At([row]).Maps)[0].detach();
                Assert.Equal(
                    [.. logits.data<double>()],
                    [.. said[row].data<double>()],
                    (a, b) => Math.Abs(a - b) < 1e-2
                );
            }
        }
    }

    [Fact]
    public void A_class_of_one_image_is_always_fitted_on()
    {
        using var scope = NewDisposeScope();
        FeatureTable table = Table(1).At([.. Enumerable.Range(0, 81)]); // One image of the third class.
        var fit = new HeadFit(PhaseOf("logit-adjustment"), new Draws(0), CancellationToken.None);

        ChosenPenalty chosen = new PenaltyChoice(fit, Head(), Head).Choose(
            table,
            table.FoldsOf(0),
            PenaltyChoice.Penalties
        );

        Assert.True(double.IsFinite(chosen.Loss));
        Assert.Equal(0, chosen.Logits[80].abs().max().item<double>());
        Assert.True(chosen.Logits[79].abs().max().item<double>() > 0);
        Assert.Empty(table.At([0, 60, 80]).FoldsOf(0).Held);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        FeatureTable table = Table(1);
        var fit = new HeadFit(PhaseOf("erm"), new Draws(0), CancellationToken.None);
        using LinearHead from = Head();
        using var head = new HeadCopies(from, 1, Head, Counts.Length);
        fit.Fit(head, table, null, 0.1).Points.Dispose();
        long before = LiveTensors.Count();

        fit.Fit(head, table, null, 0.01).Points.Dispose();

        Assert.Equal(before, LiveTensors.Count());
        table.Dispose();
    }

    private static IReadOnlyList<double> WeightsOf(Phase phase) =>
        phase.Weights!.Value.At(new StepContext(0, 0, 1, 0, 0, Counts, new Draws(0), 0))!;

    private static Phase PhaseOf(string method) => Recipe.Erm.WithMethods(method).Phases[0];

    private static LinearHead Head() => Head(Counts.Length);

    private static LinearHead Head(int classes) => new(Features, classes);

    /// <summary>Overlapping clouds around a mean for each class.</summary>
    private static FeatureTable Table(ulong seed)
    {
        int[] labels = [.. Counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
        var draws = new Draws(seed);
        double[] numbers =
        [
            .. labels.SelectMany(
                (label, image) =>
                {
                    DrawStream stream = draws.At(DrawPurpose.Order, 0, image);
                    return Enumerable
                        .Range(0, Features)
                        .Select(d => stream.NextNormal() + (d == label ? 1.0 : 0))
                        .ToArray();
                }
            ),
        ];
        return new FeatureTable(
            tensor(numbers).view(labels.Length, Features, 1, 1).DetachFromDisposeScope(),
            labels,
            Groups: null,
            Counts.Length
        );
    }

    /// <summary>The same images, and of each none, one or two views beside it, somewhere else.</summary>
    private static FeatureTable WithViews(FeatureTable table)
    {
        int[] views =
        [
            .. Enumerable.Range(0, table.Labels.Count).SelectMany(image => Enumerable.Repeat(image, image % 3)),
        ];
        Tensor noise = tensor([
            .. Enumerable
                .Range(0, views.Length * Features)
                .Select(i => new Draws(9).At(DrawPurpose.Order, 0, i).NextNormal()),
        ]);
        Tensor shown = table.Maps.index_select(0, tensor(Array.ConvertAll(views, image => (long)image)));
        return table with
        {
            Maps = cat([table.Maps, shown + noise.view(-1, Features, 1, 1)]).DetachFromDisposeScope(),
            Rows = new ImageRows(table.Labels.Count, views),
        };
    }

    private static double LogLoss(Tensor logits, IReadOnlyList<int> labels) =>
        Enumerable
            .Range(0, Counts.Length)
            .Average(label =>
                labels
                    .Index()
                    .Where(row => row.Item == label)
                    .Average(row => -nn.functional.log_softmax(logits[row.Index], 0)[label].item<double>())
            );

    /// <summary>Gradient descent with a small step for a long time, in plain loops.</summary>
    private static (double[,] Weight, double[] Bias) Reference(
        FeatureTable table,
        double[] classWeights,
        double[] prior,
        double penalty
    )
    {
        int classes = Counts.Length;
        double[] x = table.Maps.data<double>().ToArray();
        double total = table.Labels.Sum(label => classWeights[label]);
        int[] images = [.. Enumerable.Range(0, table.Labels.Count), .. table.Rows.Views];
        double[] shares = Array.ConvertAll(images, image => 1.0 / images.Count(other => other == image));
        double[,] weight = new double[classes, Features];
        double[] bias = new double[classes];
        double[] logits = new double[classes];
        for (int step = 0; step < 20_000; step++)
        {
            double[,] ofWeight = new double[classes, Features];
            double[] ofBias = new double[classes];
            for (int n = 0; n < images.Length; n++)
            {
                int label = table.Labels[images[n]];
                for (int c = 0; c < classes; c++)
                {
                    logits[c] = bias[c] + prior[c];
                    for (int d = 0; d < Features; d++)
                    {
                        logits[c] += weight[c, d] * x[(n * Features) + d];
                    }
                }

                double sum = logits.Sum(Math.Exp);
                for (int c = 0; c < classes; c++)
                {
                    double error =
                        ((Math.Exp(logits[c]) / sum) - (c == label ? 1 : 0)) * classWeights[label] * shares[n] / total;
                    ofBias[c] += error;
                    for (int d = 0; d < Features; d++)
                    {
                        ofWeight[c, d] += error * x[(n * Features) + d];
                    }
                }
            }

            for (int c = 0; c < classes; c++)
            {
                bias[c] -= 0.3 * ofBias[c];
                for (int d = 0; d < Features; d++)
                {
                    weight[c, d] -= 0.3 * (ofWeight[c, d] + (penalty * weight[c, d]));
                }
            }
        }

        return (weight, bias);
    }
}
