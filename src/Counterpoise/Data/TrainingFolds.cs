namespace Counterpoise.Data;

/// <summary>Training images divided into folds, each to be predicted by a classifier that has not seen it.</summary>
internal sealed class TrainingFolds
{
    /// <summary>How many folds are usual, where every class has as many images.</summary>
    internal const int Usual = 5;

    private const int None = -1;
    private readonly int[] folds;

    private TrainingFolds(int[] folds)
    {
        this.folds = folds;
        Held = [.. folds.Where(fold => fold != None).Distinct().Order()];
        Predicted = [.. Where(fold => fold != None)];
    }

    /// <summary>The folds that are predicted; none where no class has images, or groups, in two folds.</summary>
    internal IReadOnlyList<int> Held { get; }

    /// <summary>The images that are predicted.</summary>
    internal IReadOnlyList<int> Predicted { get; }

    /// <summary>Divides images; of a class that would be in one fold alone, all images are always trained on.</summary>
    /// <param name="labels">The label of every image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="groups">The group of every image, which stays whole; null for none.</param>
    /// <param name="count">How many folds, 2 or more.</param>
    /// <param name="seed">The data seed, which divides them.</param>
    internal static TrainingFolds Of(
        IReadOnlyList<int> labels,
        int classes,
        IReadOnlyList<int>? groups,
        int count,
        ulong seed
    )
    {
        int[] all = Folds.Of(labels, classes, groups, count, seed);
        HashSet<int> divided =
        [
            .. labels
                .Zip(all)
                .Distinct()
                .GroupBy(pair => pair.First)
                .Where(label => label.Count() > 1)
                .Select(label => label.Key),
        ];
        return new TrainingFolds([.. all.Select((fold, image) => divided.Contains(labels[image]) ? fold : None)]);
    }

    /// <summary>The fold of an image that is predicted.</summary>
    internal int this[int image] => folds[image];

    /// <summary>The images of a fold.</summary>
    internal int[] Of(int fold) => [.. Where(other => other == fold)];

    /// <summary>Whether each image is trained on where a fold is held out.</summary>
    internal bool[] SeenWithout(int fold) => Array.ConvertAll(folds, other => other != fold);

    private IEnumerable<int> Where(Func<int, bool> which) =>
        folds.Index().Where(image => which(image.Item)).Select(image => image.Index);
}

/// <summary>Training images that are held out.</summary>
/// <param name="Fold">The fold that they are, from 0; null where they are some of each class.</param>
/// <param name="Positions">Where they are among all training images, in order.</param>
/// <param name="Groups">The group of each; null for none.</param>
internal sealed record HeldOutPart(int? Fold, IReadOnlyList<int> Positions, IReadOnlyList<int>? Groups);
