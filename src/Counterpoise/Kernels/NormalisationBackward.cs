using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>The gradients of a batch's normalisation, its shortcut and its rectifier, in two passes.</summary>
/// <param name="gradient">dy: [pixels, channels].</param>
/// <param name="mask">The bits that <see cref="ActivationForward{T, TActivation}"/> wrote: [pixels, channels / 8].</param>
/// <param name="input">x: [pixels, channels].</param>
/// <param name="result">dx: [pixels, channels].</param>
/// <param name="shortcut">The shortcut's gradient: [pixels, channels], written where the activation adds.</param>
/// <param name="channels">A multiple of 16.</param>
/// <param name="pixels">N H W.</param>
/// <param name="moments">What the forward pass normalised with.</param>
internal sealed unsafe class NormalisationBackward<T, TActivation>(
    byte* gradient,
    byte* mask,
    byte* input,
    byte* result,
    byte* shortcut,
    int channels,
    nint pixels,
    BatchMoments moments
)
    where T : IElement
    where TActivation : IActivation
{
    private readonly byte* gradient = gradient;
    private readonly byte* mask = mask;
    private readonly byte* input = input;
    private readonly byte* result = result;
    private readonly byte* shortcut = shortcut;
    private readonly int channels = channels;
    private readonly PixelChunks chunks = new(pixels);

    /// <summary>Computes them. With z = dy where the rectifier passed it, d = x - mean and r = 1 / sqrt(variance + epsilon):</summary>
    /// <remarks>
    /// bias: sum z; weight: r sum z d; x: weight r (z - sum z / n - d r^2 sum z d / n), n being the number of pixels.
    /// Normalised together with other ranks' maps, n and the sums for x are over all of them; those for bias and weight are
    /// this rank's, as all gradients of parameters.
    /// </remarks>
    /// <param name="mean">[channels].</param>
    /// <param name="inverse">r: [channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="ofWeight">Where to: [channels].</param>
    /// <param name="ofBias">Where to: [channels].</param>
    internal void Run(float* mean, float* inverse, float* weight, float* ofWeight, float* ofBias)
    {
        nint numbers = (nint)chunks.Count * channels;
        using var memory = new Scratch((2 * numbers) + (3 * channels));
        float* sums = memory.Memory;
        float* products = sums + numbers;
        float* factor = products + numbers;
        float* slope = factor + channels;
        float* constant = slope + channels;
        Team.RunBlocks(new Sums(this, mean, sums, products));
        double[] totals = new double[2 * channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0;
            double product = 0;
            for (int chunk = 0; chunk < chunks.Count; chunk++)
            {
                sum += sums[((nint)chunk * channels) + channel];
                product += products[((nint)chunk * channels) + channel];
            }

            ofBias[channel] = (float)sum;
            ofWeight[channel] = (float)(inverse[channel] * product);
            totals[channel] = sum;
            totals[channels + channel] = product;
        }

        moments.Ranks.Sum(totals.AsSpan());
        for (int channel = 0; channel < channels; channel++)
        {
            double r = inverse[channel];
            factor[channel] = (float)(weight[channel] * r);
            slope[channel] = (float)(-weight[channel] * r * r * r * totals[channels + channel] / moments.Pixels);
            constant[channel] = (float)(-weight[channel] * r * totals[channel] / moments.Pixels);
        }

        Team.RunBlocks(new Differences(this, mean, factor, slope, constant));
    }

    /// <summary>What of the output's gradient passes the rectifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Passed(byte* gradient, byte* mask, nint at)
    {
        Vector256<uint> bits = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
        Vector256<uint> passed = Vector256.Equals(Vector256.Create((uint)mask[at >> 3]) & bits, bits);
        return (T.Load(gradient, at).AsUInt32() & passed).AsSingle();
    }

    /// <summary>sum z and sum z d of every chunk.</summary>
    private sealed class Sums(NormalisationBackward<T, TActivation> maps, float* mean, float* sums, float* products)
        : IBlockWork
    {
        private readonly PixelChunks chunks = maps.chunks;
        public int Blocks => chunks.Count;

        public void Run(int worker, int block)
        {
            int channels = maps.channels;
            nint first = chunks.First(block) * channels;
            nint length = (nint)chunks.SizeOf(block) * channels;
            nint to = (nint)block * channels;
            for (int channel = 0; channel < channels; channel += Maps.ChannelGroup)
            {
                Sum(first + channel, first + channel + length, channel, to + channel);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Sum(nint at, nint end, int channel, nint to)
        {
            byte* gradient = maps.gradient;
            byte* mask = maps.mask;
            byte* input = maps.input;
            byte* shortcut = maps.shortcut;
            int channels = maps.channels;
            Vector256<float> leftMean = Vector256.Load(mean + channel);
            Vector256<float> rightMean = Vector256.Load(mean + channel + 8);
            Vector256<float> leftSum = default,
                rightSum = default,
                leftProduct = default,
                rightProduct = default;
            for (; at < end; at += channels)
            {
                Vector256<float> left = Passed(gradient, mask, at);
                Vector256<float> right = Passed(gradient, mask, at + 8);
                if (TActivation.Adds)
                {
                    T.Store(shortcut, at, left);
                    T.Store(shortcut, at + 8, right);
                }

                leftSum += left;
                rightSum += right;
                leftProduct = Vector256.FusedMultiplyAdd(left, T.Load(input, at) - leftMean, leftProduct);
                rightProduct = Vector256.FusedMultiplyAdd(right, T.Load(input, at + 8) - rightMean, rightProduct);
            }

            leftSum.Store(sums + to);
            rightSum.Store(sums + to + 8);
            leftProduct.Store(products + to);
            rightProduct.Store(products + to + 8);
        }
    }

    /// <summary>dx = factor z + slope d + constant.</summary>
    private sealed class Differences(
        NormalisationBackward<T, TActivation> maps,
        float* mean,
        float* factor,
        float* slope,
        float* constant
    ) : IBlockWork
    {
        private readonly PixelChunks chunks = maps.chunks;
        public int Blocks => chunks.Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int worker, int block)
        {
            byte* gradient = maps.gradient;
            byte* mask = maps.mask;
            byte* input = maps.input;
            byte* shortcut = maps.shortcut;
            byte* result = maps.result;
            int channels = maps.channels;
            nint at = chunks.First(block) * channels;
            nint end = at + ((nint)chunks.SizeOf(block) * channels);
            while (at < end)
            {
                for (int channel = 0; channel < channels; channel += 8, at += 8)
                {
                    Vector256<float> passed = TActivation.Adds ? T.Load(shortcut, at) : Passed(gradient, mask, at);
                    Vector256<float> value = Vector256.FusedMultiplyAdd(
                        passed,
                        Vector256.Load(factor + channel),
                        Vector256.Load(constant + channel)
                    );
                    Vector256<float> deviation = T.Load(input, at) - Vector256.Load(mean + channel);
                    T.Store(result, at, Vector256.FusedMultiplyAdd(deviation, Vector256.Load(slope + channel), value));
                }
            }
        }
    }
}
