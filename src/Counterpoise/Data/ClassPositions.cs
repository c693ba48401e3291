namespace Counterpoise.Data;

/// <summary>Where the images of each class are.</summary>
internal static class ClassPositions
{
    /// <summary>Per class, the positions of its images, ascending.</summary>
    public static int[][] Of(IReadOnlyList<int> labels, int classes)
    {
        List<int>[] positions = [.. Enumerable.Range(0, classes).Select(_ => new List<int>())];
        for (int i = 0; i < labels.Count; i++)
        {
            positions[labels[i]].Add(i);
        }

        return [.. positions.Select(list => list.ToArray())];
    }
}
