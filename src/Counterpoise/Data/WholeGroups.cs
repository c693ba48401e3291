using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>Chooses whole groups of images so that every class comes near to a number of its own.</summary>
internal static class WholeGroups
{
    /// <summary>
    /// Takes groups, from the rarest class on, as long as one brings the classes nearer to their numbers, and leaves an
    /// image of every class.
    /// </summary>
    /// <param name="labels">The label of every image.</param>
    /// <param name="groups">The group of every image.</param>
    /// <param name="wanted">How many images of each class are wanted; 0 for a class that gives none.</param>
    /// <param name="draws">Decides between groups that are as good as one another.</param>
    /// <param name="isOneAtLeast">Whether a class that gives some gives one image in any case, where it can.</param>
    /// <returns>The images of the groups taken, ascending.</returns>
    internal static int[] Choose(
        IReadOnlyList<int> labels,
        IReadOnlyList<int> groups,
        double[] wanted,
        DrawStream draws,
        bool isOneAtLeast
    )
    {
        int classes = wanted.Length;
        int[][] members = Folds.Members(labels.Count, groups);
        int[][] counts = [.. members.Select(group => ClassCounts.Of(group.Select(image => labels[image]), classes))];
        int[] sizes = ClassCounts.Of(labels, classes);
        int[] held = new int[classes];
        List<int> free = [.. draws.Permutation(members.Length)];
        List<int> taken = [];
        foreach (int c in Enumerable.Range(0, classes).Where(c => wanted[c] > 0).OrderBy(c => sizes[c]))
        {
            while (held[c] < wanted[c])
            {
                int? best = free.Where(group => counts[group][c] > 0 && LeavesSome(group))
                    .Select(group => (int?)group)
                    .MinBy(group => Distance(group!.Value));
                if (best is not { } chosen || (Distance(chosen) >= Distance(null) && !(isOneAtLeast && held[c] == 0)))
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

        // How far the classes are from their numbers, each in shares of its own.
        double Distance(int? group) =>
            Enumerable
                .Range(0, classes)
                .Sum(c =>
                    Math.Abs(held[c] + (group is null ? 0 : counts[group.Value][c]) - wanted[c])
                    / Math.Max(1, wanted[c])
                );
    }
}
