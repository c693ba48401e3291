using System.Security.Cryptography;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>
/// Labelled images of one size, read by position in any order and with repeats; what lies behind it (memory, files, an
/// archive) is its own affair.
/// </summary>
internal interface IImageSource : IDisposable
{
    /// <summary>The number of images.</summary>
    int Count { get; }

    /// <summary>Height of every image, in pixels.</summary>
    int Height { get; }

    /// <summary>Width of every image, in pixels.</summary>
    int Width { get; }

    /// <summary>The class names; an image's label is an index into them.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The label of every image, 0 to Classes.Count - 1.</summary>
    IReadOnlyList<int> Labels { get; }

    /// <summary>The size of the images before crops are cut out of them; null where each has its own.</summary>
    PixelSize? Stored => new(Width, Height);

    /// <summary>The length of the vectors that are read in place of pixels; null for pixels.</summary>
    int? Features => null;

    /// <summary>The image of each random view whose features are there beside those of the images; that of number k is read at position Count + k. Pixels have none.</summary>
    IReadOnlyList<int> Views => [];

    /// <summary>The images as people look at them, at the same positions: pixels always.</summary>
    IImageSource Pictures => this;

    /// <summary>Whether reading takes long, as decoding files does, so that it is worth being done ahead.</summary>
    bool IsSlow => false;

    /// <summary>Whether parts can be cut out of pictures as they are in their files.</summary>
    bool HasOriginals => false;

    /// <summary>What tells the contents of images from those of others: their pixels, or what a file system knows of their files.</summary>
    /// <param name="positions">Positions of the images.</param>
    /// <param name="hash">Gets the bytes.</param>
    void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash);

    /// <summary>What people call an image: its file, seen from the data's folder; null where it has no file of its own, or is packed.</summary>
    string? NameOf(int position) => null;

    /// <summary>Reads images.</summary>
    /// <param name="positions">Positions of the images wanted, each 0 to Count - 1, or of views; repeats are allowed.</param>
    /// <param name="augmentation">Random changes for training, which draw one of an image's views where there are any; or null for the images as they are.</param>
    /// <returns>
    /// A new tensor [positions.Length, 3, Height, Width] of uint8, on the CPU, not normalised; or
    /// [positions.Length, <see cref="Features"/>, 1, 1] of float32.
    /// </returns>
    torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null);

    /// <summary>Reads images before crops are cut out of them; only where all have one size.</summary>
    /// <param name="positions">As in <see cref="Read"/>.</param>
    /// <returns>A new tensor [positions.Length, 3, Stored.Height, Stored.Width] of uint8, on the CPU.</returns>
    torch.Tensor ReadStored(ReadOnlySpan<int> positions) => Read(positions);
}
