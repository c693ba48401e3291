using System.Security.Cryptography;
using System.Text;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data.Features;

/// <summary>Images of which a network sees the vectors that a frozen one made of them; people see the images themselves.</summary>
internal sealed class FeatureImages : IImageSource
{
    private readonly torch.Tensor features;
    private readonly string extractor;

    /// <summary>Takes over the features of images.</summary>
    /// <param name="images">The images, which belong to this object from here on.</param>
    /// <param name="features">[N, D], float32, on the CPU. It leaves its dispose scope and is disposed with this object.</param>
    /// <param name="extractor">What made them: <see cref="IFeatureExtractor.Identity"/>.</param>
    /// <exception cref="ArgumentException">The shape or the type is another.</exception>
    public FeatureImages(IImageSource images, torch.Tensor features, string extractor)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(features);
        if (features.dim() != 2 || features.shape[0] != images.Count || features.dtype != torch.float32)
        {
            throw new ArgumentException(
                $"[{string.Join(", ", features.shape)}] of {features.dtype} is not [{images.Count}, D] of Float32.",
                nameof(features)
            );
        }

        Pictures = images;
        this.features = features.DetachFromDisposeScope();
        this.extractor = extractor;
    }

    /// <inheritdoc/>
    public int Count => Pictures.Count;

    /// <summary>A vector is a map of one place.</summary>
    public int Height => 1;

    /// <summary>A vector is a map of one place.</summary>
    public int Width => 1;

    /// <inheritdoc/>
    public int? Features => (int)features.shape[1];

    /// <inheritdoc/>
    public IImageSource Pictures { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => Pictures.Classes;

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => Pictures.Labels;

    PixelSize? IImageSource.Stored => null;

    /// <inheritdoc/>
    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        hash.AppendData(Encoding.UTF8.GetBytes(extractor));
        Pictures.AppendIdentity(positions, hash);
    }

    /// <summary>Reads vectors; what changes pixels changes nothing here.</summary>
    /// <returns>[N, D, 1, 1], float32, on the CPU.</returns>
    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
    {
        using torch.Tensor rows = torch.tensor(positions.ToArray());
        using torch.Tensor chosen = features.index_select(0, rows);
        return chosen.reshape(positions.Length, features.shape[1], 1, 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        features.Dispose();
        Pictures.Dispose();
    }
}
