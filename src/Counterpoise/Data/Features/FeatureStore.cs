using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Counterpoise.Basics;

namespace Counterpoise.Data.Features;

/// <summary>Vectors on the disk, each found by the digest of its image, or of a view of one. Files are written whole or not at all, and never changed.</summary>
/// <remarks>A file is the SHA-256 of the rest; D and N, int32; N digests of 16 bytes; and N vectors of D float32; little-endian.</remarks>
internal sealed class FeatureStore
{
    private const string Ending = ".features";
    private const int Digest = 16;
    private const int Header = SHA256.HashSizeInBytes + (2 * sizeof(int));

    private readonly string folder;
    private readonly int length;
    private readonly Dictionary<UInt128, ReadOnlyMemory<byte>> vectors = [];

    /// <summary>Reads what is there.</summary>
    /// <param name="folder">Its folder, which need not exist.</param>
    /// <param name="length">D: the length of a vector.</param>
    /// <param name="messages">Receives that a file was damaged; null for nobody.</param>
    /// <exception cref="CounterpoiseException">A file cannot be read.</exception>
    internal FeatureStore(string folder, int length, IProgress<string>? messages)
    {
        this.folder = folder;
        this.length = length;
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles(folder, $"*{Ending}"))
        {
            try
            {
                if (!Add(File.ReadAllBytes(file)))
                {
                    messages?.Report($"{file} is damaged; the features in it are computed once more.");
                    File.Delete(file);
                }
            }
            catch (Exception failure) when (FileFailure.IsFromFiles(failure))
            {
                throw FileFailure.Reading(file, failure);
            }
        }
    }

    /// <summary>Whether the vector of an image is there.</summary>
    internal bool Has(UInt128 image) => vectors.ContainsKey(image);

    /// <summary>The vector of an image that is there.</summary>
    internal ReadOnlySpan<float> this[UInt128 image] => MemoryMarshal.Cast<byte, float>(vectors[image].Span);

    /// <summary>Adds vectors of images, and keeps them in a file.</summary>
    /// <param name="images">Their digests.</param>
    /// <param name="numbers">[N, D].</param>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    internal void Keep(ReadOnlySpan<UInt128> images, ReadOnlySpan<float> numbers)
    {
        byte[] content = new byte[Header + (images.Length * Digest) + (numbers.Length * sizeof(float))];
        Span<byte> rest = content.AsSpan(SHA256.HashSizeInBytes);
        BinaryPrimitives.WriteInt32LittleEndian(rest, length);
        BinaryPrimitives.WriteInt32LittleEndian(rest[sizeof(int)..], images.Length);
        for (int i = 0; i < images.Length; i++)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(rest[((2 * sizeof(int)) + (i * Digest))..], images[i]);
        }

        MemoryMarshal.AsBytes(numbers).CopyTo(rest[((2 * sizeof(int)) + (images.Length * Digest))..]);
        byte[] hash = SHA256.HashData(rest);
        hash.CopyTo(content, 0);
        Folders.Make(folder, "Give the run another folder.");
        AtomicFile.Write(
            Path.Combine(folder, Convert.ToHexStringLower(hash.AsSpan(0, Digest)) + Ending),
            stream => stream.Write(content)
        );
        _ = Add(content);
    }

    /// <summary>Takes the vectors of a file, if it is whole and has vectors of that length.</summary>
    private bool Add(byte[] content)
    {
        if (content.Length < Header)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = content.AsSpan(SHA256.HashSizeInBytes);
        int count = BinaryPrimitives.ReadInt32LittleEndian(rest[sizeof(int)..]);
        int each = length * sizeof(float);
        if (
            BinaryPrimitives.ReadInt32LittleEndian(rest) != length
            || content.Length != Header + ((long)count * (Digest + each))
            || !SHA256.HashData(rest).AsSpan().SequenceEqual(content.AsSpan(0, SHA256.HashSizeInBytes))
        )
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            UInt128 image = BinaryPrimitives.ReadUInt128LittleEndian(content.AsSpan(Header + (i * Digest)));
            vectors[image] = content.AsMemory(Header + (count * Digest) + (i * each), each);
        }

        return true;
    }
}
