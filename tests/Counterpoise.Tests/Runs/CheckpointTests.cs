using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Interop;
using Counterpoise.Runs;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Runs;

[Collection(CountsTensors.Name)]
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["x.safetensors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_checkpoint_comes_back_as_it_was()
    {
        using var scope = NewDisposeScope();
        Tensor weight = randn(3, 4);
        var state = new JsonObject
        {
            ["rate"] = 0.1,
            ["third"] = 1.0 / 3,
            ["seed"] = ulong.MaxValue,
            ["text"] = "\"\u00e9\"",
        };
        new Checkpoint(3, 120, 4567, state, new Dictionary<string, Tensor> { ["w"] = weight }).Save(FilePath);

        var found = Checkpoint.Load(FilePath);
        Assert.Equal((3, 120, 4567L), (found.Epoch, found.Step, found.MetricsLength));
        Assert.True(JsonNode.DeepEquals(state, found.State), found.State.ToJsonString());
        Assert.Equal(1.0 / 3, found.State["third"]!.GetValue<double>());
        using Tensor read = Assert.Single(found.Tensors).Value;
        Assert.Equal(weight.data<float>().ToArray(), read.data<float>().ToArray());
    }

    [Fact]
    public void A_loss_that_is_not_a_number_can_be_saved()
    {
        new Checkpoint(0, 0, 0, new JsonObject { ["loss"] = double.NaN }, new Dictionary<string, Tensor>()).Save(
            FilePath
        );
        Assert.Equal("NaN", Checkpoint.Load(FilePath).State["loss"]!.GetValue<string>());
    }

    [Fact]
    public void A_damaged_checkpoint_says_to_go_back_to_the_previous_one()
    {
        using var scope = NewDisposeScope();
        new Checkpoint(1, 0, 0, [], new Dictionary<string, Tensor> { ["w"] = ones(3) }).Save(FilePath);
        byte[] bytes = File.ReadAllBytes(FilePath);
        bytes[^1] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        Assert.Equal(
            $"{FilePath}: damaged: its content does not match its checksum. "
                + "Delete this file to resume from the previous checkpoint.",
            Assert.Throws<CounterpoiseException>(() => Checkpoint.Load(FilePath)).Message
        );
    }

    [Theory]
    [InlineData(null, "is not a checkpoint of Counterpoise")]
    [InlineData("{", "must be JSON with epoch")]
    [InlineData("null", "must be JSON with epoch")]
    [InlineData("""{"epoch":1,"step":0,"metricsLength":0}""", "must be JSON with epoch")]
    [InlineData("""{"epoch":1,"step":0,"metricsLength":0,"state":null}""", "must be JSON with epoch")]
    [InlineData("""{"epoch":"x","step":0,"metricsLength":0,"state":{}}""", "must be JSON with epoch")]
    [InlineData("""{"epoch":1,"step":0,"metricsLength":0,"state":[]}""", "must be JSON with epoch")]
    public void Another_safetensors_file_is_refused_without_a_leak(string? json, string fault)
    {
        using var scope = NewDisposeScope();
        var metadata = new Dictionary<string, string>();
        if (json is not null)
        {
            metadata["counterpoise"] = json;
        }

        Safetensors.Write(FilePath, [new("w", ones(2))], metadata);
        long total = LiveTensors.Count();
        string message = Assert.Throws<CounterpoiseException>(() => Checkpoint.Load(FilePath)).Message;
        Assert.StartsWith(FilePath, message);
        Assert.Contains(fault, message);
        Assert.EndsWith("Delete this file to resume from the previous checkpoint.", message);
        Assert.Equal(total, Tensor.TotalCount);
    }
}
