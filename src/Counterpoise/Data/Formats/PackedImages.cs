using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data.Pixels;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data.Formats;

/// <summary>One part of a packed data set, read from a file that is mapped into memory.</summary>
internal sealed unsafe class PackedImages : IStoredImages
{
    private readonly MappedFile file;
    private readonly string path;
    private readonly PackedIndex index;
    private readonly int size;
    private readonly bool byPixels;
    private bool disposed;

    /// <param name="file">The file, which is let go of when this is disposed of.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="index">Where the images are.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="size">Height and width of the crops.</param>
    /// <param name="byPixels">Whether images are identified by their pixels.</param>
    /// <param name="end">The end of the images in the file.</param>
    /// <exception cref="CounterpoiseException">The index points to where there are no images.</exception>
    internal PackedImages(
        MappedFile file,
        string path,
        PackedIndex index,
        IReadOnlyList<string> classes,
        int size,
        bool byPixels,
        long end
    )
    {
        this.file = file;
        this.path = path;
        this.index = index;
        this.size = size;
        this.byPixels = byPixels;
        Classes = classes;
        for (int i = 0; i < index.Labels.Count; i++)
        {
            PixelSize stored = index.Size(i);
            if (
                (uint)index.Labels[i] >= (uint)classes.Count
                || stored.Height < size
                || stored.Width < size
                || index.Position(i) < 0
                || index.Position(i) > end - (3L * stored.Height * stored.Width)
            )
            {
                file.Dispose();
                throw PackedFile.Damaged(
                    path,
                    $"image {i} has the label {index.Labels[i]}, {stored} pixels and the position {index.Position(i)}"
                );
            }
        }
    }

    public int Count => index.Labels.Count;

    public int Height => size;

    public int Width => size;

    /// <summary>The images of photographs are of many sizes, those of a benchmark of one.</summary>
    public PixelSize? Stored =>
        Count > 0 && Enumerable.Range(0, Count).All(i => index.Size(i) == index.Size(0)) ? index.Size(0) : null;

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<int> Labels => index.Labels;

    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        foreach (int position in positions)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(positions));
        }

        torch.Tensor batch = torch.empty(positions.Length, 3, size, size, dtype: torch.uint8);
        byte* target = TensorMemory.Address(batch, torch.uint8);
        var crop = new PixelSize(size, size);
        for (int i = 0; i < positions.Length; i++, target += 3L * size * size)
        {
            byte* pixels = file.Address + index.Position(positions[i]);
            PixelCrop.Copy(pixels, index.Size(positions[i]), target, crop, augmentation, i);
        }

        GC.KeepAlive(this);
        return batch;
    }

    public torch.Tensor ReadStored(ReadOnlySpan<int> positions)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        PixelSize stored = Stored ?? throw new NotSupportedException($"{path}: the images have sizes of their own.");
        torch.Tensor batch = torch.empty(positions.Length, 3, stored.Height, stored.Width, dtype: torch.uint8);
        byte* target = TensorMemory.Address(batch, torch.uint8);
        long bytes = 3L * stored.Height * stored.Width;
        foreach (int position in positions)
        {
            Buffer.MemoryCopy(file.Address + index.Position(position), target, bytes, bytes);
            target += bytes;
        }

        GC.KeepAlive(this);
        return batch;
    }

    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash)
    {
        if (byPixels)
        {
            using torch.Tensor batch = Read(positions);
            hash.AppendData(batch.bytes);
            return;
        }

        foreach (int position in positions)
        {
            hash.AppendData(index.Identity(position));
        }
    }

    public string? Load(int position, PixelBuffer image)
    {
        Span<byte> planes = image.Begin(index.Size(position));
        new ReadOnlySpan<byte>(file.Address + index.Position(position), planes.Length).CopyTo(planes);
        return null;
    }

    public string Describe(int position) => $"{path}: image {position}";

    public byte[]? IdentityOf(int position) => byPixels ? null : index.Identity(position);

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            file.Dispose();
        }
    }
}
