using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
) : IBlockWork
    where T : IElement
    where TActivation : IActivation
{
    public int Blocks => chunks.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int block)
    {
        // Locals: what is captured would be read again after each store through a pointer.
        byte* from = map;
        byte* to = result;
        byte* bits = mask;
        int width = channels;
        Activated<TActivation> then = activation;
        nint at = chunks.First(block) * width;
        nint end = at + ((nint)chunks.SizeOf(block) * width);
        while (at < end)
        {
            for (int channel = 0; channel < width; channel += 8, at += 8)
            {
                Vector256<float> sum = then.BeforeRectifier<T>(T.Load(from, at), at, channel);
                if (bits != null)
                {
                    Vector256<float> passes = Vector256.GreaterThan(sum, Vector256<float>.Zero);
                    bits[at >> 3] = (byte)passes.ExtractMostSignificantBits();
                }

                T.Store(to, at, Rectifier.Apply(sum));
            }
        }
    }
}
