using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Decoding;

/// <summary>The first picture of a TIFF file.</summary>
internal sealed unsafe class TiffPicture : EncodedPicture
{
    private const int RawVersionTag = 50706;
    private const int WidthTag = 256;
    private const int HeightTag = 257;
    private const long LargestBlock = 200_000_000;
    private const string Advice = "convert it to PNG";
    private const string DamagedTiff = "it is a TIFF image that is damaged or truncated";
    private readonly Tiff tiff;
    private readonly long length;
    private readonly bool byOwnRange;

    static TiffPicture() => TiffErrors.Install();

    private TiffPicture(Tiff tiff, PixelSize size, int orientation, long length, bool byOwnRange)
        : base(size, orientation)
    {
        this.tiff = tiff;
        this.length = length;
        this.byOwnRange = byOwnRange;
    }

    private bool IsDeep => Bits == 16;

    // LibTiff's own conversion to 8 bits drops bits, and the opacity of gray.
    private bool NeedsSamples => IsDeep || (Bits == 8 && Extra > 0 && IsPlain);

    private int Bits => Field(TiffTag.BITSPERSAMPLE, 1);

    private int Samples => Field(TiffTag.SAMPLESPERPIXEL, 1);

    private int Extra => Samples - (Kind == Photometric.RGB ? 3 : 1);

    private Photometric Kind => (Photometric)Field(TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);

    private bool IsPlain => Kind is Photometric.MINISBLACK or Photometric.MINISWHITE or Photometric.RGB;

    private bool IsSeparate => Samples > 1 && Field(TiffTag.PLANARCONFIG, 1) == (int)PlanarConfig.SEPARATE;

    /// <summary>Reads the header.</summary>
    /// <param name="content">The file's bytes, which stay where they are for as long as the picture is used.</param>
    /// <param name="count">Their number.</param>
    /// <param name="byOwnRange">Whether 16 bits are scaled by the smallest and largest value.</param>
    /// <param name="tooLarge">Says whether, and how, a size is too large.</param>
    /// <param name="picture">The picture; null where it cannot be read.</param>
    /// <returns>Null, or the reason why it cannot be read.</returns>
    internal static string? Open(
        byte* content,
        int count,
        bool byOwnRange,
        Func<PixelSize, string?> tooLarge,
        out TiffPicture? picture
    )
    {
        picture = null;
        ReadOnlySpan<byte> file = new(content, count);
        var directory = new TiffDirectory(file);
        if (directory[RawVersionTag] is not null || (count > 10 && file[8..].StartsWith("CR"u8)))
        {
            return "it is a camera's raw image, which is not read: convert it to JPEG";
        }

        if (
            !directory.IsPlausible
            || directory[WidthTag] is not (> 0 and <= int.MaxValue and var width)
            || directory[HeightTag] is not (> 0 and <= int.MaxValue and var height)
        )
        {
            return DamagedTiff;
        }

        PixelSize size = new((int)width, (int)height);
        if (tooLarge(size) is { } reason)
        {
            return reason;
        }

        // Damage that LibTiff does not expect ends in exceptions of any kind.
        try
        {
            Tiff? read = Tiff.ClientOpen("image", "r", TiffErrors.Ours, new TiffBytes(content, count));
            if (read is null)
            {
                return DamagedTiff;
            }

            var opened = new TiffPicture(read, size, ExifOrientation.OfTiff(file), count, byOwnRange);
            if (opened.WhyNot() is { } why)
            {
                opened.Dispose();
                return why;
            }

            picture = opened;
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return DamagedTiff;
        }
    }

    internal override string? Decode(PixelSize decoded, Span<byte> rgba, out ImageTraits traits)
    {
        traits = IsDeep ? ImageTraits.Deep : ImageTraits.None;
        try
        {
            if (!(NeedsSamples ? BySamples(rgba) : ByLibTiff(rgba)))
            {
                return DamagedTiff;
            }

            traits |= IsOpaque(rgba) ? ImageTraits.None : ImageTraits.Transparent;
            traits |= tiff.LastDirectory() ? ImageTraits.None : ImageTraits.Several;
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return DamagedTiff;
        }
    }

    private bool BySamples(Span<byte> rgba)
    {
        DeepPixels? pixels = DecodeSamples();
        pixels?.Scale(byOwnRange && IsDeep, rgba);
        return pixels is not null;
    }

    /// <summary>LibTiff knows all kinds of 8 bits and fewer. Asked for the orientation that is stored it turns nothing.</summary>
    private bool ByLibTiff(Span<byte> rgba)
    {
        int[] pixels = new int[rgba.Length / sizeof(int)];
        if (!tiff.ReadRGBAImageOriented(Size.Width, Size.Height, pixels, (Orientation)Orientation, stopOnError: true))
        {
            return false;
        }

        MemoryMarshal.AsBytes<int>(pixels).CopyTo(rgba);
        return true;
    }

    /// <summary>Decodes gray or colours of 8 or 16 bits, with or without opacity.</summary>
    /// <returns>Null where the file is truncated or damaged.</returns>
    private DeepPixels? DecodeSamples()
    {
        bool isTiled = tiff.IsTiled();
        (int width, int height) = BlockSize;
        int inBlock = IsSeparate ? 1 : Samples;
        int rowBytes = isTiled ? tiff.TileRowSize() : tiff.ScanlineSize();
        byte[] block = new byte[isTiled ? tiff.TileSize() : tiff.StripSize()];
        var pixels = new DeepPixels(Size);
        for (int plane = 0; plane < Samples / inBlock; plane++)
        {
            for (int y = 0; y < Size.Height; y += height)
            {
                int rows = Math.Min(height, Size.Height - y);
                for (int x = 0; x < Size.Width; x += width)
                {
                    int read = isTiled
                        ? tiff.ReadEncodedTile(tiff.ComputeTile(x, y, 0, (short)plane), block, 0, block.Length)
                        : tiff.ReadEncodedStrip(tiff.ComputeStrip(y, (short)plane), block, 0, block.Length);
                    if (read < (long)rows * rowBytes)
                    {
                        return null;
                    }

                    int columns = Math.Min(width, Size.Width - x);
                    for (int row = 0; row < rows; row++)
                    {
                        ReadOnlySpan<byte> from = block.AsSpan(row * rowBytes, rowBytes);
                        int to = 4 * (((y + row) * Size.Width) + x);
                        Place(from, pixels.Values.AsSpan(to, 4 * columns), plane, inBlock);
                    }
                }
            }
        }

        Finish(pixels.Values);
        return pixels;
    }

