using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>From which probability of a class on an image raises its alarm, so that a demand is met on images to come.</summary>
internal static class AlarmThreshold
{
    private const int Thousand = 1000;

    /// <summary>
    /// The largest threshold that finds a share of a class's images: on average (class-conditional conformal prediction,
    /// Vovk, ACML 2012) or with a confidence (Vovk's bound by the binomial distribution).
    /// </summary>
    /// <param name="scores">The probabilities of the class of images that are of it.</param>
    /// <param name="recall">The share, 0 to 1.</param>
    /// <param name="confidence">How sure it must be, such as 0.95; null for on average.</param>
    /// <param name="name">The class, for the message.</param>
    /// <exception cref="CounterpoiseException">There are too few images for any threshold.</exception>
    internal static double ForRecall(IReadOnlyList<double> scores, double recall, double? confidence, string name)
    {
        int place = Place(scores.Count, recall, confidence);
        return place > 0
            ? scores.Order().ElementAt(place - 1)
            : throw new CounterpoiseException(
                $"{name}: finding {100 * recall:0.##} % of it cannot be promised by {scores.Count} images of it that the classifier has not seen; {NeededForRecall(recall, confidence)} are needed. Ask for less, or hold out more."
            );
    }

    /// <summary>At most so many of the smallest scores may lie below the threshold, itself included; 0 where none may.</summary>
    private static int Place(int images, double recall, double? confidence)
    {
        if (confidence is not { } sure)
        {
            return (int)Math.Floor(((images + 1) * (1 - recall)) + 1e-9);
        }

        int place = 0;
        while (place < images && BinomialBounds.AtLeast(place + 1, images, 1 - recall) >= sure)
        {
            place++;
        }

        return place;
    }

    /// <summary>The fewest images of a class that a promise needs.</summary>
    internal static int NeededForRecall(double recall, double? confidence)
    {
        int images = 1;
        while (Place(images, recall, confidence) == 0)
        {
            images++;
        }

        return images;
    }

    /// <summary>The smallest threshold that raises few enough false alarms of a class.</summary>
    /// <param name="scores">Probabilities of the class, by the class of the images.</param>
    /// <param name="label">The class.</param>
    /// <param name="frequencies">How frequent classes are where it is used, [C].</param>
    /// <param name="most">False alarms among a thousand images, at most.</param>
    /// <param name="confidence">How sure it must be; null for on average.</param>
    /// <param name="name">The class, for the message.</param>
    /// <exception cref="CounterpoiseException">There are too few images of other classes for any threshold.</exception>
    internal static double ForFalseAlarms(
        IReadOnlyList<IReadOnlyList<double>> scores,
        int label,
        IReadOnlyList<double> frequencies,
        double most,
        double? confidence,
        string name
    )
    {
        double[] rising = [.. scores.SelectMany(of => of).Distinct().Order()];

        // False alarms only become fewer from one threshold to the next.
        int low = 0;
        int high = rising.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            double alarms = FalseAlarms(scores, label, frequencies, rising[middle], confidence);
            (low, high) = alarms <= most ? (low, middle) : (middle + 1, high);
        }

        if (low < rising.Length)
        {
            return rising[low];
        }

        double least = FalseAlarms(scores, label, frequencies, double.PositiveInfinity, confidence);
        int others = scores.Index().Where(of => of.Index != label).Sum(of => of.Item.Count);
        throw new CounterpoiseException(
            least <= most
                ? $"{name}: at most {most:0.##} false alarms among a thousand images are met by no threshold that raises any alarm; ask for more, or train a better classifier."
                : $"{name}: at most {most:0.##} false alarms among a thousand images cannot be promised by {others} images of other classes, of which none raising one still allows {least:0.##}; some {Math.Ceiling(others * least / most):0} are needed. Ask for more, or hold out more."
        );
    }

    /// <summary>
    /// False alarms of a class among a thousand images: 1000 times the sum of q_k P(alarm | k) over the other classes k. The
    /// bound is that of one share of the images, as many as weights q_k / n_k leave (Kish, Survey Sampling, 1965).
    /// </summary>
    internal static double FalseAlarms(
        IReadOnlyList<IReadOnlyList<double>> scores,
        int label,
        IReadOnlyList<double> frequencies,
        double threshold,
        double? confidence
    )
    {
        double share = 0;
        double rate = 0;
        double squares = 0;
        foreach (
            (int other, IReadOnlyList<double> of) in scores.Index().Where(of => of.Index != label && of.Item.Count > 0)
        )
        {
            share += frequencies[other];
            rate += frequencies[other] * of.Count(score => score >= threshold) / of.Count;
            squares += frequencies[other] * frequencies[other] / of.Count;
        }

        if (share == 0)
        {
            return 0;
        }

        double images = share * share / squares;
        return Thousand
            * (confidence is { } sure ? share * BinomialBounds.Upper(images * rate / share, images, sure) : rate);
    }
}
