using Counterpoise.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>
/// The most floating-point operations a second that libtorch gets out of this processor in one precision: the best of a
/// large matrix product and of a convolution of a friendly shape.
/// </summary>
internal sealed class Peak : IDisposable
{
    private const int Attempts = 3;
    private const int Channels = 256;
    private const int MapSize = 14;

    private readonly int matrixSize;
    private readonly int batchSize;
    private readonly Tensor matrix;
    private readonly Tensor maps;
    private readonly Tensor weight;

    internal Peak(bool quick, ScalarType type)
    {
        (matrixSize, batchSize) = quick ? (256, 1) : (4096, 64);
        using var scope = NewDisposeScope();
        matrix = randn(matrixSize, matrixSize).to(type).DetachFromDisposeScope();
        maps = ChannelsLast(batchSize, MapSize, MapSize, type);
        weight = ChannelsLast(Channels, 3, 3, type);
    }

    /// <summary>The fastest attempt of either; its work is counted in floating-point operations.</summary>
    internal Turn Run()
    {
        using var noGradient = no_grad();
        double product = 2.0 * matrixSize * matrixSize * matrixSize;
        double convolution = 2.0 * batchSize * FlopCount.Convolution(Channels, Channels, MapSize);
        return Enumerable
            .Range(0, Attempts)
            .SelectMany(_ =>
                new[]
                {
                    Turn.Measure(product, () => matrix.mm(matrix).Dispose()),
                    Turn.Measure(convolution, () => nn.functional.conv2d(maps, weight, padding: [1, 1]).Dispose()),
                }
            )
            .MaxBy(turn => turn.PerSecond)!;
    }

    public void Dispose()
    {
        matrix.Dispose();
        maps.Dispose();
        weight.Dispose();
    }

    /// <summary>[count, 256, height, width], channels next to each other.</summary>
    private static Tensor ChannelsLast(int count, int height, int width, ScalarType type) =>
        randn(count, height, width, Channels).to(type).permute(0, 3, 1, 2).DetachFromDisposeScope();
}
