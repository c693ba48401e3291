using System.Buffers.Binary;
using Counterpoise.Basics;
using Counterpoise.Data.Formats;

namespace Counterpoise.Tests.Data;

/// <summary>A damaged file is read or refused at once, and never takes memory for what its bytes do not hold.</summary>
public sealed class ParquetDamageTests : IDisposable
{
    private const long MostMemory = 100_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changed_bytes_in_the_footer_and_the_pages_never_cost_more_than_an_error(bool isText)
    {
        byte[] whole = await Whole(isText);
        int footer = whole.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(whole.Length - 8));
        long cases = Math.Max(1, Fuzzing.Cases / 20);
        int refused = 0;
        for (int seed = 0; seed < cases; seed++)
        {
            var random = new Random(seed);
            byte[] changed = [.. whole];
            (int first, int end) = random.Next(3) > 0 ? (footer, whole.Length - 8) : (4, footer);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int at = random.Next(first, end);
                int length = Math.Min(random.Next(4) == 0 ? random.Next(1, 6) : 1, end - at);
                byte value = random.Next(3) == 0 ? byte.MaxValue : (byte)random.Next(256);
                changed.AsSpan(at, length).Fill(value);
            }

            refused += await Read(changed) is null ? 0 : 1;
        }

        Assert.InRange(refused, 1, cases - 1);
    }

    [Theory]
    // Field 15, which there is not, with a list of 2^31 truths, which take no byte each.
    [InlineData("F9 F1 FF FF FF FF 07 00", "announces 2147483647 elements or bytes where 1 bytes are left")]
    // The same with a map, and with a structure that is not known.
    [InlineData("FB FF FF FF FF 07 11 00", "a value of the type 11 that is not known")]
    [InlineData("FC 15 02 00 00", "a value of the type 12 that is not known")]
    // The schema, of 2^28 elements.
    [InlineData("29 FC FF FF FF 7F 00", "announces 268435455 elements or bytes where 1 bytes are left")]
    // The schema where the version belongs, and a name of many bytes.
    [InlineData("19 1C 48 01 61 00 00", "a value of the type 9 where none can be")]
    [InlineData("29 1C 48 FF FF FF 7F 61 00 00", "announces 268435455 elements or bytes where 3 bytes are left")]
    [InlineData("05 01 02 00", "a field with the number -1")]
    [InlineData("15 02", "announces 1 elements or bytes where 0 bytes are left")]
    [InlineData("15 80 80 80 80 80 80 80 80 80 80 80 00 00", "a number of more than 10 bytes")]
    [InlineData("FE 00", "a value of the type 14 that is not known")]
    public async Task A_footer_that_announces_what_it_does_not_hold_is_refused(string bytes, string said)
    {
        byte[] footer = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);

        string? message = await Read([.. "PAR1"u8, .. footer, .. length, .. "PAR1"u8]);

        Assert.NotNull(message);
        Assert.Contains("rows.parquet: is damaged or no Parquet file (", message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_within_lists_without_end_are_refused()
    {
        byte[] footer = [0xF9, .. Enumerable.Repeat((byte)0x19, 100_000)];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);

        string? message = await Read([.. "PAR1"u8, .. footer, .. length, .. "PAR1"u8]);

        Assert.Contains("parts of it lie 64 deep in others", message, StringComparison.Ordinal);
    }

    /// <summary>Reads all of a file; the message where it is refused, null where it is not.</summary>
    private async Task<string?> Read(byte[] content)
    {
        string path = temp.At("rows.parquet");
        await File.WriteAllBytesAsync(path, content);
        return await Task.Run(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                string? message = null;
                try
                {
                    ParquetShard shard = ParquetShard.Open(path);
                    if (shard.HasColumns)
                    {
                        _ = shard.Labels;
                        _ = shard.Names;
                        for (int group = 0; group < shard.GroupRows.Length; group++)
                        {
                            shard.ReadImages(group);
                        }
                    }
                }
                catch (CounterpoiseException failure)
                {
                    message = failure.Message;
                }

                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
                return message;
            })
            .WaitAsync(Patience);
    }

    private async Task<byte[]> Whole(bool isText)
    {
        string path = temp.At("whole.parquet");
        string features = TestParquet.Features(TestParquet.Classes("label", "cat", "dog"));
        byte[]?[] images = [.. Enumerable.Range(0, 6).Select(i => i == 3 ? null : TestParquet.Png(i))];
        await (
            isText
                ? TestParquet.WriteText(path, [.. images.Select((image, i) => (image, i % 2 == 0 ? "cat" : "dog"))])
                : TestParquet.Write<long>(path, [.. images.Select((image, i) => (image, (long?)(i % 2)))], features)
        );
        return await File.ReadAllBytesAsync(path);
    }
}
