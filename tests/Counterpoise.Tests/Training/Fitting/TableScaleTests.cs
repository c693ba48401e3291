using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Training.Fitting;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training.Fitting;

/// <summary>Scales of features, against plain loops, and the choice among them.</summary>
public sealed class TableScaleTests
{
    private const int Features = 4;
    private static readonly int[] Counts = [30, 30, 28];

    [Theory]
    [InlineData(FeatureScale.Dimension)]
    [InlineData(FeatureScale.Length)]
    public void A_scale_is_measured_on_the_images_that_are_seen_and_no_view(FeatureScale scale)
    {
        using var scope = NewDisposeScope();
        FeatureTable table = Table(constant: 2);
        bool[] isSeen = [.. table.Labels.Select((_, image) => image % 3 > 0)];

        FeatureTable found = TableScale.Of(table, isSeen, scale).Apply(table);

        double[][] rows = [.. Numbers.Of(table.Maps).Chunk(Features)];
        double[][] wanted = Scaled(rows, [.. rows.Take(table.Labels.Count).Where((_, image) => isSeen[image])], scale);
        Assert.Equal(wanted.SelectMany(row => row), Numbers.Of(found.Maps), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Same(table.Rows, found.Rows);
        Assert.True(found.Maps.isfinite().all().item<bool>());
    }

    /// <summary>The slow way: every scale, penalty and fold from the start, in a scale of its own.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_scale_and_the_penalty_are_those_that_predict_images_best_that_they_have_not_seen(int kind)
    {
        using var scope = NewDisposeScope();
        FeatureTable table = Table(constant: -1, kind);
        var fit = new HeadFit(Recipe.Erm.Phases[0], new Draws(0), CancellationToken.None);
        TrainingFolds folds = table.FoldsOf(0);
        double[] penalties = [1, 0.01, 0.0001];

        ChosenPenalty chosen = new PenaltyChoice(fit, Head(3), Head).Choose(table, folds, penalties, TableScale.All);

        double[][] rows = [.. Numbers.Of(table.Maps).Chunk(Features)];
        (FeatureScale Scale, double Penalty, double Loss, Tensor Logits)[] ways =
        [
            .. TableScale.All.SelectMany(scale =>
                penalties.Select(penalty =>
                {
                    Tensor logits = zeros(table.Labels.Count, table.Classes, dtype: float64);
                    foreach (int held in folds.Held)
                    {
                        int[] others =
                        [
                            .. Enumerable.Range(0, table.Labels.Count).Where(image => folds[image] != held),
                        ];
                        double[][] scaled = Scaled(rows, [.. others.Select(image => rows[image])], scale);
                        var own = new FeatureTable(
                            tensor(scaled.SelectMany(row => row).ToArray()).view(-1, Features, 1, 1),
                            table.Labels,
                            Groups: null,
                            table.Classes
                        )
                        {
                            Rows = table.Rows,
                        };
                        using var head = new HeadCopies(Head(3), 1, Head, table.Classes);
                        fit.Fit(head, own.At(others), null, penalty);
                        foreach (int image in folds.Of(held))
                        {
                            logits[image] = head.Head.call(own.Maps.narrow(0, image, 1))[0].detach();
                        }
                    }

                    double loss = Enumerable
                        .Range(-60, 121)
                        .Min(step => LogLoss(logits / Math.Exp(step / 20.0), table.Labels));
                    return (scale, penalty, loss, logits);
                })
            ),
        ];
        var best = ways.MinBy(way => way.Loss);
        Assert.Equal(kind == 1 ? FeatureScale.Dimension : FeatureScale.Length, best.Scale);
        Assert.Equal((best.Scale, best.Penalty), (chosen.Scale, chosen.Penalty));
        Assert.Equal(best.Loss, chosen.Loss, 2e-3);

        // What is said of an image is one of the ways, that which the other folds choose.
        for (int image = 0; image < table.Labels.Count; image++)
        {
            double[] said = [.. nn.functional.softmax(chosen.Logits[image], 0).data<double>()];
            Assert.Contains(
                ways,
                way =>
                    nn.functional.softmax(way.Logits[image], 0)
                        .data<double>()
                        .ToArray()
                        .Zip(said, (a, b) => Math.Abs(a - b))
                        .Max() < 1e-3
            );
        }
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        FeatureTable table = Table(constant: -1);
        Apply();
        long before = LiveTensors.Count();

        Apply();

        Assert.Equal(before, LiveTensors.Count());
        table.Dispose();

        void Apply()
        {
            using var scope = NewDisposeScope();
            using FeatureTable scaled = TableScale.Of(table, null, FeatureScale.Dimension).Apply(table);
            _ = scaled.Spectrum;
        }
    }

    private static LinearHead Head(int classes) => new(Features, classes);

    private static double LogLoss(Tensor logits, IReadOnlyList<int> labels) =>
        Enumerable
            .Range(0, Counts.Length)
            .Average(label =>
                labels
                    .Index()
                    .Where(row => row.Item == label)
                    .Average(row => -nn.functional.log_softmax(logits[row.Index], 0)[label].item<double>())
            );

    /// <summary>Means of classes that are 0 together.</summary>
    private static double Mean(int feature, int label) =>
        feature == label ? 1
        : feature < Counts.Length ? -0.5
        : 0;

    private static double[][] Scaled(double[][] rows, double[][] seen, FeatureScale scale)
    {
        if (scale == FeatureScale.Common)
        {
            return rows;
        }

        double[] mean = [.. Enumerable.Range(0, Features).Select(d => seen.Average(row => row[d]))];
        double[] deviation =
        [
            .. Enumerable
                .Range(0, Features)
                .Select(d => Math.Sqrt(seen.Average(row => (row[d] - mean[d]) * (row[d] - mean[d])))),
        ];
        double[][] centred = [.. rows.Select(row => row.Select((value, d) => value - mean[d]).ToArray())];
        return
        [
            .. centred.Select(row =>
            {
                double length = Math.Sqrt(row.Sum(value => value * value));
                return row.Select(
                        (value, d) =>
                            scale == FeatureScale.Length ? value / length * Math.Sqrt(Features)
                            : deviation[d] > 0 ? value / deviation[d]
                            : value
                    )
                    .ToArray();
            }),
        ];
    }

    /// <summary>Clouds around a mean for each class, with a view of every fourth image.</summary>
    /// <param name="constant">The feature that is the same for all; -1 for none.</param>
    /// <param name="kind">1 where the features that tell classes apart are small; 2 where vectors have lengths that say nothing.</param>
    private static FeatureTable Table(int constant, int kind = 0)
    {
        int[] labels = [.. Counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
        int[] views = [.. Enumerable.Range(0, labels.Length).Where(image => image % 4 == 0)];
        int[] images = [.. Enumerable.Range(0, labels.Length), .. views];
        double[] numbers =
        [
            .. images.SelectMany(
                (image, row) =>
                {
                    DrawStream stream = new Draws(5).At(DrawPurpose.Order, 0, row);
                    double length =
                        kind == 2 ? 1 + (5 * stream.NextInt(2))
                        : kind == 1 ? 0.01
                        : 1;
                    double noise = kind == 2 ? 0.5 : 0.6;
                    return Enumerable
                        .Range(0, Features)
                        .Select(d =>
                            d == constant ? 0
                            : d == 3 && kind == 1 ? stream.NextNormal()
                            : length * ((noise * stream.NextNormal()) + Mean(d, labels[image]))
                        )
                        .ToArray();
                }
            ),
        ];
        return new FeatureTable(
            tensor(numbers).view(-1, Features, 1, 1).DetachFromDisposeScope(),
            labels,
            Groups: null,
            Counts.Length
        )
        {
            Rows = new ImageRows(labels.Length, views),
        };
    }
}
