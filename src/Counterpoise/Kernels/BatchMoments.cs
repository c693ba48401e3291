using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>The mean and the biased variance of every channel of a batch of maps.</summary>
/// <param name="Mean">[channels].</param>
/// <param name="Variance">[channels], divided by the number of pixels.</param>
/// <param name="Pixels">N H W.</param>
internal sealed unsafe record BatchMoments(double[] Mean, double[] Variance, nint Pixels)
{
    /// <summary>Those whose maps these moments are of.</summary>
    internal Ranks Ranks { get; private init; } = Ranks.Alone;

    /// <summary>The moments of the maps of all ranks.</summary>
    internal BatchMoments AcrossRanks(Ranks ranks)
    {
        if (ranks.Count == 1)
        {
            return this;
        }

        int channels = Mean.Length;
        double[] sums = new double[channels + 1];
        for (int channel = 0; channel < channels; channel++)
        {
            sums[channel] = Mean[channel] * Pixels;
        }

        sums[channels] = Pixels;
        ranks.Sum(sums.AsSpan());
        double pixels = sums[channels];
        double[] mean = [.. sums.Take(channels).Select(sum => sum / pixels)];
        double[] variance = new double[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double difference = Mean[channel] - mean[channel];
            variance[channel] = (Variance[channel] + (difference * difference)) * Pixels / pixels;
        }

        ranks.Sum(variance.AsSpan());
        return new BatchMoments(mean, variance, (nint)pixels) { Ranks = ranks };
    }

    /// <summary>Moves running statistics a share of the way to these.</summary>
    /// <param name="mean">[channels], float32.</param>
    /// <param name="variance">[channels], float32; unbiased, as PyTorch keeps it.</param>
    /// <param name="momentum">The share, 0 to 1.</param>
    internal void Move(Tensor mean, Tensor variance, double momentum)
    {
        float* means = Maps.Vector(mean);
        float* variances = Maps.Vector(variance);
        double unbiased = Pixels / (Pixels - 1.0);
        for (int channel = 0; channel < Mean.Length; channel++)
        {
            means[channel] += (float)(momentum * (Mean[channel] - means[channel]));
            variances[channel] += (float)(momentum * ((Variance[channel] * unbiased) - variances[channel]));
        }

        GC.KeepAlive(mean);
        GC.KeepAlive(variance);
    }

    /// <summary>Of an ordered map that <see cref="Maps"/> takes.</summary>
    internal static BatchMoments Of(Tensor map) =>
        map.dtype == ScalarType.BFloat16 ? Of<BFloat16Element>(map) : Of<SingleElement>(map);

    private static BatchMoments Of<T>(Tensor map)
        where T : IElement
    {
        int channels = (int)map.shape[1];
        var chunks = new PixelChunks(MapShape.Of(map).Pixels);
        nint numbers = (nint)chunks.Count * channels;
        using var memory = new Scratch(2 * numbers);
        float* means = memory.Memory;
        float* squares = means + numbers;
        Team.RunBlocks(new Work<T>(Maps.Pixels(map), channels, chunks, means, squares));
        GC.KeepAlive(map);
        var moments = new BatchMoments(new double[channels], new double[channels], chunks.Pixels);
        for (int channel = 0; channel < channels; channel++)
        {
            (moments.Mean[channel], double sum) = Merge(means + channel, squares + channel, channels, chunks);
            moments.Variance[channel] = sum / chunks.Pixels;
        }

        return moments;
    }

    /// <summary>The mean and the sum of squared deviations of all chunks together (Chan, Golub and LeVeque, 1979).</summary>
    private static (double Mean, double Squares) Merge(float* means, float* squares, nint channels, PixelChunks chunks)
    {
        double count = 0;
        double mean = 0;
        double sum = 0;
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            double size = chunks.SizeOf(chunk);
            double total = count + size;
            double difference = means[chunk * channels] - mean;
            mean += difference * size / total;
            sum += squares[chunk * channels] + (difference * difference * count * size / total);
            count = total;
        }

        return (mean, sum);
    }

    /// <summary>The mean and the sum of squared deviations of every chunk: the second pass finds it in the cache.</summary>
    private sealed class Work<T>(byte* map, int channels, PixelChunks chunks, float* means, float* squares) : IBlockWork
        where T : IElement
    {
        public int Blocks => chunks.Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int worker, int block)
        {
            nint first = chunks.First(block) * channels;
            int size = chunks.SizeOf(block);
            nint to = (nint)block * channels;
            for (int channel = 0; channel < channels; channel += Maps.ChannelGroup)
            {
                nint at = first + channel;
                nint end = at + ((nint)size * channels);
                (Vector256<float> left, Vector256<float> right) = Sums(at, end);
                Vector256<float> share = Vector256.Create(1f / size);
                left *= share;
                right *= share;
                left.Store(means + to + channel);
                right.Store(means + to + channel + 8);
                (left, right) = Squares(at, end, left, right);
                left.Store(squares + to + channel);
                right.Store(squares + to + channel + 8);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private (Vector256<float>, Vector256<float>) Sums(nint at, nint end)
        {
            Vector256<float> left = default;
            Vector256<float> right = default;
            for (; at < end; at += channels)
            {
                left += T.Load(map, at);
                right += T.Load(map, at + 8);
            }

            return (left, right);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private (Vector256<float>, Vector256<float>) Squares(
            nint at,
            nint end,
            Vector256<float> leftMean,
            Vector256<float> rightMean
        )
        {
            Vector256<float> left = default;
            Vector256<float> right = default;
            for (; at < end; at += channels)
            {
                Vector256<float> deviation = T.Load(map, at) - leftMean;
                left = Vector256.FusedMultiplyAdd(deviation, deviation, left);
                deviation = T.Load(map, at + 8) - rightMean;
                right = Vector256.FusedMultiplyAdd(deviation, deviation, right);
            }

            return (left, right);
        }
    }
}
