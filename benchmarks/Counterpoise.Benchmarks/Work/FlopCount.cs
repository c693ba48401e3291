namespace Counterpoise.Benchmarks.Work;

/// <summary>
/// The floating-point operations of the CIFAR residual network: two for each multiplication and addition of its
/// convolutions and its classifier, as if convolutions were computed directly, by whatever algorithm they are. What is
/// done per element (normalisation, activation, shortcut) is not counted.
/// </summary>
internal static class FlopCount
{
    private const int ImageSize = 32;
    private const int KernelArea = 9;

    /// <summary>Classifying one 32x32 image.</summary>
    internal static long Forward(int depth, int classes)
    {
        int blocks = (depth - 2) / 6;
        int channels = 16;
        int size = ImageSize;
        long products = Convolution(3, channels, size);
        foreach (int outputs in new[] { 16, 32, 64 })
        {
            size /= outputs / channels;
            products += Convolution(channels, outputs, size);
            products += ((2 * blocks) - 1) * Convolution(outputs, outputs, size);
            channels = outputs;
        }

        return 2 * (products + (channels * (long)classes));
    }

    /// <summary>Training on one image: backward computes gradients of maps and of weights, each as costly as forward.</summary>
    internal static long Training(int depth, int classes) => 3 * Forward(depth, classes);

    /// <summary>Multiplications of a 3x3 convolution, padding included.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="size">Height and width of the output.</param>
    internal static long Convolution(long inputs, long outputs, long size) =>
        inputs * outputs * KernelArea * size * size;
}
