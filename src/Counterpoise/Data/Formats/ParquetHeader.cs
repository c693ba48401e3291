namespace Counterpoise.Data.Formats;

/// <summary>Goes over what a Parquet file says of itself, in its footer and before each page, before the library reads it.</summary>
/// <remarks>
/// These are structures in Thrift's compact protocol. The library takes memory for whatever number of elements and bytes is
/// announced, reads a field by its number, whatever type it has there, and goes on for ever behind the end. So one wrong byte
/// may cost gigabytes, or never come back. Here every field must have its type, and all that is announced must fit into the
/// bytes that are left. What the library does not skip rightly is refused: structures that it does not know.
/// </remarks>
internal sealed class ParquetHeader
{
    private const int Deepest = 64;
    private const int LongestNumber = 10;

    // The fields of each structure from number 1: i whole number, y byte, t true or false, d double, b bytes or text, - none;
    // a structure by its name; lists in brackets. What has other fields is of a newer version of the format, and is skipped.
    private static readonly Dictionary<string, string[]> Structures = new(StringComparer.Ordinal)
    {
        ["File"] = Fields("i [Schema] i [Group] [KeyValue] b [Order] Encryption b"),
        ["Schema"] = Fields("i i i b i i i i i Logical"),
        ["Logical"] = Fields("_ _ _ _ Decimal _ Time Time - Integer _ _ _ _ _ Variant Geometry Geometry"),
        ["Decimal"] = Fields("i i"),
        ["Time"] = Fields("t Unit"),
        ["Unit"] = Fields("_ _ _"),
        ["Integer"] = Fields("y t"),
        ["Variant"] = Fields("y"),
        ["Geometry"] = Fields("b i"),
        ["Group"] = Fields("[Chunk] i i [Sorting] i i i"),
        ["Sorting"] = Fields("i t t"),
        ["Chunk"] = Fields("b i Column i i i i Crypto b"),
        ["Column"] = Fields("i [i] [b] i i i i [KeyValue] i i i Statistics [PageKinds] i i Sizes Places"),
        ["KeyValue"] = Fields("b b"),
        ["Statistics"] = Fields("b b i i b b t t"),
        ["PageKinds"] = Fields("i i i"),
        ["Sizes"] = Fields("i [i] [i]"),
        ["Places"] = Fields("Box [i]"),
        ["Box"] = Fields("d d d d d d d d"),
        ["Order"] = Fields("_"),
        ["Encryption"] = Fields("Cipher Cipher"),
        ["Cipher"] = Fields("b b t"),
        ["Crypto"] = Fields("_ Key"),
        ["Key"] = Fields("[b] b"),
        ["Page"] = Fields("i i i i Data _ Dictionary Data2"),
        ["Data"] = Fields("i i i i Statistics"),
        ["Dictionary"] = Fields("i i t"),
        ["Data2"] = Fields("i i i i i i t Statistics"),
        ["_"] = [],
    };

    private readonly Dictionary<(string Structure, int Field), long> numbers = [];
    private readonly Stream file;
    private readonly long end;

    private ParquetHeader(Stream file, long end)
    {
        this.file = file;
        this.end = end;
    }

    private enum Wire
    {
        Stop,
        True,
        False,
        Byte,
        Int16,
        Int32,
        Int64,
        Double,
        Bytes,
        List,
        Set,
        Map,
        Structure,
    }

    private long Left => end - file.Position;

    /// <summary>A whole number that was last read at a place; 0 where there is none.</summary>
    internal long this[string structure, int field] => numbers.GetValueOrDefault((structure, field));

    /// <summary>Goes over the footer.</summary>
    /// <param name="file">The file, at the footer.</param>
    /// <param name="end">Where it ends.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    internal static void RequireFooter(Stream file, long end) => new ParquetHeader(file, end).Structure("File", 0);

    /// <summary>Goes over what is said of a page; the file is at the page's content afterwards.</summary>
    /// <param name="file">The file, at the page.</param>
    /// <param name="end">Where the last page of all ends.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    internal static ParquetHeader OfPage(Stream file, long end)
    {
        var header = new ParquetHeader(file, end);
        header.Structure("Page", 0);
        return header;
    }

