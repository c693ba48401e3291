using System.Text;
using Counterpoise.Basics;
using Counterpoise.Interop;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop;

/// <summary>Files that are damaged, or were made to do damage, are refused and take little memory to refuse.</summary>
[Collection(CountsTensors.Name)]
public sealed class SafetensorsFuzzTests : IDisposable
{
    private static readonly string[] Types =
    [
        "F64",
        "F32",
        "F16",
        "BF16",
        "I64",
        "I32",
        "I16",
        "I8",
        "U8",
        "BOOL",
        "F8",
        "",
    ];
    private static readonly int[] Bytes = [8, 4, 2, 2, 8, 4, 2, 1, 1, 1, 1, 1];

    private static readonly long[] Edges =
    [
        0,
        1,
        2,
        4,
        7,
        8,
        16,
        24,
        -1,
        int.MaxValue,
        (long)int.MaxValue + 1,
        long.MaxValue,
        long.MinValue,
        1L << 62,
        1L << 32,
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static Gen<long> Sizes =>
        Gen.OneOf(Gen.Long[0, 24], Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]), Gen.Long);

    [Fact]
    public void Headers_with_a_wrong_number_are_refused_or_read()
    {
        int read = 0;
        Gen.Select(Gen.Int[0, Types.Length - 1].Array[1, 3], Gen.Long[0, 4].Array[3], Gen.Int[0, 40], Sizes)
            .Sample(
                (types, shape, place, wrong) =>
                {
                    // The length, then for each tensor three sizes and two offsets: at most one of them is wrong.
                    var numbers = new List<long> { 0 };
                    long end = 0;
                    foreach (int type in types)
                    {
                        long start = end;
                        end += Bytes[type] * shape[0] * shape[1] * shape[2];
                        numbers.AddRange([.. shape, start, end]);
                    }

                    byte[] right = Header(types, numbers);
                    numbers[0] = right.Length;
                    if (place < numbers.Count)
                    {
                        numbers[place] = wrong;
                    }

                    byte[] header = place == 0 ? right : Header(types, numbers);
                    long length = place == 0 ? wrong : header.Length;
                    read += Try([.. BitConverter.GetBytes(length), .. header, .. new byte[end]]) ? 1 : 0;
                },
                iter: Fuzzing.Cases,
                threads: 1
            );
        Assert.InRange(read, 1, Fuzzing.Cases - 1);
    }

    [Fact]
    public void Changed_bytes_are_refused_or_read()
    {
        byte[] whole = Written();
        Gen.Select(Gen.Int[0, whole.Length - 1].Array[1, 4], Gen.Byte.Array[4], Gen.Int[0, 2])
            .Sample(
                (places, values, way) =>
                {
                    List<byte> bytes = [.. whole];
                    for (int i = 0; i < places.Length; i++)
                    {
                        int place = Math.Min(places[i], bytes.Count - 1);
                        switch (way)
                        {
                            case 0:
                                bytes[place] = values[i];
                                break;
                            case 1:
                                bytes.Insert(place, values[i]);
                                break;
                            default:
                                bytes.RemoveAt(place);
                                break;
                        }
                    }

                    Try([.. bytes]);
                },
                iter: Fuzzing.Cases,
                threads: 1
            );
    }

    private static byte[] Header(int[] types, List<long> numbers) =>
        Encoding.UTF8.GetBytes(
            $"{{{string.Join(',', types.Select((type, i) => Tensor(i, Types[type], numbers.GetRange(1 + (5 * i), 5))))}}}"
        );

    private static string Tensor(int index, string type, List<long> numbers) =>
        $$"""
            "t{{index}}":{"dtype":"{{type}}","shape":[{{string.Join(',', numbers[..3])}}],"data_offsets":[{{string.Join(
                ',',
                numbers[3..]
            )}}]}
            """;

    /// <returns>Whether the file was read.</returns>
    private bool Try(byte[] content)
    {
        string path = folder["x.safetensors"];
        File.WriteAllBytes(path, content);
        long tensors = LiveTensors.Count();
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using SafetensorsFile file = Safetensors.Read(path);
            Assert.True(file.Tensors.Values.Sum(tensor => tensor.numel() * tensor.element_size()) <= content.Length);
            return true;
        }
        catch (CounterpoiseException refusal)
        {
            Assert.StartsWith($"{path}: damaged: ", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.Equal(tensors, torch.Tensor.TotalCount);
            return false;
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated < (20L * content.Length) + (1 << 20),
                $"{allocated} bytes for a file of {content.Length}"
            );
        }
    }

    private byte[] Written()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(
            folder["whole"],
            [new("a", ones(2, 2)), new("b", ones(3, ScalarType.Byte)), new("c", ones(1, ScalarType.Int64))],
            new Dictionary<string, string> { ["key"] = "value" }
        );
        return File.ReadAllBytes(folder["whole"]);
    }
}
