using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using Counterpoise.Data.Pixels;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data;

/// <summary>Labelled image files that are decoded when they are read, on all cores: nothing is kept.</summary>
/// <remarks>A file is identified by its name below the data's folder and its length, as its pixels are not known before it is read.</remarks>
internal sealed unsafe class StreamedImages : IStoredImages
{
    private readonly string root;
    private readonly PathTable paths;
    private readonly int[] labels;
    private readonly ImageReading reading;

    /// <param name="root">The folder that file names are given from, in identities.</param>
    /// <param name="files">The files.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="reading">How they are read.</param>
    internal StreamedImages(
        string root,
        IReadOnlyList<ImageFile> files,
        IReadOnlyList<string> classes,
        ImageReading reading
    )
    {
        this.root = root;
        paths = new PathTable([.. files.Select(file => file.Path)]);
        this.reading = reading;
        labels = [.. files.Select(file => file.Label)];
        Classes = classes;
    }

    public int Count => paths.Count;

    public int Height => reading.Geometry.Size;

    public int Width => reading.Geometry.Size;

    public bool IsSlow => true;

    public bool HasOriginals => true;

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<int> Labels => labels;

    /// <exception cref="CounterpoiseException">A file is unreadable.</exception>
    public torch.Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
    {
        int[] wanted = positions.ToArray();
        foreach (int position in wanted)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(positions));
        }

        torch.Tensor batch = torch.empty(wanted.Length, 3, Height, Width, dtype: torch.uint8);
        byte* target = TensorMemory.Address(batch, torch.uint8);
        string?[] reasons = new string?[wanted.Length];
        var size = new PixelSize(Width, Height);
        Parallel.For(
            0,
            wanted.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (i, state) =>
            {
                PixelBuffer image = PixelBuffer.OfThisThread;
                reasons[i] = ImageDecoder.Decode(paths[wanted[i]], ReadingOf(augmentation, i), image, out _);
                if (reasons[i] is not null)
                {
                    state.Break(); // All before this one are still decoded: the first failure is the same each time.
                    return;
                }

                fixed (byte* pixels = image.Planes)
                {
                    PixelCrop.Copy(pixels, image.Size, target + (3L * i * Height * Width), size, augmentation, i);
                }
            }
        );
        GC.KeepAlive(batch);
        int failed = Array.FindIndex(reasons, reason => reason is not null);
        if (failed >= 0)
        {
            batch.Dispose();
            throw new CounterpoiseException(
                $"{paths[wanted[failed]]}: could not be read: {reasons[failed]}; replace or remove the file, or leave "
                    + "unreadable files out once and for all with 'counterpoise data pack --skip-unreadable'."
            );
        }

        return batch;
    }

    /// <summary>How the file of a batch's example is read: a part of the original, where that is what the network gets.</summary>
    private ImageReading ReadingOf(BatchAugmentation? augmentation, int index) =>
        augmentation is { Augmentation: { LeastArea: > 0, FromOriginals: true } } changes
            ? reading with
            {
                Part = picture => changes.PartAt(index, picture),
            }
            : reading;

    public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash)
    {
        foreach (int position in positions)
        {
            hash.AppendData(Identity(root, paths[position]));
        }
    }

    public string? Load(int position, PixelBuffer image) => ImageDecoder.Decode(paths[position], reading, image, out _);

    public string Describe(int position) => paths[position];

    /// <inheritdoc/>
    public string NameOf(int position) => Path.GetRelativePath(root, paths[position]);

    public byte[]? IdentityOf(int position) => Identity(root, paths[position]);

    public void Dispose() { }

    /// <summary>32 bytes that a file's name and length give.</summary>
    /// <exception cref="CounterpoiseException">The file is not there.</exception>
    internal static byte[] Identity(string root, string path)
    {
        try
        {
            string name = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            byte[] bytes = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(name)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, new FileInfo(path).Length);
            Encoding.UTF8.GetBytes(name, bytes.AsSpan(sizeof(long)));
            return SHA256.HashData(bytes);
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            throw FileFailure.Reading(path, error);
        }
    }
}