    /// <summary>Reads a length that stands where the file is now.</summary>
    internal long ReadLength() => (long)Bits();

    private static string[] Fields(string types) => types.Split(' ');

    private void Structure(string name, int depth)
    {
        string[] fields = Structures[name];
        int field = 0;
        for (int head = Byte(); head != (int)Wire.Stop; head = Byte())
        {
            long number = head >> 4 == 0 ? Number() : field + (head >> 4);
            field = number is > 0 and <= short.MaxValue
                ? (int)number
                : throw new InvalidDataException($"it has a field with the number {number}");
            string type = field <= fields.Length ? fields[field - 1] : "-";
            var wire = (Wire)(head & 15);
            Require(wire, type);
            if (wire is Wire.Int16 or Wire.Int32 or Wire.Int64)
            {
                numbers[(name, field)] = Number();
            }
            else
            {
                Value(wire, type, depth + 1);
            }
        }
    }

    private void Value(Wire wire, string type, int depth)
    {
        if (depth > Deepest)
        {
            throw new InvalidDataException($"parts of it lie {Deepest} deep in others");
        }

        switch (wire)
        {
            case Wire.True or Wire.False:
                break; // The type is the value.
            case Wire.Byte:
                Byte();
                break;
            case Wire.Int16 or Wire.Int32 or Wire.Int64:
                Number();
                break;
            case Wire.Double:
                Skip(sizeof(double));
                break;
            case Wire.Bytes:
                Skip(Count());
                break;
            case Wire.List:
                int head = Byte();
                List(head >> 4 == 15 ? Count() : head >> 4, (Wire)(head & 15), type.Trim('[', ']'), depth);
                break;
            case Wire.Structure when type != "-":
                Structure(type, depth);
                break;
            case Wire.Structure when Byte() == (int)Wire.Stop:
                break; // Without content there is nothing to skip.
            default:
                throw new InvalidDataException($"it has a value of the type {(int)wire} that is not known");
        }
    }

    private void List(int count, Wire wire, string type, int depth)
    {
        RequireRoom(count);
        for (int i = 0; i < count; i++)
        {
            Require(wire, type);
            Value(wire, type, depth + 1);
        }
    }

    private static void Require(Wire found, string type)
    {
        bool fits = type switch
        {
            "-" => true,
            "i" => found is Wire.Int16 or Wire.Int32 or Wire.Int64,
            "y" => found == Wire.Byte,
            "t" => found is Wire.True or Wire.False,
            "d" => found == Wire.Double,
            "b" => found == Wire.Bytes,
            ['[', ..] => found == Wire.List,
            _ => found == Wire.Structure,
        };
        if (!fits)
        {
            throw new InvalidDataException($"it has a value of the type {(int)found} where none can be");
        }
    }

    private int Byte()
    {
        RequireRoom(1);
        return file.ReadByte();
    }

    private void Skip(int count)
    {
        RequireRoom(count);
        file.Position += count;
    }

    /// <summary>Of elements or bytes; each element takes a byte at the least, so there can be no more than bytes are left.</summary>
    private int Count()
    {
        ulong count = Bits();
        RequireRoom((long)Math.Min(count, long.MaxValue));
        return (int)Math.Min(count, int.MaxValue);
    }

    private long Number()
    {
        ulong bits = Bits();
        return (long)(bits >> 1) ^ -(long)(bits & 1);
    }

    private ulong Bits()
    {
        ulong bits = 0;
        for (int i = 0; i < LongestNumber; i++)
        {
            int part = Byte();
            bits |= (ulong)(part & 127) << (7 * i);
            if (part < 128)
            {
                return bits;
            }
        }

        throw new InvalidDataException($"it has a number of more than {LongestNumber} bytes");
    }

    private void RequireRoom(long count)
    {
        if (count > Left)
        {
            throw new InvalidDataException($"it announces {count} elements or bytes where {Left} bytes are left");
        }
    }
}
