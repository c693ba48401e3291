using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>The shape of the class counts that an imbalanced version of a data set gets.</summary>
public enum ImbalanceKind
{
    /// <summary>Every image is kept.</summary>
    Natural,

    /// <summary>Counts fall exponentially with the label.</summary>
    LongTailed,

    /// <summary>The first half of the classes keep all images, the others one in rho.</summary>
    Step,
}

/// <summary>
/// Makes a training set imbalanced by leaving images out. The ratio rho is that of the largest class to the smallest.
/// Classes shrink in the order of their labels.
/// </summary>
/// <param name="Kind">The shape of the class counts.</param>
/// <param name="Rho">Largest over smallest class count, at least 1; without effect where every image is kept.</param>
/// <remarks>Long-tailed as in Cui et al., CVPR 2019; step as in Buda, Maki and Mazurowski, Neural Networks 2018.</remarks>
internal sealed record Imbalance(ImbalanceKind Kind, double Rho)
{
    /// <summary>Every image is kept.</summary>
    public static Imbalance Natural { get; } = new(ImbalanceKind.Natural, 1);

    /// <summary>
    /// The class counts for a largest class of <paramref name="largest"/> images: int(largest * rho^(-c/(C-1))) for
    /// long-tailed; largest for the first floor(C/2) classes and int(largest/rho) for the others for step.
    /// </summary>
    /// <param name="largest">Images of the largest class.</param>
    /// <param name="classes">The number of classes, C.</param>
    /// <exception cref="UsageException">Rho is not a number of at least 1.</exception>
    public int[] Counts(int largest, int classes)
    {
        if (Kind != ImbalanceKind.Natural && !(Rho >= 1 && double.IsFinite(Rho)))
        {
            throw new UsageException($"The imbalance ratio rho is {Rho}; give a number of at least 1, such as 100.");
        }

        int[] counts = new int[classes];
        for (int c = 0; c < classes; c++)
        {
            counts[c] = Kind switch
            {
                ImbalanceKind.LongTailed when c > 0 => Truncate(largest * Math.Pow(Rho, -c / (classes - 1.0))),
                ImbalanceKind.Step when c >= classes / 2 && classes > 1 => Truncate(largest / Rho),
                _ => largest,
            };
        }

        return counts;
    }

    /// <summary>
    /// Which images an imbalanced version keeps. The largest class gets as many images as the counts of all classes
    /// allow: the class size of a balanced set. Per class, the images are the first of a shuffle keyed by
    /// <paramref name="seed"/> and the class, so for a balanced set a larger rho keeps a subset of what a smaller keeps.
    /// </summary>
    /// <param name="labels">The label of every image.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="seed">The data seed, apart from the training seed.</param>
    /// <returns>Positions into <paramref name="labels"/>, ascending.</returns>
    /// <exception cref="UsageException">A class would keep no image, or rho is not a number of at least 1.</exception>
    public int[] Select(IReadOnlyList<int> labels, IReadOnlyList<string> classes, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (Kind == ImbalanceKind.Natural)
        {
            return [.. Enumerable.Range(0, labels.Count)];
        }

        int[][] positions = ClassPositions.Of(labels, classes.Count);
        int[] available = [.. positions.Select(list => list.Length)];
        int[] counts = Counts(Largest(available), classes.Count);
        int empty = Array.IndexOf(counts, 0);
        if (empty >= 0)
        {
            throw Empty(classes[empty], available);
        }

        List<int> kept = [];
        for (int c = 0; c < counts.Length; c++)
        {
            new Draws(seed).At(DrawPurpose.Imbalance, 0, c).Shuffle(positions[c].AsSpan());
            kept.AddRange(positions[c].AsSpan(0, counts[c]));
        }

        kept.Sort();
        return [.. kept];
    }

    // 5000 * 100^(-9/9) may come out as 49.99999: truncation must not lose that image.
    private static int Truncate(double count) => (int)(count * (1 + 1e-12));

    private int Largest(int[] available) =>
        LastTrue(
            available.Max(),
            largest => Counts(largest, available.Length).Zip(available).All(pair => pair.First <= pair.Second)
        );

    private UsageException Empty(string name, int[] available)
    {
        if (available.Min() == 0)
        {
            return new UsageException(
                $"Class '{name}' would have no training image at rho {Rho}: the data has a class without images; "
                    + "add images to it or remove the class."
            );
        }

        int works = LastTrue(
            available.Max(),
            rho =>
            {
                Imbalance smaller = this with { Rho = Math.Max(1, rho) };
                return smaller.Counts(smaller.Largest(available), available.Length).Min() > 0;
            }
        );
        return new UsageException(
            $"Class '{name}' would have no training image at rho {Rho}; the largest rho that works here is {works}."
        );
    }

    /// <summary>The last of 0..<paramref name="highest"/> that passes a test which passes at 0 and never again once failed.</summary>
    private static int LastTrue(int highest, Func<int, bool> passes)
    {
        int low = 0;
        while (low < highest)
        {
            int middle = low + ((highest - low + 1) / 2);
            (low, highest) = passes(middle) ? (middle, highest) : (low, middle - 1);
        }

        return low;
    }
}
