using Counterpoise.Basics;
using Counterpoise.Interop;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop;

[Collection(CountsTensors.Name)]
public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["x.safetensors"];

    public void Dispose() => folder.Dispose();

    public static TheoryData<ScalarType> Types =>
        new(
            ScalarType.Float64,
            ScalarType.Float32,
            ScalarType.Float16,
            ScalarType.BFloat16,
            ScalarType.Int64,
            ScalarType.Int32,
            ScalarType.Int16,
            ScalarType.Int8,
            ScalarType.Byte,
            ScalarType.Bool
        );

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_comes_back_as_it_was(ScalarType type)
    {
        using var scope = NewDisposeScope();
        AssertComesBack(
            new()
            {
                ["matrix"] = arange(-6, 6, ScalarType.Float32).to(type).reshape(3, 4),
                ["scalar"] = tensor(1).to(type),
                ["empty"] = zeros([0, 5], type),
                ["one"] = ones([1, 1, 1], type),
            }
        );
    }

    [Fact]
    public void Special_values_keep_their_bits()
    {
        using var scope = NewDisposeScope();
        AssertComesBack(
            new() { ["x"] = tensor(new[] { float.NaN, float.PositiveInfinity, -0.0f, float.Epsilon, float.MinValue }) }
        );
    }

    [Fact]
    public void Tensors_are_written_in_row_major_order_whatever_their_strides()
    {
        using var scope = NewDisposeScope();
        Tensor image = arange(2 * 3 * 4 * 5, ScalarType.Float32).reshape(2, 3, 4, 5);
        AssertComesBack(
            new()
            {
                ["channels last"] = image.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),
                ["transposed"] = image.reshape(24, 5).t(),
                ["slice"] = image[1, .., 1.., 2..4],
                ["expanded"] = ones(1).expand(7),
                ["parameter"] = new TorchSharp.Modules.Parameter(ones(3)),
            }
        );
    }

    [Fact]
    public void Any_names_shapes_and_metadata_come_back()
    {
        Gen<long[]> shape = Gen.Long[0, 5].Array[0, 4];
        Gen<string> text = Gen.String[Gen.Char["aZ0._/\"\\ \n\u0001\u00e9\u4e2d"], 0, 8];
        Gen.Select(Gen.Dictionary(text, Gen.Select(shape, Gen.Int[0, 9]))[0, 6], Gen.Dictionary(text, text)[0, 4])
            .Sample(
                (tensors, metadata) =>
                {
                    using var scope = NewDisposeScope();
                    ScalarType[] types = [.. Types.Select(row => row.Data)];
                    AssertComesBack(
                        tensors.ToDictionary(
                            pair => pair.Key,
                            pair => randint(0, 2, pair.Value.Item1, dtype: types[pair.Value.Item2])
                        ),
                        metadata
                    );
                },
                iter: 100,
                threads: 1
            );
    }

    [Fact]
    public void A_tensor_longer_than_one_piece_comes_back()
    {
        using var scope = NewDisposeScope();
        AssertComesBack(new() { ["long"] = arange(1_000_003, ScalarType.Float64), ["after"] = ones(3) });
    }

    [Fact(Explicit = true)]
    public void A_tensor_of_more_than_2_GiB_comes_back()
    {
        using var scope = NewDisposeScope();
        Tensor wanted = arange(300_000_000, ScalarType.Int64);
        Safetensors.Write(FilePath, [new("long", wanted)]);
        using SafetensorsFile file = Safetensors.Read(FilePath);
        Assert.True(file.Tensors["long"].eq(wanted).all().item<bool>());
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes_in_whatever_order()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(3);
        Tensor b = zeros(2, ScalarType.Int64);
        Safetensors.Write(
            FilePath,
            [new("a", a), new("b", b)],
            new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" }
        );
        byte[] first = File.ReadAllBytes(FilePath);
        Safetensors.Write(
            FilePath,
            [new("b", b), new("a", a)],
            new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" }
        );
        Assert.Equal(first, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void The_data_start_at_a_multiple_of_8_and_wide_types_come_first()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(
            FilePath,
            [new("a", ones(3, ScalarType.Byte)), new("b", ones(1, ScalarType.Float64)), new("c", ones(1))]
        );
        byte[] bytes = File.ReadAllBytes(FilePath);
        long length = BitConverter.ToInt64(bytes);
        string header = System.Text.Encoding.UTF8.GetString(bytes, 8, (int)length);
        Assert.Equal(0, length % 8);
        Assert.Matches("\"b\".*\\[0,8\\].*\"c\".*\\[8,12\\].*\"a\".*\\[12,15\\]", header);
    }

    [Fact]
    public void Reading_and_writing_leak_no_tensors()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["a"] = ones(2, 3).t(), ["b"] = ones(3, ScalarType.Byte) };
        void WriteAndRead()
        {
            Safetensors.Write(FilePath, tensors);
            Safetensors.Read(FilePath).Dispose();
        }

        WriteAndRead();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        long total = LiveTensors.Count();
        for (int i = 0; i < 20; i++)
        {
            WriteAndRead();
        }

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(total, Tensor.TotalCount);
    }

    [Fact]
    public void Tensors_that_were_read_outlive_the_dispose_scope()
    {
        Safetensors.Write(FilePath, [new("a", ones(2))]);
        SafetensorsFile file;
        using (NewDisposeScope())
        {
            file = Safetensors.Read(FilePath);
        }

        using (file)
        {
            Assert.False(file.Tensors["a"].IsInvalid);
            Assert.Equal(2f, file.Tensors["a"].sum().item<float>());
        }
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("'z' is of type ComplexFloat32", Refused(("z", ones(1, ScalarType.ComplexFloat32))));
        Assert.Contains("two tensors are named 'a'", Refused(("a", ones(1)), ("a", ones(2))));
        Assert.Contains("must not be named '__metadata__'", Refused(("__metadata__", ones(1))));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private string Refused(params (string Name, Tensor Tensor)[] tensors)
    {
        string message = Assert
            .Throws<CounterpoiseException>(() =>
                Safetensors.Write(FilePath, tensors.Select(t => KeyValuePair.Create(t.Name, t.Tensor)))
            )
            .Message;
        Assert.StartsWith(FilePath, message);
        return message;
    }

    private void AssertComesBack(Dictionary<string, Tensor> tensors, Dictionary<string, string>? metadata = null)
    {
        Safetensors.Write(FilePath, tensors, metadata);
        using SafetensorsFile file = Safetensors.Read(FilePath);
        Assert.Equal(metadata ?? [], file.Metadata);
        Assert.Equal(tensors.Keys.Order(), file.Tensors.Keys.Order());
        foreach ((string name, Tensor wanted) in tensors)
        {
            Tensor found = file.Tensors[name];
            Assert.Equal(wanted.shape, found.shape);
            Assert.Equal(wanted.dtype, found.dtype);
            Assert.True(found.is_contiguous());
            Assert.Equal(Bytes(wanted), Bytes(found));
        }
    }

    private static byte[] Bytes(Tensor tensor) =>
        tensor.numel() == 0 ? [] : tensor.detach().contiguous().bytes.ToArray();
}
