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

    /// <summary>Takes whole groups, from the rarest class on, as long as they bring the classes nearer to the number.</summary>
    private static int[] OfGroups(
        IReadOnlyList<int> labels,
        int classes,
        int perClass,
        DrawStream draws,
        IReadOnlyList<int> groups
    )
    {
        int[][] members = Folds.Members(labels.Count, groups);
        int[][] counts = [.. members.Select(group => CountsOf(group.Select(image => labels[image]), classes))];
        int[] sizes = CountsOf(labels, classes);
        int[] held = new int[classes];
        List<int> free = [.. draws.Permutation(members.Length)];
        List<int> taken = [];
        foreach (int c in Enumerable.Range(0, classes).Where(c => sizes[c] > perClass).OrderBy(c => sizes[c]))
        {
            while (held[c] < perClass)
            {
                int? best = free.Where(group => counts[group][c] > 0 && LeavesSome(group))
                    .Select(group => (int?)group)
                    .MinBy(group => Distance(group!.Value));
                if (best is not { } chosen || Distance(chosen) >= Distance(null))
                {
                    break;
                }

                free.Remove(chosen);
                taken.Add(chosen);
                for (int other = 0; other < classes; other++)
                {
                    held[other] += counts[chosen][other];
                }
            }
        }

        return [.. taken.SelectMany(group => members[group]).Order()];

        bool LeavesSome(int group) =>
            Enumerable.Range(0, classes).All(c => counts[group][c] == 0 || held[c] + counts[group][c] < sizes[c]);

        // How far the classes are from the number, where they have more images than that.
        int Distance(int? group) =>
            Enumerable
                .Range(0, classes)
                .Sum(c =>
                    Math.Abs(
                        held[c] + (group is null ? 0 : counts[group.Value][c]) - (sizes[c] > perClass ? perClass : 0)
                    )
                );
    }

    private static int[] CountsOf(IEnumerable<int> labels, int classes)
    {
        int[] counts = new int[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
