using System.Globalization;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>What pixels or features are normalised with before they reach the network: (x / unit - mean) / std per channel.</summary>
/// <param name="Mean">The means of red, green and blue, or of every feature, in units of <paramref name="Unit"/>.</param>
/// <param name="Std">The standard deviations, in the same units.</param>
/// <param name="Unit">What counts as 1: 255 for pixels, 1 for features.</param>
internal sealed record Normalisation(IReadOnlyList<float> Mean, IReadOnlyList<float> Std, float Unit = 255)
{
    private const int MostImages = 10_000;

    /// <summary>The constants customary for CIFAR-10 and CIFAR-100 in the long-tailed literature.</summary>
    public static Normalisation Cifar { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2023f, 0.1994f, 0.2010f]);

    /// <summary>The constants of torchvision's and most other networks that were trained on ImageNet.</summary>
    public static Normalisation Imagenet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Whether it is of the three channels of pixels.</summary>
    public bool IsOfPixels => Unit != 1;

    /// <summary>The numbers, for people.</summary>
    internal string Described => $"the mean {List(Mean)} and the standard deviation {List(Std)}";

    /// <summary>The means as the nearest pixel, which becomes almost 0.</summary>
    internal (byte Red, byte Green, byte Blue) MeanColour => (Level(0), Level(1), Level(2));

    /// <summary>
    /// Means and population standard deviations over all pixels of a set, from exact integer sums; of a set of more than
    /// 10,000 images, over that many of them, spread evenly. A channel of one constant value gets a standard deviation of
    /// 1/255, so that nothing is divided by zero.
    /// </summary>
    /// <param name="images">The training images, without augmentation.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public static Normalisation Of(IImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            throw new ArgumentException("There are no images to normalise by.", nameof(images));
        }

        if (images.Features is { } features)
        {
            return OfFeatures(images, features);
        }

        long[] sums = new long[3];
        long[] squares = new long[3];
        int area = images.Height * images.Width;
        int count = Math.Min(images.Count, MostImages);
        foreach (int[] chunk in ImageChunks.Of(images, count))
        {
            int[] positions = Array.ConvertAll(chunk, i => (int)((long)i * images.Count / count));
            using torch.Tensor batch = images.Read(positions);
            for (int plane = 0; plane < 3 * positions.Length; plane++)
            {
                (long sum, long square) = Sums(batch.bytes.Slice(plane * area, area));
                sums[plane % 3] += sum;
                squares[plane % 3] += square;
            }
        }

        double pixels = (double)count * area;
        double[] means = [.. sums.Select(sum => sum / pixels)];
        IEnumerable<double> deviations = squares.Zip(means, (s, m) => Math.Sqrt(Math.Max(0, (s / pixels) - (m * m))));
        return new Normalisation(
            [.. means.Select(mean => (float)(mean / 255))],
            [.. deviations.Select(deviation => (float)(Math.Max(1, deviation) / 255))]
        );
    }

    /// <summary>
    /// The mean of every feature, and one scale for all of them, the root of their mean variance: directions keep what
    /// they are worth beside each other. All images are read, in double precision.
    /// </summary>
    private static Normalisation OfFeatures(IImageSource images, int features)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor sum = torch.zeros(features, dtype: torch.float64);
        torch.Tensor square = torch.zeros(features, dtype: torch.float64);
        foreach (int[] positions in ImageChunks.Of(images))
        {
            using var chunk = torch.NewDisposeScope();
            torch.Tensor read = images.Read(positions).to(torch.float64).view(positions.Length, features);
            sum.add_(read.sum([0L]));
            square.add_(read.square().sum([0L]));
        }

        torch.Tensor mean = sum / images.Count;
        double variance = ((square / images.Count) - mean.square()).mean().item<double>();
        float std = variance > 0 ? (float)Math.Sqrt(variance) : 1;
        return new Normalisation(
            [.. mean.to(torch.float32).data<float>()],
            [.. Enumerable.Repeat(std, features)],
            Unit: 1
        );
    }

    /// <summary>Whether the values are the same.</summary>
    public bool Equals(Normalisation? other) =>
        other is not null && Unit == other.Unit && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Unit, Mean.Count, Mean[0], Mean[^1], Std[0], Std[^1]);

    private static string List(IReadOnlyList<float> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private byte Level(int channel) => (byte)Math.Clamp(MathF.Round(255 * Mean[channel]), 0, 255);

    private static (long Sum, long Square) Sums(ReadOnlySpan<byte> plane)
    {
        long sum = 0;
        long square = 0;
        foreach (byte value in plane)
        {
            sum += value;
            square += value * value;
        }

        return (sum, square);
    }
}
