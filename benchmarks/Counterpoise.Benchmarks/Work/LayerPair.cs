using Counterpoise.Kernels;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>One layer in two implementations, with an input and a gradient of its output to run it on.</summary>
/// <param name="name">What it is, for keys.</param>
/// <param name="inputs">What has gradients, the feature map first.</param>
/// <param name="gradient">Of the output.</param>
/// <param name="ours">From the inputs to the output.</param>
/// <param name="libtorch">From the inputs to the output.</param>
internal sealed class LayerPair(
    string name,
    Tensor[] inputs,
    Tensor gradient,
    Func<Tensor[], Tensor> ours,
    Func<Tensor[], Tensor> libtorch
)
{
    /// <summary>Times that a turn runs the layer: a training runs it thousands of times, compiled for good.</summary>
    internal const int Repetitions = 20;

    private const int Batch = 128;
    private const double Epsilon = 1e-5;

    internal string Name => name;

    /// <summary>The layers of a ResNet-32 on CIFAR, batch 128.</summary>
    internal static IReadOnlyList<LayerPair> Of(bool quick)
    {
        int batch = quick ? 2 : Batch;
        return
        [
            Convolution(batch, 16, 16, 32, 1),
            Convolution(batch, 32, 32, 16, 1),
            Convolution(batch, 64, 64, 8, 1),
            Convolution(batch, 16, 32, 32, 2),
            Convolution(batch, 32, 64, 16, 2),
            Normalisation(batch, 16, 32),
            Normalisation(batch, 32, 16),
            Normalisation(batch, 64, 8),
        ];
    }

    /// <summary>Runs the layer forward and backward again and again.</summary>
    internal void Run(bool byUs)
    {
        for (int i = 0; i < Repetitions; i++)
        {
            using var scope = NewDisposeScope();
            Tensor output = (byUs ? ours : libtorch)(inputs);
            autograd.grad([output], inputs, [gradient]);
        }
    }

    private static LayerPair Convolution(int batch, int from, int to, int size, int stride)
    {
        Tensor kernel = Maps.Ordered(randn(to, from, 3, 3)).requires_grad_();
        return new LayerPair(
            $"convolution_{from}_to_{to}_{size}x{size}",
            [Map(batch, from, size).requires_grad_(), kernel],
            Map(batch, to, size / stride),
            given => ConvolutionFunction.Convolve(given[0], given[1], stride, padding: 1),
            given => nn.functional.conv2d(given[0], given[1], strides: [stride, stride], padding: [1, 1])
        );
    }

    private static LayerPair Normalisation(int batch, int channels, int size)
    {
        Tensor mean = zeros(channels);
        Tensor variance = ones(channels);
        return new LayerPair(
            $"normalisation_{channels}_{size}x{size}",
            [
                Map(batch, channels, size).requires_grad_(),
                ones(channels).requires_grad_(),
                zeros(channels).requires_grad_(),
                Map(batch, channels, size).requires_grad_(),
            ],
            Map(batch, channels, size),
            given =>
                NormalisationFunction.Activate(
                    given[0],
                    given[1],
                    given[2],
                    given[3],
                    BatchMoments.Of(given[0]),
                    Epsilon
                ),
            given =>
                nn.functional.batch_norm(given[0], mean, variance, given[1], given[2], training: true, eps: Epsilon)
                    .add_(given[3])
                    .relu_()
        );
    }

    private static Tensor Map(int batch, int channels, int size) => Maps.Ordered(randn(batch, channels, size, size));
}
