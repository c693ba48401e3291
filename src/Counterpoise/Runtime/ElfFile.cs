using System.Buffers.Binary;
using System.Text;

namespace Counterpoise.Runtime;

/// <summary>What a shared library of Linux says of itself: its processor, what it defines and what it needs.</summary>
/// <remarks>Only the symbol tables are read: of libtorch they are the last 10 of 460 MB.</remarks>
internal sealed class ElfFile
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int SymbolSize = 24;
    private const uint DynamicSymbols = 11;
    private const uint SymbolVersions = 0x6fffffff;
    private const int Local = 0;
    private const int Global = 1;
    private const ushort Unversioned = 1;

    private readonly byte[] symbols = [];
    private readonly string names = "";
    private readonly byte[] versions = [];

    /// <summary>Reads a library.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="InvalidDataException">It is no 64-bit library, or it ends before what it should hold.</exception>
    internal ElfFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] header = Read(file, 0, HeaderSize);
        if (!header.AsSpan(0, 6).SequenceEqual<byte>([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("it is no 64-bit library of Linux");
        }

        Machine = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(18));
        long sections = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(60));
        byte[] table = Read(file, sections, count * SectionSize);
        for (int i = 0; i < count; i++)
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(Section(table, i)[4..]);
            if (type == DynamicSymbols)
            {
                symbols = Content(file, Section(table, i));
                int linked = BinaryPrimitives.ReadInt32LittleEndian(Section(table, i)[40..]);
                names =
                    linked >= 0 && linked < count
                        ? Encoding.Latin1.GetString(Content(file, Section(table, linked)))
                        : "";
            }
            else if (type == SymbolVersions)
            {
                versions = Content(file, Section(table, i));
            }
        }
    }

    /// <summary>The processor's number: 62 is x86-64, 183 is arm64.</summary>
    internal ushort Machine { get; }

    /// <summary>The name of a processor by its number.</summary>
    internal static string NameOf(ushort machine) =>
        machine switch
        {
            62 => "x64",
            183 => "arm64",
            21 => "ppc64",
            22 => "s390x",
            243 => "riscv64",
            _ => $"number {machine}",
        };

    /// <summary>
    /// The symbols that it cannot do without and whose version it leaves open. libtorch's have no versions; those of the
    /// C and C++ runtimes have.
    /// </summary>
    internal IEnumerable<string> Needed() =>
        Symbols(isDefined: false)
            .Where(symbol => BindingOf(symbol) == Global && VersionOf(symbol) <= Unversioned)
            .Select(symbol => NameOf(symbol).ToString());

    /// <summary>Takes the symbols that others can use out of a set.</summary>
    internal void RemoveDefined(HashSet<string> missing)
    {
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = missing.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (int symbol in Symbols(isDefined: true))
        {
            lookup.Remove(NameOf(symbol));
        }
    }

    /// <summary>The places of symbols in the table, but for those that the library keeps for itself.</summary>
    private IEnumerable<int> Symbols(bool isDefined)
    {
        for (int i = 1; i < symbols.Length / SymbolSize; i++)
        {
            bool hasSection = BinaryPrimitives.ReadUInt16LittleEndian(Symbol(i)[6..]) != 0;
            if (hasSection == isDefined && BindingOf(i) != Local)
            {
                yield return i;
            }
        }
    }

    private int BindingOf(int symbol) => Symbol(symbol)[4] >> 4;

    private int VersionOf(int symbol) =>
        versions.Length >= (symbol + 1) * 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(versions.AsSpan(symbol * 2))
            : Unversioned;

    private ReadOnlySpan<char> NameOf(int symbol)
    {
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(Symbol(symbol));
        ReadOnlySpan<char> rest = start < names.Length ? names.AsSpan((int)start) : [];
        int end = rest.IndexOf('\0');
        return end < 0 ? rest : rest[..end];
    }

    private ReadOnlySpan<byte> Symbol(int i) => symbols.AsSpan(i * SymbolSize, SymbolSize);

    private static Span<byte> Section(byte[] table, int i) => table.AsSpan(i * SectionSize, SectionSize);

    private static byte[] Content(FileStream file, ReadOnlySpan<byte> section) =>
        Read(
            file,
            BinaryPrimitives.ReadInt64LittleEndian(section[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(section[32..])
        );

    private static byte[] Read(FileStream file, long start, long length)
    {
        if (start < 0 || length < 0 || length > file.Length || start > file.Length - length)
        {
            throw new InvalidDataException("it ends before what it should hold");
        }

        byte[] content = new byte[length];
        file.Position = start;
        file.ReadExactly(content);
        return content;
    }
}
