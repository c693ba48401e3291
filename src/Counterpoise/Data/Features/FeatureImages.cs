using System.Security.Cryptography;
using System.Text;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data.Features;

/// <summary>Images of which a network sees the vectors that a frozen one made of them; people see the images themselves.</summary>
internal sealed class FeatureImages : IImageSource
{
    private const int Unused = -1;
    private readonly int[] rows;
    private readonly ImageRows withViews;
    private readonly torch.Tensor features;
    private readonly string extractor;

    /// <summary>Takes over the features of images.</summary>
    /// <param name="images">The images, which belong to this object from here on.</param>
    /// <param name="positions">The images whose features are there; others must not be read.</param>
    /// <param name="features">[number of positions and views, D], float32, on the CPU. It leaves its dispose scope and is disposed with this object.</param>
    /// <param name="extractor">What made them: <see cref="IFeatureExtractor.Identity"/>.</param>
    /// <param name="views">The image of each random view whose features follow, one of the positions; null for none.</param>
    /// <exception cref="ArgumentException">The shape or the type is another.</exception>
    public FeatureImages(
        IImageSource images,
        IReadOnlyList<int> positions,
        torch.Tensor features,
        string extractor,
        IReadOnlyList<int>? views = null
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentNullException.ThrowIfNull(features);
        withViews = new ImageRows(images.Count, views ?? []);
        int wanted = positions.Count + withViews.Views.Count;
        if (features.dim() != 2 || features.shape[0] != wanted || features.dtype != torch.float32)
        {
            throw new ArgumentException(
                $"[{string.Join(", ", features.shape)}] of {features.dtype} is not [{wanted}, D] of Float32.",
                nameof(features)
            );
        }

        rows = new int[withViews.Count];
        Array.Fill(rows, Unused);
        foreach (
            (int row, int position) in positions.Concat(Enumerable.Range(images.Count, withViews.Views.Count)).Index()
        )
        {
            rows[position] = row;
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
    public IReadOnlyList<int> Views => withViews.Views;

    /// <inheritdoc/>
    public IImageSource Pictures { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => Pictures.Classes;

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => Pictures.Labels;

    PixelSize? IImageSource.Stored => null;

    /// <inheritdoc/>
    public string? NameOf(int position) => Pictures.NameOf(position);

    /// <inheritdoc/>
    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        hash.AppendData(Encoding.UTF8.GetBytes(extractor));
        Pictures.AppendIdentity(positions, hash);
    }

    /// <summary>Reads vectors; what changes pixels chooses one of an image's views, where there are any, and changes nothing else.</summary>
    /// <returns>[N, D, 1, 1], float32, on the CPU.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The features of an image are not there.</exception>
    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
    {
        int[] wanted = new int[positions.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            int position = positions[i];
            wanted[i] = rows[
                augmentation is { } changes && position < Count && withViews.CountOf(position) is > 1 and var views
                    ? withViews.RowOf(position, changes.ViewAt(i, views))
                    : position
            ];
            ArgumentOutOfRangeException.ThrowIfEqual(wanted[i], Unused, nameof(positions));
        }

        using torch.Tensor indices = torch.tensor(wanted);
        using torch.Tensor chosen = features.index_select(0, indices);
        return chosen.reshape(positions.Length, features.shape[1], 1, 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        features.Dispose();
        Pictures.Dispose();
    }
}
