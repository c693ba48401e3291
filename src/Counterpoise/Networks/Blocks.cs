using System.Globalization;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Blocks one after the other, named by their numbers.</summary>
internal sealed class Blocks : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private readonly List<nn.Module<Tensor, Tensor>> blocks = [];
    private readonly List<Func<nn.Module<Tensor, Tensor>>> makers;

    internal Blocks(IEnumerable<Func<nn.Module<Tensor, Tensor>>> makers)
        : base("blocks")
    {
        this.makers = [.. makers];
        foreach (Func<nn.Module<Tensor, Tensor>> make in this.makers)
        {
            nn.Module<Tensor, Tensor> block = make();
            register_module(Name(blocks.Count), block);
            blocks.Add(block);
        }
    }

    public override Tensor forward(Tensor input) => blocks.Aggregate(input, (map, block) => block.call(map));

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) =>
        blocks.Aggregate(map, (value, block) => block.Export(graph, value));

    /// <summary>Takes the last block out.</summary>
    /// <returns>Makes blocks like it.</returns>
    internal Func<nn.Module<Tensor, Tensor>> TakeLast()
    {
        Func<nn.Module<Tensor, Tensor>> make = makers[^1];
        register_module(Name(blocks.Count - 1), null!);
        blocks[^1].Dispose();
        blocks.RemoveAt(blocks.Count - 1);
        makers.RemoveAt(makers.Count - 1);
        return make;
    }

    private static string Name(int block) => block.ToString(CultureInfo.InvariantCulture);
}
