using System.Buffers.Binary;
using System.IO.Compression;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Decoding;

/// <summary>A PNG picture of 16 bits that is scaled by its own range, before which the usual decoder would have rounded it to 8 bits.</summary>
internal sealed unsafe class DeepPng : EncodedPicture
{
    private const byte Gray = 0;
    private const byte Colour = 2;
    private const byte GrayAlpha = 4;
    private const byte ColourAlpha = 6;

    // Where the pixels of each pass of an interlaced image begin, and how far apart they are: columns, then rows.
    private static readonly (int X, int Y, int ByX, int ByY)[] Interlaced =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    private readonly byte* content;
    private readonly int length;

    /// <param name="content">The bytes of a file for which <see cref="Is"/> holds; they stay where they are for as long as the picture is used.</param>
    /// <param name="length">Their number.</param>
    /// <param name="size">The size that its header says.</param>
    internal DeepPng(byte* content, int length, PixelSize size)
        : base(size, ExifOrientation.Of(new(content, length)))
    {
        this.content = content;
        this.length = length;
    }

    /// <summary>Whether a file is a PNG of 16 bits.</summary>
    /// <param name="file">The file.</param>
    /// <param name="size">The size that its header says.</param>
    internal static bool Is(ReadOnlySpan<byte> file, out PixelSize size)
    {
        ReadOnlySpan<byte> header = Header(file);
        size = header.IsEmpty
            ? default
            : new(BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        return size is { Width: > 0, Height: > 0 }
            && header[8] == 16
            && header[9] is Gray or Colour or GrayAlpha or ColourAlpha;
    }

    internal override string? Decode(PixelSize decoded, Span<byte> rgba, out ImageTraits traits)
    {
        traits = ImageTraits.Deep;
        try
        {
            Decode(new(content, length)).Scale(byOwnRange: true, rgba);
        }
        catch (EndOfStreamException)
        {
            return Truncated;
        }
        catch (InvalidDataException)
        {
            return Damaged;
        }

        traits |= IsOpaque(rgba) ? ImageTraits.None : ImageTraits.Transparent;
        return null;
    }

    /// <inheritdoc/>
    public override void Dispose() { }

    private static DeepPixels Decode(ReadOnlySpan<byte> file)
    {
        _ = Is(file, out PixelSize size);
        byte kind = Header(file)[9];
        bool isInterlaced = Header(file)[12] == 1;
        using var packed = new MemoryStream();
        ReadOnlySpan<byte> clear = [];
        foreach (PngChunk chunk in new PngChunks(file))
        {
            if (chunk.Type.SequenceEqual("IDAT"u8))
            {
                packed.Write(chunk.Content);
            }
            else if (chunk.Type.SequenceEqual("tRNS"u8) && kind is Gray or Colour)
            {
                clear = chunk.Content;
            }
        }

        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        var pixels = new DeepPixels(size);
        foreach ((int x, int y, int byX, int byY) in isInterlaced ? Interlaced : [(0, 0, 1, 1)])
        {
            Pass(rows, pixels, kind, clear, (x, y, byX, byY));
        }

        return pixels;
    }

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> file)
    {
        const int bytes = 13;
        if (PngChunks.Is(file))
        {
            foreach (PngChunk chunk in new PngChunks(file))
            {
                return chunk.Type.SequenceEqual("IHDR"u8) && chunk.Content.Length == bytes ? chunk.Content : [];
            }
        }

        return [];
    }

    private static void Pass(
        Stream rows,
        DeepPixels pixels,
        byte kind,
        ReadOnlySpan<byte> clear,
        (int X, int Y, int ByX, int ByY) grid
    )
    {
        int columns = (pixels.Size.Width - grid.X + grid.ByX - 1) / grid.ByX;
        int bytes = 2 * Samples(kind);
        if (columns <= 0)
        {
            return;
        }

        byte[] row = new byte[1 + (columns * bytes)];
        byte[] above = new byte[row.Length];
        for (int y = grid.Y; y < pixels.Size.Height; y += grid.ByY)
        {
            rows.ReadExactly(row);
            Unfilter(row[0], row.AsSpan(1), above.AsSpan(1), bytes);
            for (int column = 0; column < columns; column++)
            {
                int x = grid.X + (column * grid.ByX);
                int at = 4 * ((y * pixels.Size.Width) + x);
                Pixel(row.AsSpan(1 + (column * bytes), bytes), kind, clear, pixels.Values.AsSpan(at, 4));
            }

            (row, above) = (above, row);
        }
    }

    private static int Samples(byte kind) =>
        kind switch
        {
            Gray => 1,
            GrayAlpha => 2,
            Colour => 3,
            _ => 4,
        };

    private static void Pixel(ReadOnlySpan<byte> samples, byte kind, ReadOnlySpan<byte> clear, Span<ushort> pixel)
    {
        bool isGray = kind is Gray or GrayAlpha;
        for (int channel = 0; channel < 3; channel++)
        {
            pixel[channel] = BinaryPrimitives.ReadUInt16BigEndian(samples[(isGray ? 0 : 2 * channel)..]);
        }

        pixel[3] =
            kind is GrayAlpha or ColourAlpha ? BinaryPrimitives.ReadUInt16BigEndian(samples[^2..])
            : samples.SequenceEqual(clear) ? ushort.MinValue
            : ushort.MaxValue;
    }

    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int bytes)
    {
        if (filter > 4)
        {
            throw new InvalidDataException("A row has an unknown filter.");
        }

        for (int i = 0; i < row.Length && filter > 0; i++)
        {
            int left = i < bytes ? 0 : row[i - bytes];
            int corner = i < bytes ? 0 : above[i - bytes];
            row[i] += (byte)(
                filter switch
                {
                    1 => left,
                    2 => above[i],
                    3 => (left + above[i]) / 2,
                    _ => Nearest(left, above[i], corner),
                }
            );
        }
    }

    /// <summary>Of the three neighbours the one that is nearest to left + above - corner.</summary>
    private static int Nearest(int left, int above, int corner)
    {
        int byLeft = Math.Abs(above - corner);
        int byAbove = Math.Abs(left - corner);
        int byCorner = Math.Abs(left + above - (2 * corner));
        return byLeft <= byAbove && byLeft <= byCorner ? left
            : byAbove <= byCorner ? above
            : corner;
    }
}
