using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>Sets training images aside for choosing hyper-parameters, so that the test set never chooses them.</summary>
internal static class HeldOut
{
    /// <summary>
    /// Sets aside the same number of images of every class. A class with no more images than that keeps all of them
    /// in training and has none held out.
    /// </summary>
    /// <param name="labels">The label of every training image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="perClass">Images to set aside per class; the paper uses 3.</param>
    /// <param name="seed">The seed of the choice; another seed gives another split.</param>
    /// <param name="split">Which of the seed's splits, from 0.</param>
    /// <param name="groups">The group of every image, which stays whole; null for none.</param>
    /// <returns>The positions to train on and those set aside, both ascending, together every position once.</returns>
    public static (int[] Train, int[] HeldOut) Split(
        IReadOnlyList<int> labels,
        int classes,
        int perClass,
        ulong seed,
        int split = 0,
        IReadOnlyList<int>? groups = null
    )
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(perClass);
        ArgumentOutOfRangeException.ThrowIfNegative(split);
        int[] heldOut = groups is null
            ? OfImages(labels, classes, perClass, seed, split)
            : OfGroups(labels, classes, perClass, new Draws(seed).At(DrawPurpose.HeldOut, split, 0), groups);
        var aside = heldOut.ToHashSet();
        return ([.. Enumerable.Range(0, labels.Count).Where(image => !aside.Contains(image))], heldOut);
    }

    private static int[] OfImages(IReadOnlyList<int> labels, int classes, int perClass, ulong seed, int split)
    {
        List<int> heldOut = [];
        int[][] positions = ClassPositions.Of(labels, classes);
        for (int c = 0; c < classes; c++)
        {
            int taken = positions[c].Length > perClass ? perClass : 0;
            new Draws(seed).At(DrawPurpose.HeldOut, split, c).Shuffle(positions[c].AsSpan());
            heldOut.AddRange(positions[c].AsSpan(0, taken));
        }

        return [.. heldOut.Order()];
    }

    /// <summary>Whole groups; a class with no more images than the number gives none.</summary>
    private static int[] OfGroups(
        IReadOnlyList<int> labels,
        int classes,
        int perClass,
        DrawStream draws,
        IReadOnlyList<int> groups
    )
    {
        double[] wanted =
        [
            .. ClassPositions.Of(labels, classes).Select(images => images.Length > perClass ? perClass : 0.0),
        ];
        return WholeGroups.Choose(labels, groups, wanted, draws, isOneAtLeast: false);
    }
}
