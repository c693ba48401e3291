using Counterpoise.Basics;
using Counterpoise.Decisions;

namespace Counterpoise.Cli.Output;

/// <summary>Tells which class frequencies were estimated, and which are far from those that were known.</summary>
internal static class PriorText
{
    private const int Most = 10;

    /// <param name="classes">The class names.</param>
    /// <param name="estimate">The frequencies.</param>
    /// <param name="known">Those of the images that the classifier was calibrated on.</param>
    /// <param name="images">How many images it is estimated of.</param>
    /// <param name="told">Takes the lines.</param>
    internal static void Print(
        IReadOnlyList<string> classes,
        PriorEstimate estimate,
        IReadOnlyList<double> known,
        int images,
        TextWriter told
    )
    {
        int[] moved = [.. estimate.Moved(known)];
        told.WriteLine($"class frequencies of the field, estimated of {images} images:");
        foreach (int c in Enumerable.Range(0, classes.Count).OrderByDescending(c => estimate.Frequencies[c]).Take(Most))
        {
            string far = moved.Contains(c) ? $"  moved from {100 * known[c]:F1} % by more than 3 standard errors" : "";
            told.WriteLine(
                $"  {Printable.OfLine(classes[c])}  {100 * estimate.Frequencies[c]:F1} ± {100 * estimate.Errors[c]:F1} %{far}"
            );
        }

        if (classes.Count > Most)
        {
            told.WriteLine($"  and {classes.Count - Most} smaller ones");
        }

        if (moved.Length > 0)
        {
            told.WriteLine(
                "an estimate holds where images of each class look as they did in training; label some images of the field to be sure"
            );
        }
    }
}
