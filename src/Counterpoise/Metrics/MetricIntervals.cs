using System.Text.Json.Nodes;

namespace Counterpoise.Metrics;

/// <summary>Where metrics lie with 95 % confidence, by the choice of images: other training seeds vary more.</summary>
/// <remarks>
/// Recall and precision of a class have Wilson's interval, which the bootstrap makes empty at 0 and 100 %; where images come
/// in groups, whole groups are drawn instead. All others are of <see cref="ImageDraws"/>.
/// </remarks>
internal sealed record MetricIntervals
{
    private const string AveragePrecision = "macro_average_precision";
    private const string Auroc = "macro_auroc";
    private const long MostWork = 4_000_000_000;

    /// <summary>Of the metrics of <see cref="DecisionMetric.All"/>, and of macro AP and AUROC where images are not too many, by key.</summary>
    internal required IReadOnlyDictionary<string, Interval> OfSet { get; init; }

    /// <summary>Whether macro AP and AUROC have one.</summary>
    internal bool HasAreas => OfSet.ContainsKey(Auroc);

    /// <summary>Of each class's recall, in percent; null for a class without images.</summary>
    internal required IReadOnlyList<Interval?> Recall { get; init; }

    /// <summary>Of each class's precision; null for a class that is never predicted.</summary>
    internal required IReadOnlyList<Interval?> Precision { get; init; }

    /// <summary>Of each class's F1; null for a class that has no images and is never predicted.</summary>
    internal required IReadOnlyList<Interval?> F1 { get; init; }

    /// <param name="said">What a classifier says.</param>
    /// <param name="seed">The seed of the draws.</param>
    internal static MetricIntervals Of(PredictedImages said, ulong seed = 0)
    {
        (int[] labels, int[] predicted, int[]? groups) = (said.Labels, said.Predicted, said.Groups);
        int classes = said.Classes.Count;
        bool ranks = (long)ImageDraws.Resamples * labels.Length * classes <= MostWork;
        Ranking[] rankings = ranks
            ? [.. Enumerable.Range(0, classes).AsParallel().AsOrdered().Select(said.Ranking)]
            : [];
        string[] keys =
        [
            .. DecisionMetric.All.Select(metric => metric.Key),
            .. ranks ? new[] { AveragePrecision, Auroc } : [],
        ];
        double[][] drawn = new ImageDraws(labels, groups, seed).Distributions(
            () => (Tallies: new ClassTallies(classes), Times: new int[labels.Length]),
            (scratch, image) =>
            {
                scratch.Tallies.Add(labels[image], predicted[image]);
                scratch.Times[image]++;
            },
            scratch =>
            {
                double[] numbers = [.. Numbers(scratch.Tallies), .. Areas(rankings, scratch.Times)];
                scratch.Tallies.Clear();
                Array.Clear(scratch.Times);
                return numbers;
            }
        );
        Interval[] found = [.. drawn.Select(ImageDraws.Middle)];
        int ofClasses = DecisionMetric.All.Count;
        int ofRankings = ofClasses + (3 * classes);
        var tallies = ClassTallies.Of(predicted, labels, classes);
        return new MetricIntervals
        {
            OfSet = keys.Zip([.. found[..ofClasses], .. found[ofRankings..]]).ToDictionary(),
            Recall = OfClasses(0, c => (tallies.Right[c], tallies.Images[c])),
            Precision = OfClasses(1, c => (tallies.Right[c], tallies.Predictions[c])),
            F1 =
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(c => tallies.F1(c) is null ? (Interval?)null : found[ofClasses + (2 * classes) + c]),
            ],
        };

        IReadOnlyList<Interval?> OfClasses(int place, Func<int, (int Found, int All)> share) =>
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(c =>
                        share(c) is not (var part, > 0 and var all) ? (Interval?)null
                        : groups is null ? Interval.Wilson(part, all).Times(100)
                        : found[ofClasses + (place * classes) + c]
                    ),
            ];
    }

    internal JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach ((string key, Interval interval) in OfSet)
        {
            json[key] = interval.ToJson();
        }

        json["per_class_recall"] = List(Recall);
        json["per_class_precision"] = List(Precision);
        json["per_class_f1"] = List(F1);
        return json;

        static JsonArray List(IReadOnlyList<Interval?> intervals) =>
            [.. intervals.Select(interval => (JsonNode?)interval?.ToJson())];
    }

    private static IEnumerable<double> Numbers(ClassTallies tallies)
    {
        IEnumerable<int> classes = Enumerable.Range(0, tallies.Classes);
        return
        [
            .. DecisionMetric.All.Select(metric => metric.Of(tallies) ?? 0),
            .. classes.Select(c => tallies.Recall(c) ?? 0),
            .. classes.Select(c => tallies.Precision(c) ?? 0),
            .. classes.Select(c => tallies.F1(c) ?? 0),
        ];
    }

    private static double[] Areas(Ranking[] rankings, int[] times)
    {
        if (rankings.Length == 0)
        {
            return [];
        }

        RankingAreas[] areas = [.. rankings.Select(ranking => ranking.Areas(times))];
        return
        [
            100 * (areas.Average(area => area.AveragePrecision) ?? 0),
            100 * (areas.Average(area => area.Auroc) ?? 0),
        ];
    }
}
