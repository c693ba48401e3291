using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>
/// Divides images into folds of which each has about the same share of every class. Groups stay whole: they are dealt
/// from the largest on, each to the fold that has the smallest share of its classes so far.
/// </summary>
internal static class Folds
{
    /// <summary>The fold of every image, from 0.</summary>
    /// <param name="labels">The label of every image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="groups">The group of every image; null where each is one by itself.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <param name="seed">The data seed that the choice depends on.</param>
    internal static int[] Of(IReadOnlyList<int> labels, int classes, IReadOnlyList<int>? groups, int folds, ulong seed)
    {
        int[][] members = Members(labels.Count, groups);
        int[] sizes = new int[classes];
        foreach (int label in labels)
        {
            sizes[label]++;
        }

        int[] order = new Draws(seed).At(DrawPurpose.TestSplit, 2, 0).Permutation(members.Length);
        double[,] shares = new double[folds, classes];
        int[] totals = new int[folds];
        int[] result = new int[labels.Count];
        foreach (int group in order.OrderByDescending(group => members[group].Length))
        {
            (int Label, double Share)[] held =
            [
                .. members[group]
                    .GroupBy(image => labels[image])
                    .Select(same => (same.Key, (double)same.Count() / sizes[same.Key])),
            ];
            int fold = Enumerable
                .Range(0, folds)
                .MinBy(candidate => (held.Sum(part => part.Share * shares[candidate, part.Label]), totals[candidate]));
            foreach ((int label, double share) in held)
            {
                shares[fold, label] += share;
            }

            totals[fold] += members[group].Length;
            foreach (int image in members[group])
            {
                result[image] = fold;
            }
        }

        return result;
    }

    /// <summary>The images of every group.</summary>
    internal static int[][] Members(int images, IReadOnlyList<int>? groups) =>
        groups is null
            ? [.. Enumerable.Range(0, images).Select(image => new[] { image })]
            : [.. Enumerable.Range(0, images).GroupBy(image => groups[image]).Select(group => group.ToArray())];
}
