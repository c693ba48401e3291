using System.Security.Cryptography;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>
/// Some images of another source, in a given order. It is a view: it owns nothing, so disposing it leaves the source
/// open, and whoever opened the source disposes it after the last view was read.
/// </summary>
internal sealed class ImageSubset : IImageSource
{
    private readonly IImageSource source;
    private readonly int[] positions;
    private readonly int[] labels;
    private readonly ImageRows rows;
    private readonly int[] views;

    /// <summary>Chooses images of a source.</summary>
    /// <param name="source">Where the images are.</param>
    /// <param name="positions">Their positions in the source, each 0 to Count - 1; repeats are allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside the source.</exception>
    public ImageSubset(IImageSource source, IReadOnlyList<int> positions)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(positions);
        this.source = source;
        this.positions = [.. positions];
        labels = new int[this.positions.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            int position = this.positions[i];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                (uint)position,
                (uint)source.Count,
                nameof(positions)
            );
            labels[i] = source.Labels[position];
        }

        (rows, int[] inSource) = new ImageRows(source.Count, source.Views).At(this.positions);
        views = inSource[labels.Length..];
    }

    /// <inheritdoc/>
    public int Count => positions.Length;

    /// <inheritdoc/>
    public int Height => source.Height;

    /// <inheritdoc/>
    public int Width => source.Width;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => source.Classes;

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => labels;

    /// <inheritdoc/>
    public bool IsSlow => source.IsSlow;

    /// <inheritdoc/>
    public int? Features => source.Features;

    /// <inheritdoc/>
    public IReadOnlyList<int> Views => rows.Views;

    /// <inheritdoc/>
    public IImageSource Pictures => source.Features is null ? this : new ImageSubset(source.Pictures, positions);

    /// <inheritdoc/>
    public bool HasOriginals => source.HasOriginals;

    /// <inheritdoc/>
    public PixelSize? Stored => source.Stored;

    /// <inheritdoc/>
    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null) =>
        source.Read(InSource(positions), augmentation);

    /// <inheritdoc/>
    public torch.Tensor ReadStored(ReadOnlySpan<int> positions) => source.ReadStored(InSource(positions));

    /// <inheritdoc/>
    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash) =>
        source.AppendIdentity(InSource(positions), hash);

    /// <inheritdoc/>
    public string? NameOf(int position) => source.NameOf(InSource([position])[0]);

    private int[] InSource(ReadOnlySpan<int> positions)
    {
        int[] inSource = new int[positions.Length];
        for (int i = 0; i < inSource.Length; i++)
        {
            int position = positions[i];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)rows.Count, nameof(positions));
            inSource[i] = position < Count ? this.positions[position] : views[position - Count];
        }

        return inSource;
    }

    /// <summary>Does nothing: the source belongs to whoever opened it.</summary>
    public void Dispose() { }
}
