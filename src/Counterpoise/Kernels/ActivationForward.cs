using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Counterpoise.Kernels;

/// <summary>y = activation(scale x + shift [+ shortcut]) in one pass.</summary>
/// <param name="map">x: [pixels, channels].</param>
/// <param name="result">y: [pixels, channels]; may be x.</param>
/// <param name="mask">One bit a number, set where the rectifier lets it pass: [pixels, channels / 8]; null for none.</param>
/// <param name="channels">A multiple of 8.</param>
/// <param name="chunks">The pixels.</param>
/// <param name="activation">The scale, the shift and the shortcut.</param>
internal sealed unsafe class ActivationForward<T, TActivation>(
    byte* map,
    byte* result,
    byte* mask,
    int channels,
    PixelChunks chunks,
    Activated<TActivation> activation
) : ITeamWork
    where T : IElement
    where TActivation : IActivation
{
    private int taken = -1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        while (Interlocked.Increment(ref taken) is var chunk && chunk < chunks.Count)
        {
            nint at = chunks.First(chunk) * channels;
            nint end = at + ((nint)chunks.SizeOf(chunk) * channels);
            while (at < end)
            {
                for (int channel = 0; channel < channels; channel += 8, at += 8)
                {
                    Vector256<float> sum = activation.BeforeRectifier<T>(T.Load(map, at), at, channel);
                    if (mask != null)
                    {
                        Vector256<float> passes = Vector256.GreaterThan(sum, Vector256<float>.Zero);
                        mask[at >> 3] = (byte)passes.ExtractMostSignificantBits();
                    }

                    T.Store(result, at, Rectifier.Apply(sum));
                }
            }
        }
    }
}

/// <summary>max(0, z), which keeps NaN, so that the loss shows it.</summary>
internal static class Rectifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Apply(Vector256<float> sum) => Avx.Max(Vector256<float>.Zero, sum);
}
