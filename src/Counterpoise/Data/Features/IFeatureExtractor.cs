namespace Counterpoise.Data.Features;

/// <summary>A frozen network that turns images into vectors, which a classifier is then trained on.</summary>
/// <remarks>It may be used by several threads at once, each of which computes its own batch.</remarks>
public interface IFeatureExtractor : IDisposable
{
    /// <summary>A short name, such as <c>resnet18</c>.</summary>
    string Name { get; }

    /// <summary>What tells its features from those of others: the SHA-256 of the network's file, and how images are prepared.</summary>
    string Identity { get; }

    /// <summary>D: the length of a vector.</summary>
    int Length { get; }

    /// <summary>Height and width of the images that it takes, in pixels.</summary>
    int ImageSize { get; }

    /// <summary>By how many threads at once it is best used.</summary>
    int Threads { get; }

    /// <summary>Computes the features of some images.</summary>
    /// <param name="images">[N, 3, ImageSize, ImageSize], red, green, blue, 0 to 255.</param>
    /// <param name="features">[N, D], written.</param>
    /// <exception cref="Basics.CounterpoiseException">A number is not finite.</exception>
    void Extract(ReadOnlySpan<byte> images, Span<float> features);
}
