using Counterpoise.Interop;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop;

public sealed class SafetensorsPythonTests : IDisposable
{
    private const string Script = """
        import sys
        from safetensors import safe_open
        from safetensors.numpy import load_file, save_file
        tensors = load_file(sys.argv[1])
        assert tensors["a"].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], tensors
        assert tensors["b"].dtype == "int64" and tensors["b"].tolist() == 7, tensors
        with safe_open(sys.argv[1], "numpy") as file:
            assert file.metadata()["key"] == "value", file.metadata()
        save_file({"doubled": tensors["a"] * 2}, sys.argv[2], {"from": "python"})
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_go_to_the_reference_implementation_and_back()
    {
        var python = Python.That("import safetensors.numpy", "the packages safetensors and numpy");
        using var scope = NewDisposeScope();
        Safetensors.Write(
            folder["ours"],
            [new("a", arange(6, ScalarType.Float32).reshape(2, 3)), new("b", tensor(7L))],
            new Dictionary<string, string> { ["key"] = "value" }
        );
        python.Run("-c", Script, folder["ours"], folder["theirs"]);
        using SafetensorsFile file = Safetensors.Read(folder["theirs"]);
        Assert.Equal("python", file.Metadata["from"]);
        Assert.Equal([0f, 2f, 4f, 6f, 8f, 10f], file.Tensors["doubled"].data<float>().ToArray());
    }
}
