using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>G g G^T of every kernel, in the order that <see cref="Products.Multiply"/> reads.</summary>
internal sealed unsafe class WinogradKernelTransform(
    float* kernel,
    int outputs,
    int inputs,
    bool transposed,
    float* packed
) : ITeamWork
{
    private const int Points = WinogradTransforms.Points;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        float* columns = stackalloc float[18 * 8];
        float* points = stackalloc float[Points * 8];
        nint product = (nint)inputs * outputs;
        int last = (int)((long)outputs * (worker + 1) / workers);
        for (int output = (int)((long)outputs * worker / workers); output < last; output++)
        {
            for (int input = 0; input < inputs; input += 8)
            {
                float* g = kernel + ((nint)output * 9 * inputs) + input;
                nint row = transposed ? -3 * inputs : 3 * inputs;
                nint step = transposed ? -inputs : inputs;
                g = transposed ? g + (8 * inputs) : g;
                for (int j = 0; j < 3; j++)
                {
                    KernelColumn(
                        Vector256.Load(g + (j * step)),
                        Vector256.Load(g + (j * step) + row),
                        Vector256.Load(g + (j * step) + (2 * row)),
                        columns + (j * 8),
                        24
                    );
                }

                for (int i = 0; i < 6; i++)
                {
                    float* from = columns + (i * 24);
                    KernelColumn(
                        Vector256.Load(from),
                        Vector256.Load(from + 8),
                        Vector256.Load(from + 16),
                        points + (i * 48),
                        8
                    );
                }

                if (transposed)
                {
                    float* to = packed + ((nint)(input / 16) * outputs * 16) + (output * 16) + (input % 16);
                    for (int point = 0; point < Points; point++)
                    {
                        Vector256.Load(points + (point * 8)).Store(to + (point * product));
                    }
                }
                else
                {
                    float* to = packed + ((nint)(output / 16) * inputs * 16) + (input * 16) + (output % 16);
                    for (int point = 0; point < Points; point++)
                    {
                        for (int lane = 0; lane < 8; lane++)
                        {
                            to[(point * product) + (lane * 16)] = points[(point * 8) + lane];
                        }
                    }
                }
            }
        }
    }

    /// <summary>G g for one column of a kernel: six numbers from three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KernelColumn(
        Vector256<float> g0,
        Vector256<float> g1,
        Vector256<float> g2,
        float* to,
        nint stride
    )
    {
        (g0 * 0.25f).Store(to);
        Vector256<float> even = (g0 + g2) * (-1 / 6f);
        Vector256<float> odd = g1 * (-1 / 6f);
        (even + odd).Store(to + stride);
        (even - odd).Store(to + (2 * stride));
        even = (g0 * (1 / 24f)) + (g2 * (1 / 6f));
        odd = g1 * (1 / 12f);
        (even + odd).Store(to + (3 * stride));
        (even - odd).Store(to + (4 * stride));
        g2.Store(to + (5 * stride));
    }
}
