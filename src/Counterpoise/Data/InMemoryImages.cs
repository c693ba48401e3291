using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>Labelled images held as one uint8 tensor. Reading copies rows, so no tensor operation runs per image.</summary>
public sealed unsafe class InMemoryImages : IImageSource
{
    private readonly torch.Tensor pixels;
    private readonly int[] labels;
    private readonly byte* address;
    private bool disposed;

    /// <summary>Takes over a tensor of images.</summary>
    /// <param name="pixels">
    /// [N, 3, Height, Width] of uint8 on the CPU. It belongs to this object from here on: it leaves its dispose scope
    /// and is disposed with this object.
    /// </param>
    /// <param name="labels">N labels, each 0 to <paramref name="classes"/>.Count - 1.</param>
    /// <param name="classes">The class names.</param>
    /// <exception cref="ArgumentException">The shapes, the type or a label do not fit together.</exception>
    public InMemoryImages(torch.Tensor pixels, IReadOnlyList<int> labels, IReadOnlyList<string> classes)
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
        Height = (int)pixels.shape[2];
        Width = (int)pixels.shape[3];
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

    private long ImageBytes => 3L * Height * Width;

    /// <summary>Images whose pixels the caller then writes, image by image; they are not cleared.</summary>
    internal static InMemoryImages Allocate(
        IReadOnlyList<int> labels,
        IReadOnlyList<string> classes,
        int height,
        int width
    ) => new(torch.empty(labels.Count, 3, height, width, dtype: torch.uint8), labels, classes);

    /// <summary>The bytes of one image, [3, Height, Width], for writing while the set is being made.</summary>
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
        for (int i = 0; i < positions.Length; i++, target += ImageBytes)
        {
            byte* source = address + (positions[i] * ImageBytes);
            CropAndFlip change = augmentation?.At(i) ?? default;
            if (change == default)
            {
                Buffer.MemoryCopy(source, target, ImageBytes, ImageBytes);
            }
            else
            {
                Copy(source, target, change);
            }
        }

        GC.KeepAlive(this);
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        pixels.Dispose();
    }

    private void Copy(byte* source, byte* target, CropAndFlip change)
    {
        int skipped = Math.Clamp(-change.Left, 0, Width);
        int firstColumn = Math.Clamp(change.Left, 0, Width);
        int copied = Width - Math.Min(Math.Abs(change.Left), Width);
        for (int row = 0; row < 3 * Height; row++)
        {
            int channel = row / Height;
            int from = row - (channel * Height) + change.Top;
            Span<byte> to = new(target + ((long)row * Width), Width);
            if ((uint)from >= (uint)Height)
            {
                to.Clear();
                continue;
            }

            byte* line = source + ((((long)channel * Height) + from) * Width) + firstColumn;
            to[..skipped].Clear();
            new ReadOnlySpan<byte>(line, copied).CopyTo(to[skipped..]);
            to[(skipped + copied)..].Clear();
            if (change.Flip)
            {
                to.Reverse();
            }
        }
    }
}
