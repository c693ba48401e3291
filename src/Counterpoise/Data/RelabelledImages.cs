using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>Images of another set under the classes that a network knows, by their names: an outside set may have fewer, or another order.</summary>
internal sealed class RelabelledImages : IImageSource
{
    private readonly IImageSource source;

    private RelabelledImages(IImageSource source, IReadOnlyList<string> classes, int[] labels)
    {
        this.source = source;
        Classes = classes;
        Labels = labels;
    }

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public int Height => source.Height;

    /// <inheritdoc/>
    public int Width => source.Width;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels { get; }

    /// <inheritdoc/>
    public bool IsSlow => source.IsSlow;

    /// <inheritdoc/>
    public int? Features => source.Features;

    /// <inheritdoc/>
    public IImageSource Pictures => source.Features is null ? this : source.Pictures;

    /// <inheritdoc/>
    public bool HasOriginals => source.HasOriginals;

    /// <inheritdoc/>
    public PixelSize? Stored => source.Stored;

    /// <summary>The images of a source under other classes.</summary>
    /// <param name="source">The images.</param>
    /// <param name="classes">The classes, in the order of labels.</param>
    /// <param name="data">Where the images are from, for messages.</param>
    /// <exception cref="CounterpoiseException">A class of the source is none of them.</exception>
    internal static IImageSource Of(IImageSource source, IReadOnlyList<string> classes, string data)
    {
        if (source.Classes.SequenceEqual(classes))
        {
            return source;
        }

        var indices = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        string? unknown = source
            .Labels.Distinct()
            .Order()
            .Select(label => source.Classes[label])
            .FirstOrDefault(name => !indices.ContainsKey(name));
        return unknown is null
            ? new RelabelledImages(source, classes, [.. source.Labels.Select(label => indices[source.Classes[label]])])
            : throw new CounterpoiseException(
                $"{data}: has images of the class '{unknown}', which the run was not trained on; {Nearest.Hint(unknown, [.. classes])}"
            );
    }

    /// <inheritdoc/>
    public string? NameOf(int position) => source.NameOf(position);

    /// <inheritdoc/>
    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash) =>
        source.AppendIdentity(positions, hash);

    /// <inheritdoc/>
    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null) =>
        source.Read(positions, augmentation);

    /// <inheritdoc/>
    public torch.Tensor ReadStored(ReadOnlySpan<int> positions) => source.ReadStored(positions);

    /// <summary>Does nothing: the source belongs to whoever opened it.</summary>
    public void Dispose() { }
}
