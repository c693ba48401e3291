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
    private const int Global = 1;
    private const ushort Unversioned = 1;

    private readonly byte[] symbols = [];
    private readonly byte[] names = [];
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
                names = linked >= 0 && linked < count ? Content(file, Section(table, linked)) : [];
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

    /// <summary>The symbols that others can use.</summary>
    internal IEnumerable<string> Defined() => Symbols(isDefined: true).Select(symbol => symbol.Name);

    /// <summary>
    /// The symbols that it cannot do without and whose version it leaves open. libtorch's have no versions; those of the
    /// C and C++ runtimes have.
    /// </summary>
    internal IEnumerable<string> Needed() =>
        Symbols(isDefined: false)
            .Where(symbol => symbol is { Binding: Global, Version: <= Unversioned })
            .Select(symbol => symbol.Name);

    private IEnumerable<(string Name, int Binding, int Version)> Symbols(bool isDefined)
    {
        for (int i = 1; i < symbols.Length / SymbolSize; i++)
        {
            int at = i * SymbolSize;
            int binding = symbols[at + 4] >> 4;
            bool hasSection = BinaryPrimitives.ReadUInt16LittleEndian(symbols.AsSpan(at + 6)) != 0;
            if (hasSection == isDefined && binding != 0)
            {
                int version =
                    versions.Length >= (i + 1) * 2
                        ? BinaryPrimitives.ReadUInt16LittleEndian(versions.AsSpan(i * 2))
                        : Unversioned;
                yield return (Name(BinaryPrimitives.ReadUInt32LittleEndian(symbols.AsSpan(at))), binding, version);
            }
        }
    }

    private string Name(uint start)
    {
        ReadOnlySpan<byte> rest = start < names.Length ? names.AsSpan((int)start) : [];
        int end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }

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
