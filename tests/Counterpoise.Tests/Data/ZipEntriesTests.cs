using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Formats;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class ZipEntriesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Names_and_contents_come_as_they_were_written()
    {
        var name = Gen.Char["abé猫0 -_./"].Array[1, 40].Select(letters => new string(letters) + "x");
        Gen.Select(name, Gen.Byte.Array[0, 900])
            .Array[0, 6]
            .Sample(
                files =>
                {
                    string archive = Write(files, Encoding.UTF8);
                    (string, byte[])[] read = Read(archive);
                    Assert.Equal(files.Select(file => file.Item1), read.Select(file => file.Item1));
                    Assert.Equal(files.Select(file => file.Item2), read.Select(file => file.Item2));
                },
                iter: 200,
                threads: 1
            );
    }

    [Fact]
    public void Names_without_the_flag_of_UTF_8_are_read_where_they_are_UTF_8_and_refused_where_not()
    {
        // With one character a byte, no flag is written.
        string utf8 = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("猫/0.png"));

        Assert.Equal("猫/0.png", Assert.Single(Read(Write([(utf8, [1])], Encoding.Latin1))).Name);
        var failure = Assert.Throws<CounterpoiseException>(() =>
            Read(Write([("tea/0.png", [1]), ("café/0.png", [1])], Encoding.Latin1))
        );
        Assert.Contains(@"has the entry caf\xe9/0.png, whose name is not UTF-8", failure.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_name_in_UTF_8_beside_another_one_is_taken_where_it_belongs_to_it(bool belongs)
    {
        byte[] other = [0xC3, 0xA8, 0xB9]; // In GBK; as UTF-8 it is none.
        byte[] unicode = Encoding.UTF8.GetBytes("猫狗");
        byte[] field = new byte[9 + unicode.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(field, 0x7075);
        BinaryPrimitives.WriteUInt16LittleEndian(field.AsSpan(2), (ushort)(5 + unicode.Length));
        field[4] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(field.AsSpan(5), Crc32.Of(other) + (belongs ? 0u : 1u));
        unicode.CopyTo(field, 9);
        string archive = Write([(Encoding.Latin1.GetString(other), [1])], Encoding.Latin1);
        byte[] bytes = File.ReadAllBytes(archive);
        int at = Directory(bytes);
        bytes[at + 30] = (byte)field.Length;
        int behindName = at + 46 + other.Length;
        bytes = [.. bytes[..behindName], .. field, .. bytes[behindName..]];
        bytes[^10] += (byte)field.Length; // The directory's length, in the last record.
        File.WriteAllBytes(archive, bytes);

        if (belongs)
        {
            Assert.Equal("猫狗", Assert.Single(Read(archive)).Name);
        }
        else
        {
            Assert.Throws<CounterpoiseException>(() => Read(archive));
        }
    }

    [Fact]
    public void Backslashes_of_old_tools_are_slashes() =>
        Assert.Equal("train/cat/0.png", Assert.Single(Read(Write([(@"train\cat\0.png", [1])], Encoding.UTF8))).Name);

    [Theory]
    [InlineData(8, 1, "is protected by a password")]
    [InlineData(8, 0x41, "is protected by a password")]
    [InlineData(10, 99, "is protected by a password")]
    [InlineData(10, 12, "is compressed by BZip2")]
    [InlineData(10, 14, "is compressed by LZMA")]
    [InlineData(10, 77, "is compressed by method 77")]
    public void Passwords_and_methods_that_are_not_known_are_named(int field, byte value, string said)
    {
        string archive = Write([("cat/0.png", [1, 2, 3])], Encoding.UTF8);
        byte[] bytes = File.ReadAllBytes(archive);
        bytes[Directory(bytes) + field] = value;
        File.WriteAllBytes(archive, bytes);

        var failure = Assert.Throws<CounterpoiseException>(() => Read(archive));

        Assert.Contains($"{archive}: the entry cat/0.png {said}", failure.Message);
        Assert.Contains("unpack it by hand and give the folder", failure.Message);
    }

    [Fact]
    public void A_changed_content_is_refused()
    {
        byte[] content = [.. Enumerable.Range(0, 200).Select(i => (byte)(i * 89))];
        string archive = folder["a.zip"];
        using (ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        using (Stream entry = zip.CreateEntry("a", CompressionLevel.NoCompression).Open())
        {
            entry.Write(content);
        }

        byte[] bytes = File.ReadAllBytes(archive);
        bytes[bytes.AsSpan().IndexOf(content.AsSpan(0, 20)) + 100] ^= 1;
        File.WriteAllBytes(archive, bytes);

        var failure = Assert.Throws<InvalidDataException>(() => Read(archive));

        Assert.Contains("the entry a does not match its length and checksum", failure.Message);
    }

    [Fact]
    public void A_cut_or_changed_archive_is_refused_or_read_and_never_a_defect()
    {
        string archive = Write([("é/1.png", new byte[300]), ("b", [1, 2])], Encoding.UTF8);
        byte[] whole = File.ReadAllBytes(archive);
        for (int length = 0; length < whole.Length; length++)
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

                    File.WriteAllBytes(archive, changed);
                    try
                    {
                        Read(archive);
                    }
                    catch (Exception failure)
                        when (failure is InvalidDataException or CounterpoiseException or IOException)
                    {
                        // Refused.
                    }
                },
                iter: Fuzzing.Cases / 5,
                threads: 1
            );
    }

    private string Write((string Name, byte[] Content)[] files, Encoding encoding)
    {
        File.Delete(folder["a.zip"]);
        using ZipArchive zip = ZipFile.Open(folder["a.zip"], ZipArchiveMode.Create, encoding);
        foreach ((string name, byte[] content) in files)
        {
            using Stream entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }

        return folder["a.zip"];
    }

    private static int Directory(byte[] zip) => zip.AsSpan().IndexOf("PK\u0001\u0002"u8);

    private static (string Name, byte[] Content)[] Read(string archive) =>
        [
            .. ZipEntries
                .Read(archive)
                .Select(entry =>
                {
                    using var content = new MemoryStream();
                    entry.CopyTo(content);
                    return (entry.Name, content.ToArray());
                }),
        ];
}
