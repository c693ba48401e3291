using System.Buffers.Binary;

namespace Counterpoise.Data.Decoding;

/// <summary>A part of a PNG file.</summary>
internal readonly ref struct PngChunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
{
    /// <summary>Four letters.</summary>
    internal ReadOnlySpan<byte> Type { get; } = type;

    /// <summary>What is in it, cut off where the file is.</summary>
    internal ReadOnlySpan<byte> Content { get; } = content;
}

/// <summary>The parts of a PNG file, in order, for foreach.</summary>
internal ref struct PngChunks
{
    private const int Frame = 12;
    private ReadOnlySpan<byte> rest;

    /// <param name="file">A file for which <see cref="Is"/> holds.</param>
    internal PngChunks(ReadOnlySpan<byte> file)
    {
        rest = file[Signature.Length..];
        Current = default;
    }

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>The chunk that was reached.</summary>
    public PngChunk Current { get; private set; }

    /// <summary>Whether a file is PNG.</summary>
    internal static bool Is(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>This.</summary>
    public readonly PngChunks GetEnumerator() => this;

    /// <summary>Goes to the next chunk.</summary>
    public bool MoveNext()
    {
        if (rest.Length < Frame)
        {
            return false;
        }

        long length = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(rest), (uint)rest.Length - 8);
        Current = new PngChunk(rest.Slice(4, 4), rest.Slice(8, (int)length));
        rest = rest[(int)Math.Min(rest.Length, length + Frame)..];
        return true;
    }
}
