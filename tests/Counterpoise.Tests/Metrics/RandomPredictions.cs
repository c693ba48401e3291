using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

/// <summary>Predictions with all that is awkward: equal probabilities, a class without images, one that is never predicted.</summary>
internal static class RandomPredictions
{
    internal const int Classes = 7;

    /// <summary>The class without images.</summary>
    internal const int Absent = 5;

    /// <summary>The class that is never predicted.</summary>
    internal const int Silent = 6;

    internal static PredictedImages Make(int images, int seed)
    {
        var random = new Random(seed);
        return new PredictedImages(
            [.. Enumerable.Range(0, Classes).Select(c => $"c{c}")],
            [
                .. Enumerable
                    .Range(0, images)
                    .Select(image =>
                    {
                        int label = image < Classes ? (image == Absent ? 0 : image) : random.Next(0, 5);
                        return new PredictedImage(image, label, Group: null, Fold: null, Row(random, label));
                    }),
            ]
        );
    }

    /// <summary>Multiples of 1/16, so that many are equal and their sums are exact.</summary>
    private static float[] Row(Random random, int label)
    {
        int[] parts = new int[Classes];
        for (int part = 0; part < 16; part++)
        {
            int c = random.Next(2) == 0 ? label : random.Next(Classes);
            parts[c == Silent ? random.Next(5) : c]++;
        }

        return [.. parts.Select(part => part / 16f)];
    }
}
