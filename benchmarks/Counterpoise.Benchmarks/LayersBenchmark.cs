using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks;

/// <summary>The layers that a CIFAR residual network spends its time in, forward and backward, against libtorch's.</summary>
/// <remarks>Both sides work on maps in channels-last order, the faster one for libtorch's convolutions as well.</remarks>
internal sealed class LayersBenchmark : IBenchmark
{
    private const int UsualRounds = 15;

    public string Name => "layers";

    public string Summary => "each kind of layer, forward and backward, against libtorch's operations";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        Allocator.KeepFreedMemory();
        set_num_threads(options.Threads);
        using var scope = NewDisposeScope();
        (string Name, Contestant Ours, Contestant Libtorch)[] layers =
        [
            .. LayerPair.Of(options.Quick).Select(layer => (layer.Name, Side(layer, true), Side(layer, false))),
        ];
        Contestant.TakeTurns(
            options.RoundsOr(UsualRounds),
            layers.SelectMany(layer => new[] { layer.Ours, layer.Libtorch })
        );
        return
        [
            .. layers.Select(layer =>
                Figure.Ratio(
                    $"{layer.Name}_over_libtorch",
                    Figure.TimesAsFast,
                    layer.Ours.PerSecond,
                    layer.Libtorch.PerSecond
                )
            ),
            .. layers.SelectMany(layer =>
                new[]
                {
                    new Figure($"{layer.Name}_ms", "ms", layer.Ours.Milliseconds),
                    new Figure($"{layer.Name}_libtorch_ms", "ms", layer.Libtorch.Milliseconds),
                }
            ),
        ];
    }

    private static Contestant Side(LayerPair layer, bool ours) =>
        new(
            $"{layer.Name}, {(ours ? "ours" : "libtorch's")}",
            () => Turn.Measure(1, () => layer.ForwardAndBackward(ours))
        );
}
