using System.Numerics;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Duplicates;

/// <summary>
/// What an image looks like in 64 bits: the signs of its lowest 8x8 cosine coefficients against their median (Zauner,
/// Implementation and Benchmarking of Perceptual Image Hash Functions, 2010). Recompressing or resizing changes few bits.
/// </summary>
/// <param name="Bits">The bits.</param>
/// <param name="Gray">The image in 16x16 gray levels, 0 to 255.</param>
internal sealed record PerceptualHash(ulong Bits, byte[] Gray)
{
    /// <summary>Height and width of the image that it is made of.</summary>
    internal const int Side = 32;

    private const int Low = 8;
    private const int GraySide = 16;

    /// <summary>The most bits in which near-identical images differ.</summary>
    internal const int MostBits = 6;

    // Images of little texture have few bits that say something: their gray levels decide. Small marks on an even
    // ground differ by few levels, but not alike.
    private const double MostLevels = 6;
    private const double LeastCorrelation = 0.985;

    private static readonly double[] Cosines =
    [
        .. Enumerable
            .Range(0, Low * Side)
            .Select(i => Math.Cos(Math.PI * (i / Side + 1) * ((2 * (i % Side)) + 1) / (2.0 * Side))),
    ];

    /// <summary>The hash of an image; null for one of a single gray level, which looks like any other such.</summary>
    /// <param name="image">The image, resized to 32x32 pixels.</param>
    internal static PerceptualHash? Of(PixelBuffer image)
    {
        ReadOnlySpan<byte> planes = image.Planes;
        const int area = Side * Side;
        double[] gray = new double[area];
        for (int i = 0; i < area; i++)
        {
            gray[i] = (0.299 * planes[i]) + (0.587 * planes[area + i]) + (0.114 * planes[(2 * area) + i]);
        }

        if (gray.Max() - gray.Min() < 1)
        {
            return null;
        }

        double[] coefficients = Transform(gray);
        double median = coefficients.Order().ElementAt(coefficients.Length / 2);
        ulong bits = 0;
        for (int i = 0; i < coefficients.Length; i++)
        {
            bits |= coefficients[i] > median ? 1ul << i : 0;
        }

        byte[] small = new byte[GraySide * GraySide];
        for (int i = 0; i < small.Length; i++)
        {
            int at = (2 * (i / GraySide) * Side) + (2 * (i % GraySide));
            small[i] = (byte)((gray[at] + gray[at + 1] + gray[at + Side] + gray[at + Side + 1]) / 4);
        }

        return new PerceptualHash(bits, small);
    }

    /// <summary>Whether two images look the same.</summary>
    internal bool IsNear(PerceptualHash other)
    {
        if (BitOperations.PopCount(Bits ^ other.Bits) > MostBits)
        {
            return false;
        }

        (double mean, double otherMean) = (Gray.Average(level => level), other.Gray.Average(level => level));
        (double difference, double both, double own, double others) = (0, 0, 0, 0);
        for (int i = 0; i < Gray.Length; i++)
        {
            (double a, double b) = (Gray[i] - mean, other.Gray[i] - otherMean);
            difference += Math.Abs(Gray[i] - other.Gray[i]);
            both += a * b;
            own += a * a;
            others += b * b;
        }

        return difference <= MostLevels * Gray.Length && both >= LeastCorrelation * Math.Sqrt(own * others);
    }

    /// <summary>The coefficients 1 to 8 both ways.</summary>
    private static double[] Transform(double[] gray)
    {
        double[] rows = new double[Side * Low];
        for (int row = 0; row < Side; row++)
        {
            for (int k = 0; k < Low; k++)
            {
                for (int x = 0; x < Side; x++)
                {
                    rows[(row * Low) + k] += gray[(row * Side) + x] * Cosines[(k * Side) + x];
                }
            }
        }

        double[] result = new double[Low * Low];
        for (int k = 0; k < Low; k++)
        {
            for (int l = 0; l < Low; l++)
            {
                for (int row = 0; row < Side; row++)
                {
                    result[(l * Low) + k] += rows[(row * Low) + k] * Cosines[(l * Side) + row];
                }
            }
        }

        return result;
    }
}
