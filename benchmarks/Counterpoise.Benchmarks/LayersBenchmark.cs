using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks;

/// <summary>The layers that a CIFAR residual network spends its time in, forward and backward, against libtorch's.</summary>
/// <remarks>Both sides work on maps in channels-last order, the faster one for libtorch's convolutions as well.</remarks>
internal sealed class LayersBenchmark : IBenchmark
{
    private const int UsualRounds = 9;

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
                new[] { Time($"{layer.Name}_ms", layer.Ours), Time($"{layer.Name}_libtorch_ms", layer.Libtorch) }
            ),
        ];
    }

    private static Figure Time(string name, Contestant side) =>
        new(name, "ms", side.Milliseconds.Select(time => time / LayerPair.Repetitions));

    private static Contestant Side(LayerPair layer, bool ours) =>
        new(
            $"{layer.Name}, {(ours ? "ours" : "libtorch's")}",
            () => Turn.Measure(LayerPair.Repetitions, () => layer.Run(ours))
        );
}
