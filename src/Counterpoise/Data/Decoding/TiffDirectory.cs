using System.Buffers.Binary;

namespace Counterpoise.Data.Decoding;

/// <summary>
/// The first directory of what is structured as TIFF: a TIFF file, or the EXIF of another one. It reads single numbers
/// and follows nothing further, so that no content leads it in circles or out of the bytes.
/// </summary>
internal readonly ref struct TiffDirectory
{
    private const int Byte = 1;
    private const int Short = 3;
    private const int Long = 4;
    private const int LongOfBig = 16;
    private readonly ReadOnlySpan<byte> content;
    private readonly bool isLittle;
    private readonly bool isBig;
    private readonly int start;
    private readonly int count;

    /// <summary>Finds the directory; it is empty where there is none.</summary>
    /// <param name="content">The bytes, from the mark of their order on.</param>
    internal TiffDirectory(ReadOnlySpan<byte> content)
    {
        int counter = 2;
        if (!Is(content) || content.Length < 16)
        {
            return;
        }

        this.content = content;
        isLittle = content[0] == 'I';
        isBig = content[..4].Contains((byte)'+');
        counter = isBig ? 8 : counter;
        ulong at = isBig ? Number(8, 8) : Number(4, 4);
        if (at <= (ulong)(content.Length - counter))
        {
            start = (int)at + counter;
            count = (int)Math.Min(Number((int)at, counter), (ulong)((content.Length - start) / EntryBytes));
        }
    }

    private int EntryBytes => isBig ? 20 : 12;

    /// <summary>Whether bytes begin as TIFF, or BigTIFF, does.</summary>
    internal static bool Is(ReadOnlySpan<byte> content) =>
        content.StartsWith("II*\0"u8)
        || content.StartsWith("MM\0*"u8)
        || content.StartsWith("II+\0"u8)
        || content.StartsWith("MM\0+"u8);

    /// <summary>Whether all entries' values can be in the content: who reads them may make room for all of them first.</summary>
    internal bool IsPlausible
    {
        get
        {
            for (int i = 0; i < count; i++)
            {
                if (Values(i) > (ulong)(content.Length / BytesOf(Type(i))))
                {
                    return false;
                }
            }

            return count > 0;
        }
    }

    /// <summary>The first value of a tag, a whole number; null where there is none.</summary>
    internal long? this[int tag]
    {
        get
        {
            for (int i = 0; i < count; i++)
            {
                if (Number(Entry(i), 2) == (ulong)tag && Values(i) > 0)
                {
                    int value = Entry(i) + (isBig ? 12 : 8);
                    return Type(i) switch
                    {
                        Byte => content[value],
                        Short => (long)Number(value, 2),
                        Long => (long)Number(value, 4),
                        LongOfBig when isBig => (long)Math.Min(Number(value, 8), long.MaxValue),
                        _ => null,
                    };
                }
            }

            return null;
        }
    }

    private int Entry(int index) => start + (index * EntryBytes);

    private int Type(int index) => (int)Number(Entry(index) + 2, 2);

    private ulong Values(int index) => Number(Entry(index) + 4, isBig ? 8 : 4);

    private static int BytesOf(int type) =>
        type switch
        {
            Short or 8 => 2,
            Long or 9 or 11 or 13 => 4,
            5 or 10 or 12 or LongOfBig or 17 or 18 => 8,
            _ => 1,
        };

    private ulong Number(int at, int bytes)
    {
        ReadOnlySpan<byte> from = content[at..];
        return (bytes, isLittle) switch
        {
            (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(from),
            (2, false) => BinaryPrimitives.ReadUInt16BigEndian(from),
            (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(from),
            (4, false) => BinaryPrimitives.ReadUInt32BigEndian(from),
            (_, true) => BinaryPrimitives.ReadUInt64LittleEndian(from),
            (_, false) => BinaryPrimitives.ReadUInt64BigEndian(from),
        };
    }
}
