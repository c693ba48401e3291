namespace Counterpoise.Data;

/// <summary>How many images each class has.</summary>
internal static class ClassCounts
{
    /// <summary>Per class, the number of its images.</summary>
    /// <param name="images">The images.</param>
    public static int[] Of(IImageSource images) => Of(images.Labels, images.Classes.Count);

    /// <summary>Per class, the number of its images.</summary>
    /// <param name="labels">Their labels.</param>
    /// <param name="classes">The number of classes.</param>
    public static int[] Of(IEnumerable<int> labels, int classes)
    {
        int[] counts = new int[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
