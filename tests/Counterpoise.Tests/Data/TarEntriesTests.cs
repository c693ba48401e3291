using System.Formats.Tar;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Formats;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class TarEntriesTests : IDisposable
{
    private static readonly TarEntryFormat[] Formats =
    [
        TarEntryFormat.Pax,
        TarEntryFormat.Gnu,
        TarEntryFormat.Ustar,
        TarEntryFormat.V7,
    ];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Entries_of_every_format_come_as_they_were_written()
    {
        var name = Gen.Select(Gen.Char["abé猫0 -_."].Array[1, 120], Gen.Int[0, 3])
            .Select((letters, depth) => string.Concat(Enumerable.Repeat("folder/", depth)) + new string(letters) + "x");
        Gen.Select(
                Gen.Int[0, Formats.Length - 1].Select(i => Formats[i]),
                Gen.Select(name, Gen.Byte.Array[0, 1500]).Array[1, 5]
            )
            .Sample(
                (format, files) =>
                {
                    bool isShort = format is TarEntryFormat.V7 or TarEntryFormat.Ustar;
                    (string Name, byte[] Content)[] written =
                    [
                        .. files.Select(file => (isShort ? $"n{file.Item1.Length}.png" : file.Item1, file.Item2)),
                    ];
                    string archive = Write(writer =>
                    {
                        foreach ((string path, byte[] content) in written)
                        {
                            TarEntry entry = format switch
                            {
                                TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, path),
                                TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, path),
                                TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, path),
                                _ => new V7TarEntry(TarEntryType.V7RegularFile, path),
                            };
                            entry.DataStream = new MemoryStream(content);
                            writer.WriteEntry(entry);
                        }
                    });

                    (string, byte[])[] read = Read(archive);

                    Assert.Equal(written.Select(file => file.Name), read.Select(file => file.Item1));
                    Assert.Equal(written.Select(file => file.Content), read.Select(file => file.Item2));
                },
                iter: 200,
                threads: 1
            );
    }

    [Fact]
    public void A_long_path_may_stand_in_two_fields()
    {
        string path = $"{new string('a', 90)}/{new string('b', 80)}.png";
        string archive = Write(writer => writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)));

        Assert.Equal(path, Assert.Single(Read(archive)).Name);
    }

    [Fact]
    public void Two_archives_in_one_file_are_both_read()
    {
        string archive = Write(writer => writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "a")));
        byte[] one = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive, [.. one, .. one]);

        Assert.Equal(["a", "a"], Read(archive).Select(file => file.Name));
    }

    [Fact]
    public void A_name_that_is_not_UTF_8_is_refused_with_its_bytes()
    {
        string archive = Write(writer => writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "caf@/1.png")));
        byte[] bytes = File.ReadAllBytes(archive);
        bytes[3] = 0xE9;
        Resum(bytes);
        File.WriteAllBytes(archive, bytes);

        var failure = Assert.Throws<CounterpoiseException>(() => Read(archive));

        Assert.Contains(@"has the entry caf\xe9/1.png, whose name is not UTF-8", failure.Message);
    }

    [Fact]
    public void Times_past_the_calendar_do_no_harm()
    {
        string archive = Write(writer =>
            writer.WriteEntry(
                new PaxTarEntry(
                    TarEntryType.RegularFile,
                    "a",
                    [new("comment", "1"), new("mtimf", "99999999999999999999")]
                )
            )
        );
        byte[] bytes = File.ReadAllBytes(archive);
        bytes.AsSpan(bytes.AsSpan().IndexOf("mtimf="u8)).Slice(0, 5)[4] = (byte)'e';
        File.WriteAllBytes(archive, bytes);

        Assert.Equal("a", Assert.Single(Read(archive)).Name);
    }

    [Fact]
    public void A_header_of_a_gigabyte_is_not_taken_into_memory()
    {
        byte[] bytes = new byte[4096];
        "pax"u8.CopyTo(bytes);
        Encoding.ASCII.GetBytes("07777777777").CopyTo(bytes, 124);
        bytes[156] = (byte)'x';
        Resum(bytes);
        File.WriteAllBytes(folder["a.tar"], bytes);

        var failure = Assert.Throws<InvalidDataException>(() => Read(folder["a.tar"]));

        Assert.Contains("a header has 1073741823 bytes", failure.Message);
    }

    [Fact]
    public void A_cut_or_changed_archive_is_refused_or_read_and_never_a_defect()
    {
        string archive = Write(writer =>
        {
            writer.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, new string('é', 120))
                {
                    DataStream = new MemoryStream(new byte[700]),
                }
            );
            writer.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, new string('b', 150)) { LinkName = "a" });
        });
        byte[] whole = File.ReadAllBytes(archive);
        for (int length = 0; length < whole.Length - 1024; length += 128)
        {
            File.WriteAllBytes(archive, whole[..length]);
            Assert.Throws<InvalidDataException>(() => Read(archive));
        }

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte)
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    byte[] changed = [.. whole];
                    foreach ((int at, byte value) in changes)
                    {
                        changed[at] = value;
                    }

                    for (int at = 0; at < changed.Length; at += 512)
                    {
                        Resum(changed.AsSpan(at, 512));
                    }

                    File.WriteAllBytes(archive, changed);
                    try
                    {
                        Read(archive);
                    }
                    catch (Exception failure)
                        when (failure is InvalidDataException or CounterpoiseException or EndOfStreamException)
                    {
                        // Refused.
                    }
                },
                iter: Fuzzing.Cases / 5,
                threads: 1
            );
    }

    private string Write(Action<TarWriter> write)
    {
        using FileStream file = File.Create(folder["a.tar"]);
        using var writer = new TarWriter(file);
        write(writer);
        return folder["a.tar"];
    }

    private static (string Name, byte[] Content)[] Read(string archive) =>
        [
            .. TarEntries
                .Read(archive)
                .Select(entry =>
                {
                    using var content = new MemoryStream();
                    entry.CopyTo(content);
                    return (entry.Name, content.ToArray());
                }),
        ];

    /// <summary>Puts the checksum right of a block that is not empty.</summary>
    private static void Resum(Span<byte> block)
    {
        if (!block.ContainsAnyExcept((byte)0))
        {
            return;
        }

        block.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in block[..512])
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0").CopyTo(block[148..]);
    }
}
