using System.Text;
using Counterpoise.Basics;
using Counterpoise.Interop;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop;

[Collection(CountsTensors.Name)]
public sealed class SafetensorsDamageTests : IDisposable
{
    // As the reference implementation writes it: 56 bytes of header, the last 2 of them spaces, then 1.0f and -2.0f.
    private const string Golden =
        "3800000000000000"
        + "7b2278223a7b226474797065223a22463332222c227368617065223a5b325d2c22646174615f6f666673657473223a5b302c385d7d7d"
        + "2020"
        + "0000803f000000c0";

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["x.safetensors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_without_a_checksum_is_read()
    {
        File.WriteAllBytes(FilePath, Convert.FromHexString(Golden));
        using SafetensorsFile file = Safetensors.Read(FilePath);
        Assert.Empty(file.Metadata);
        Tensor x = Assert.Single(file.Tensors, pair => pair.Key == "x").Value;
        Assert.Equal([1f, -2f], x.data<float>().ToArray());
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = Written();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Contains("damaged", Refused(whole[..length]));
        }

        Assert.Contains("damaged", Refused([.. whole, 0]));
    }

    [Fact]
    public void A_changed_bit_anywhere_is_refused_or_changes_nothing_but_the_name_of_the_checksum()
    {
        byte[] whole = Written();
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 1;
            if (!Encoding.UTF8.GetString(changed).Contains("\"sha256\"", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.Contains("damaged", Refused(changed));
        }
    }

    [Theory]
    [InlineData("[]", 0, "the header is not a JSON object")]
    [InlineData("{", 0, "not valid JSON")]
    [InlineData("""{"x":1}""", 0, "tensor 'x' is not described by a JSON object")]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""",
        0,
        "not valid JSON"
    )]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "metadata 'a' is not a string")]
    [InlineData("""{"__metadata__":[]}""", 0, "metadata is not a JSON object")]
    [InlineData("""{"__metadata__":{"sha256":""}}""", 0, "checksum")]
    [InlineData("""{"x":{"shape":[1],"data_offsets":[0,1]}}""", 1, "no dtype")]
    [InlineData(
        """{"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""",
        1,
        "dtype F8_E4M3, expected one of F64"
    )]
    [InlineData("""{"x":{"dtype":"U8","data_offsets":[0,1]}}""", 1, "no list 'shape'")]
    [InlineData("""{"x":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "-1 in 'shape'")]
    [InlineData("""{"x":{"dtype":"U8","shape":[0.5],"data_offsets":[0,1]}}""", 1, "0.5 in 'shape'")]
    [InlineData("""{"x":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1, "\"1\" in 'shape'")]
    [InlineData("""{"x":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1, "1 data_offsets, expected 2")]
    [InlineData("""{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}""", 1, "shape and dtype take 2 bytes")]
    [InlineData("""{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "data_offsets 1 to 0")]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""",
        0,
        "more than"
    )]
    [InlineData("""{"x":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "more than")]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
        2,
        "starts at byte 1 of the data, expected 0"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""",
        3,
        "neither overlap"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""",
        1,
        "1 bytes of data were found, expected 2"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""",
        3,
        "3 bytes of data were found, expected 2"
    )]
    public void A_wrong_header_is_refused_with_its_fault(string header, int bodyLength, string fault)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        Assert.Contains(
            fault,
            Refused([.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[bodyLength]])
        );
    }

    [Fact]
    public void Text_that_is_not_Unicode_is_refused()
    {
        byte[] text = [.. "{\"__metadata__\":{\"a\":\""u8, 0xFF, .. "\"}}"u8];
        Assert.Contains("not valid", Refused([.. BitConverter.GetBytes((long)text.Length), .. text]));
        Assert.Contains("not valid", Refused([.. BitConverter.GetBytes(9L), .. "{\"\\ud800\""u8]));
    }

    [Fact]
    public void A_huge_header_length_is_refused_before_anything_is_read()
    {
        Assert.Contains("claims 18446744073709551615 bytes", Refused([.. BitConverter.GetBytes(ulong.MaxValue), 1, 2]));
        using (FileStream sparse = File.Create(FilePath))
        {
            sparse.Write(BitConverter.GetBytes(150_000_000L));
            sparse.SetLength(200_000_000);
        }

        string message = Assert.Throws<CounterpoiseException>(() => Safetensors.Read(FilePath)).Message;
        Assert.Contains("expected at most 100000000", message);
    }

    [Fact]
    public void Damage_leaks_no_tensors()
    {
        byte[] changed = Written();
        changed[^1] ^= 1;
        _ = Refused(changed);
        long total = LiveTensors.Count();
        _ = Refused(changed);
        Assert.Equal(total, Tensor.TotalCount);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string message = Assert.Throws<CounterpoiseException>(() => Safetensors.Read(FilePath)).Message;
        Assert.Equal($"{FilePath}: could not be read: it does not exist. Check the path.", message);
    }

    private byte[] Written()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(
            FilePath,
            [new("a", ones(2, 2)), new("b", ones(3, ScalarType.Byte)), new("c", ones(1, ScalarType.Int64))],
            new Dictionary<string, string> { ["key"] = "value" }
        );
        return File.ReadAllBytes(FilePath);
    }

    private string Refused(byte[] content)
    {
        File.WriteAllBytes(FilePath, content);
        string message = Assert.Throws<CounterpoiseException>(() => Safetensors.Read(FilePath)).Message;
        Assert.StartsWith(FilePath, message);
        Assert.EndsWith("Copy or download the file again.", message);
        return message;
    }
}