    /// <inheritdoc/>
    public override void Dispose() => tiff.Dispose();

    private (int Width, int Height) BlockSize =>
        tiff.IsTiled()
            ? (Field(TiffTag.TILEWIDTH, 0), Field(TiffTag.TILELENGTH, 0))
            : (Size.Width, (int)Math.Min((uint)Field(TiffTag.ROWSPERSTRIP, -1), (uint)Size.Height));

    /// <summary>The reason why the picture cannot be read, or null.</summary>
    private string? WhyNot()
    {
        var format = (SampleFormat)Field(TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        string values = format switch
        {
            SampleFormat.IEEEFP or SampleFormat.COMPLEXIEEEFP => "floating-point",
            SampleFormat.INT or SampleFormat.COMPLEXINT => "signed",
            _ => "unsigned",
        };
        if (Bits > 16 || values != "unsigned" || (IsDeep && !IsPlain))
        {
            string of = IsDeep && values == "unsigned" ? $"{Kind} and " : $"{values} ";
            return $"it is a TIFF image of {of}{Bits} bits, which is not read: scale it to 8 or 16 bits and {Advice}";
        }

        if (IsPlain && Extra is < 0 or > 1)
        {
            return $"it is a TIFF image of {Samples} channels, expected gray or colours, with or without opacity: choose three channels and {Advice}";
        }

        if (((FileType)Field(TiffTag.SUBFILETYPE, 0)).HasFlag(FileType.REDUCEDIMAGE))
        {
            return $"it is a TIFF file that begins with a small preview of its image, as a camera's raw files do: {Advice}";
        }

        (int width, int height) = BlockSize;
        if (width <= 0 || height <= 0 || (long)width * height > LargestBlock)
        {
            return DamagedTiff;
        }

        FieldValue[]? lengths = tiff.GetField(tiff.IsTiled() ? TiffTag.TILEBYTECOUNTS : TiffTag.STRIPBYTECOUNTS);
        bool fits = lengths?[0].Value switch
        {
            long[] all => Array.TrueForAll(all, bytes => bytes >= 0 && bytes <= length),
            int[] all => Array.TrueForAll(all, bytes => bytes >= 0 && bytes <= length),
            uint[] all => Array.TrueForAll(all, bytes => bytes <= length),
            ulong[] all => Array.TrueForAll(all, bytes => bytes <= (ulong)length),
            _ => true,
        };
        if (!fits)
        {
            return Truncated;
        }

        return NeedsSamples || tiff.RGBAImageOK(out string error)
            ? null
            : $"it is a TIFF image that is not read ({error.Trim().TrimEnd('.')}): {Advice}";
    }

    private void Place(ReadOnlySpan<byte> samples, Span<ushort> pixels, int plane, int inBlock)
    {
        int count = pixels.Length / 4 * inBlock;
        bool isDeep = IsDeep;
        for (int i = 0; i < count; i++)
        {
            // LibTiff has brought the bytes of a value into this machine's order.
            ushort value = isDeep
                ? BitConverter.ToUInt16(samples.Slice(2 * i, 2))
                : (ushort)(samples[i] * (ushort.MaxValue / byte.MaxValue));
            int sample = plane + (i % inBlock);
            bool isOpacity = sample == Samples - Extra;
            pixels[(4 * (i / inBlock)) + (isOpacity ? 3 : sample)] = value;
        }
    }

    /// <summary>Repeats gray, inverts where 0 is white, and undoes the multiplication of colours by opacity.</summary>
    private void Finish(ushort[] values)
    {
        bool isGray = Kind != Photometric.RGB;
        bool isInverted = Kind == Photometric.MINISWHITE;
        ExtraSample? extra = tiff.GetField(TiffTag.EXTRASAMPLES)?[1].ToShortArray() is [var kind, ..]
            ? (ExtraSample)kind
            : null;

        // A fourth value that is said to be of no kind is some other measurement, such as infrared.
        bool isOpaque = Extra == 0 || extra == ExtraSample.UNSPECIFIED;
        bool isMultiplied = extra == ExtraSample.ASSOCALPHA;
        for (int i = 0; i < values.Length; i += 4)
        {
            if (isGray)
            {
                values[i] = isInverted ? (ushort)(ushort.MaxValue - values[i]) : values[i];
                values[i + 1] = values[i + 2] = values[i];
            }

            values[i + 3] = isOpaque ? ushort.MaxValue : values[i + 3];
            for (int channel = 0; isMultiplied && values[i + 3] is > 0 and < ushort.MaxValue && channel < 3; channel++)
            {
                uint colour = (uint)values[i + channel] * ushort.MaxValue / values[i + 3];
                values[i + channel] = (ushort)Math.Min(colour, ushort.MaxValue);
            }
        }
    }

    private int Field(TiffTag tag, int otherwise) =>
        tiff.GetFieldDefaulted(tag) is [var value, ..] ? value.ToInt() : otherwise;
}
