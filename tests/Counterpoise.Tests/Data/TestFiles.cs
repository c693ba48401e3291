using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Writes image files of every kind that a folder may hold.</summary>
internal static class TestFiles
{
    public static void Write(string path, int width, int height, Func<int, int, SKColor> colour, int quality = 100)
    {
        SKEncodedImageFormat format = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => SKEncodedImageFormat.Png,
            ".WEBP" => SKEncodedImageFormat.Webp,
            _ => SKEncodedImageFormat.Jpeg,
        };
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int i = 0; i < width * height; i++)
        {
            bitmap.SetPixel(i % width, i / width, colour(i % width, i / width));
        }

        using FileStream file = File.Create(path);
        Assert.True(bitmap.Encode(file, format, quality));
    }

    /// <summary>An image of one colour but for its last corner, as an image of one colour alone is told of.</summary>
    public static void Write(string path, SKColor colour) =>
        Write(path, 8, 8, (x, y) => x + y < 14 ? colour : new SKColor((byte)(colour.Red ^ 64), 99, 99));

    /// <summary>A 24-bit BMP, which Skia reads but does not write.</summary>
    public static void WriteBmp(string path, int width, int height, Func<int, int, SKColor> colour)
    {
        int stride = ((3 * width) + 3) / 4 * 4;
        byte[] bytes = new byte[54 + (stride * height)];
        "BM"u8.CopyTo(bytes);
        int[] header = [bytes.Length, 0, 54, 40, width, height, 1 | (24 << 16), 0, stride * height, 2835, 2835, 0, 0];
        for (int i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2 + (4 * i)), header[i]);
        }

        for (int i = 0; i < width * height; i++)
        {
            SKColor pixel = colour(i % width, i / width);
            int at = 54 + ((height - 1 - (i / width)) * stride) + (3 * (i % width));
            (bytes[at], bytes[at + 1], bytes[at + 2]) = (pixel.Blue, pixel.Green, pixel.Red);
        }

        File.WriteAllBytes(path, bytes);
    }

    /// <summary>A PNG of any colour type from raw rows, packed as they come.</summary>
    public static void WritePng(
        string path,
        (int Width, int Height, byte Depth, byte ColourType) header,
        IEnumerable<byte[]> rows,
        byte[]? palette = null
    ) => WriteFilteredPng(path, header, rows.Select(row => (byte[])[0, .. row]), isInterlaced: false, palette);

    /// <summary>A PNG of rows that begin with the number of their filter.</summary>
    public static void WriteFilteredPng(
        string path,
        (int Width, int Height, byte Depth, byte ColourType) header,
        IEnumerable<byte[]> rows,
        bool isInterlaced,
        byte[]? palette = null
    )
    {
        byte[] start = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(start, header.Width);
        BinaryPrimitives.WriteInt32BigEndian(start.AsSpan(4), header.Height);
        (start[8], start[9], start[12]) = (header.Depth, header.ColourType, isInterlaced ? (byte)1 : (byte)0);
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (byte[] row in rows)
            {
                zlib.Write(row);
            }
        }

        using FileStream file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Chunk(file, "IHDR"u8, start);
        if (palette is not null)
        {
            Chunk(file, "PLTE"u8, palette);
        }

        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
    }

    /// <summary>Adds a camera's orientation (1 to 8) to a JPEG.</summary>
    public static void SetOrientation(string path, byte orientation)
    {
        byte[] jpeg = File.ReadAllBytes(path);
        byte[] exif =
        [
            0xFF,
            0xE1,
            0,
            34,
            .. "Exif"u8,
            0,
            0,
            .. "MM"u8,
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            orientation,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        File.WriteAllBytes(path, [.. jpeg[..2], .. exif, .. jpeg[2..]]);
    }

    /// <summary>An 8x8 CMYK JPEG of one colour, as photo editors write it: inverted, with an Adobe marker.</summary>
    public static void WriteCmyk(string path, byte cyan, byte magenta, byte yellow, byte black)
    {
        List<byte> bytes = [0xFF, 0xD8, 0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0];
        bytes.AddRange([0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64)]);
        bytes.AddRange([0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4]);
        bytes.AddRange([1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
        // Twelve DC categories of 4 bits each; for AC only "end of block", one bit.
        bytes.AddRange([
            0xFF,
            0xC4,
            0,
            31,
            0x00,
            0,
            0,
            0,
            12,
            .. new byte[12],
            .. Enumerable.Range(0, 12).Select(i => (byte)i),
        ]);
        bytes.AddRange([0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0]);
        bytes.AddRange([0xFF, 0xDA, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
        string bits = string.Concat(
            new[] { cyan, magenta, yellow, black }.Select(ink => DcBlock(8 * (255 - ink - 128)))
        );
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        foreach (char[] eight in bits.Chunk(8))
        {
            byte value = Convert.ToByte(new string(eight), 2);
            bytes.AddRange(value == 0xFF ? [value, 0] : [value]);
        }

        File.WriteAllBytes(path, [.. bytes, 0xFF, 0xD9]);
    }

    private static string DcBlock(int coefficient)
    {
        int category = coefficient == 0 ? 0 : (int)Math.Log2(Math.Abs(coefficient)) + 1;
        int magnitude = coefficient < 0 ? coefficient + (1 << category) - 1 : coefficient;
        string value = category == 0 ? "" : Convert.ToString(magnitude, 2).PadLeft(category, '0');
        return $"{Convert.ToString(category, 2).PadLeft(4, '0')}{value}0";
    }

    /// <summary>Adds a chunk to a PNG, before its pixels or after them.</summary>
    public static void AddChunk(string path, string type, byte[] content, bool isAfter = false)
    {
        byte[] png = File.ReadAllBytes(path);
        int at = png.AsSpan().IndexOf(isAfter ? "IEND"u8 : "IDAT"u8) - 4;
        using FileStream file = File.Create(path);
        file.Write(png.AsSpan(0, at));
        Chunk(file, System.Text.Encoding.ASCII.GetBytes(type), content);
        file.Write(png.AsSpan(at));
    }

    /// <summary>EXIF with an orientation alone, written as a short or as a long number.</summary>
    public static byte[] Exif(byte orientation, bool isLong, bool isLittle) =>
        (isLong, isLittle) switch
        {
            (false, false) =>
            [
                .. "MM\0*"u8,
                0,
                0,
                0,
                8,
                0,
                1,
                1,
                0x12,
                0,
                3,
                0,
                0,
                0,
                1,
                0,
                orientation,
                0,
                0,
                0,
                0,
                0,
                0,
            ],
            (true, false) =>
            [
                .. "MM\0*"u8,
                0,
                0,
                0,
                8,
                0,
                1,
                1,
                0x12,
                0,
                4,
                0,
                0,
                0,
                1,
                0,
                0,
                0,
                orientation,
                0,
                0,
                0,
                0,
            ],
            (false, true) =>
            [
                .. "II*\0"u8,
                8,
                0,
                0,
                0,
                1,
                0,
                0x12,
                1,
                3,
                0,
                1,
                0,
                0,
                0,
                orientation,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
            ],
            (true, true) =>
            [
                .. "II*\0"u8,
                8,
                0,
                0,
                0,
                1,
                0,
                0x12,
                1,
                4,
                0,
                1,
                0,
                0,
                0,
                orientation,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
            ],
        };

    private static void Chunk(FileStream file, ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] body = [.. type, .. content];
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    public static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
