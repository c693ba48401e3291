using Counterpoise.Metrics;

namespace Counterpoise.Tuning;

/// <summary>
/// Compares candidates by what each says of training images that it has not seen: the folds that all of them have are
/// pooled, and differences are paired, image by image.
/// </summary>
/// <remarks>
/// The best score of several is better than what it is the score of, for it was picked (the winner's curse): scores here are
/// to choose by, not to claim.
/// </remarks>
internal sealed class FoldComparison
{
    /// <summary>The chance of leaving out even one candidate that is as good as the leader.</summary>
    internal const double Level = 0.05;

    private readonly int[][] predicted;
    private readonly PairedBootstrap bootstrap;

    /// <summary>Compares.</summary>
    /// <param name="candidates">What each says, on the same images.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    internal FoldComparison(IReadOnlyList<PredictedImages> candidates, ulong seed)
    {
        PredictedImage[][] said =
        [
            .. candidates.Select(candidate => candidate.Images.OrderBy(image => image.Position).ToArray()),
        ];
        int[] positions = [.. said[0].Select(image => image.Position)];
        if (said.Any(images => !images.Select(image => image.Position).SequenceEqual(positions)))
        {
            throw new ArgumentException("The candidates are about different images.", nameof(candidates));
        }

        int[] labels = [.. said[0].Select(image => image.Label)];
        predicted = [.. said.Select(images => images.Select(image => image.Predicted).ToArray())];
        Scores = [.. said.Select(images => HeldOutScore.Of(labels, [.. images.Select(image => image.IsRight)]))];
        Leader = Scores.Index().MaxBy(score => (Math.Round(score.Item.Accuracy, 9), -score.Index)).Index;
        bootstrap = new PairedBootstrap(
            labels,
            said[0].All(image => image.Group is null) ? null : [.. said[0].Select(image => image.Group ?? -1)],
            candidates[0].Classes.Count,
            DecisionMetric.BalancedAccuracy,
            seed
        );
        Differences = [.. predicted.Select(classes => bootstrap.Of(classes, predicted[Leader]))];
        int[] others = [.. Enumerable.Range(0, candidates.Count).Where(candidate => candidate != Leader)];
        bool[] worse = Holm.Rejected([.. others.Select(other => Differences[other].NotBelow)], Level);
        IsWorse =
        [
            .. Enumerable
                .Range(0, candidates.Count)
                .Select(candidate => candidate != Leader && worse[Array.IndexOf(others, candidate)]),
        ];
    }

    /// <summary>The balanced accuracy of each on the pooled images.</summary>
    internal IReadOnlyList<HeldOutScore> Scores { get; }

    /// <summary>The best of them, the first of equal ones.</summary>
    internal int Leader { get; }

    /// <summary>Each one less the leader.</summary>
    internal IReadOnlyList<PairedDifference> Differences { get; }

    /// <summary>Whether each is told apart from the leader, after Holm's correction.</summary>
    internal IReadOnlyList<bool> IsWorse { get; }

    /// <summary>One candidate's balanced accuracy less another's.</summary>
    internal PairedDifference DifferenceOf(int one, int other) => bootstrap.Of(predicted[one], predicted[other]);
}
