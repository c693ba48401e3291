using System.Security.Cryptography;
using Counterpoise.Data.Pixels;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>Labelled images held as one uint8 tensor. Reading copies rows, so no tensor operation runs per image.</summary>
internal sealed unsafe class InMemoryImages : IImageSource, IStoredImages
{
    private readonly torch.Tensor pixels;
    private readonly int[] labels;
    private readonly byte* address;
    private readonly PixelSize stored;
    private bool disposed;

    /// <summary>Takes over a tensor of images.</summary>
    /// <param name="pixels">
    /// [N, 3, Height, Width] of uint8 on the CPU. It belongs to this object from here on: it leaves its dispose scope
    /// and is disposed with this object.
    /// </param>
    /// <param name="labels">N labels, each 0 to <paramref name="classes"/>.Count - 1.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="size">Height and width of the crops that are read; null for whole images.</param>
    /// <exception cref="ArgumentException">The shapes, the type or a label do not fit together.</exception>
    public InMemoryImages(
        torch.Tensor pixels,
        IReadOnlyList<int> labels,
        IReadOnlyList<string> classes,
        int? size = null
    )
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (pixels.dim() != 4 || pixels.shape[1] != 3 || pixels.shape[0] != labels.Count)
        {
            string shape = string.Join(", ", pixels.shape);
            throw new ArgumentException($"[{shape}] is not [{labels.Count}, 3, Height, Width].", nameof(pixels));
        }

        if (labels.Any(label => label < 0 || label >= classes.Count))
        {
            throw new ArgumentException($"A label is not 0 to {classes.Count - 1}.", nameof(labels));
        }

        address = TensorMemory.Address(pixels, torch.uint8);
        this.pixels = pixels.DetachFromDisposeScope();
        this.labels = [.. labels];
        Classes = [.. classes];
        stored = new PixelSize((int)pixels.shape[3], (int)pixels.shape[2]);
        Height = size ?? stored.Height;
        Width = size ?? stored.Width;
        if (Height > stored.Height || Width > stored.Width)
        {
            throw new ArgumentException($"Images of {stored} have no crops of {size} pixels.", nameof(size));
        }
    }

    /// <inheritdoc/>
    public int Count => labels.Length;

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => labels;

    PixelSize? IImageSource.Stored => stored;

    /// <summary>What identifies each image, where that is not its pixels.</summary>
    internal Func<int, byte[]>? Identity { get; init; }

    private long ImageBytes => 3L * stored.Height * stored.Width;

    /// <summary>Images whose pixels the caller then writes, image by image; they are not cleared.</summary>
    internal static InMemoryImages Allocate(
        IReadOnlyList<int> labels,
        IReadOnlyList<string> classes,
        int height,
        int width,
        int? size = null,
        Func<int, byte[]>? identity = null
    )
    {
        Libtorch.Require();
        return new InMemoryImages(
            torch.empty(labels.Count, 3, height, width, dtype: torch.uint8),
            labels,
            classes,
            size
        )
        {
            Identity = identity,
        };
    }

    /// <summary>The bytes of one whole image, [3, height, width], for writing while the set is being made.</summary>
    internal Span<byte> Pixels(int position)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(position));
        return new Span<byte>(address + (position * ImageBytes), (int)ImageBytes);
    }

    /// <inheritdoc/>
    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        foreach (int position in positions)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(positions));
        }

        torch.Tensor batch = torch.empty(positions.Length, 3, Height, Width, dtype: torch.uint8);
        byte* target = TensorMemory.Address(batch, torch.uint8);
        var size = new PixelSize(Width, Height);
        for (int i = 0; i < positions.Length; i++, target += 3L * Height * Width)
        {
            PixelCrop.Copy(address + (positions[i] * ImageBytes), stored, target, size, augmentation, i);
        }

        GC.KeepAlive(this);
        return batch;
    }

    /// <inheritdoc/>
    public torch.Tensor ReadStored(ReadOnlySpan<int> positions) =>
        pixels.index_select(0, torch.tensor(positions.ToArray()));

    /// <inheritdoc/>
    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        if (Identity is null)
        {
            using torch.Tensor batch = Read(positions);
            hash.AppendData(batch.bytes);
            return;
        }

        foreach (int position in positions)
        {
            hash.AppendData(Identity(position));
        }
    }

    string? IStoredImages.Load(int position, PixelBuffer image)
    {
        Pixels(position).CopyTo(image.Begin(stored));
        return null;
    }

    string IStoredImages.Describe(int position) => $"image {position}";

    /// <inheritdoc/>
    public string? NameOf(int position) => Names?[position];

    /// <summary>What people call each image; null where they have no files of their own.</summary>
    internal IReadOnlyList<string>? Names { get; set; }

    byte[]? IStoredImages.IdentityOf(int position) => Identity?.Invoke(position);

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        pixels.Dispose();
    }
}
