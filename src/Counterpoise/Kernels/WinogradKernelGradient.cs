using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>G^T u G of the sum of the workers' partial sums [workers][point][outputs][inputs].</summary>
internal sealed unsafe class WinogradKernelGradient(float* partial, int parts, int outputs, int inputs, float* result)
    : ITeamWork
{
    private const int Points = WinogradTransforms.Points;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        float* points = stackalloc float[Points * 8];
        float* columns = stackalloc float[18 * 8];
        nint product = (nint)inputs * outputs;
        (int begin, int end) = Team.Share(outputs, worker, workers);
        for (int output = begin; output < end; output++)
        {
            for (int input = 0; input < inputs; input += 8)
            {
                float* from = partial + ((nint)output * inputs) + input;
                for (int point = 0; point < Points; point++)
                {
                    Vector256<float> sum = Vector256.Load(from + (point * product));
                    for (int part = 1; part < parts; part++)
                    {
                        sum += Vector256.Load(from + (((part * Points) + point) * product));
                    }

                    sum.Store(points + (point * 8));
                }

                for (int j = 0; j < 6; j++)
                {
                    float* column = points + (j * 8);
                    (Vector256<float> a, Vector256<float> b, Vector256<float> c) = KernelGradientColumn(
                        Vector256.Load(column),
                        Vector256.Load(column + 48),
                        Vector256.Load(column + 96),
                        Vector256.Load(column + 144),
                        Vector256.Load(column + 192),
                        Vector256.Load(column + 240)
                    );
                    a.Store(columns + (j * 8));
                    b.Store(columns + 48 + (j * 8));
                    c.Store(columns + 96 + (j * 8));
                }

                float* to = result + ((nint)output * 9 * inputs) + input;
                for (int i = 0; i < 3; i++)
                {
                    float* row = columns + (i * 48);
                    (Vector256<float> a, Vector256<float> b, Vector256<float> c) = KernelGradientColumn(
                        Vector256.Load(row),
                        Vector256.Load(row + 8),
                        Vector256.Load(row + 16),
                        Vector256.Load(row + 24),
                        Vector256.Load(row + 32),
                        Vector256.Load(row + 40)
                    );
                    a.Store(to + (i * 3 * inputs));
                    b.Store(to + (((i * 3) + 1) * inputs));
                    c.Store(to + (((i * 3) + 2) * inputs));
                }
            }
        }
    }

    /// <summary>G^T u for one column of a transformed kernel's gradient: three numbers from six.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float>, Vector256<float>, Vector256<float>) KernelGradientColumn(
        Vector256<float> u0,
        Vector256<float> u1,
        Vector256<float> u2,
        Vector256<float> u3,
        Vector256<float> u4,
        Vector256<float> u5
    )
    {
        Vector256<float> sum1 = (u1 + u2) * (-1 / 6f);
        Vector256<float> difference1 = (u2 - u1) * (1 / 6f);
        Vector256<float> sum2 = u3 + u4;
        Vector256<float> difference2 = u3 - u4;
        return (
            (u0 * 0.25f) + sum1 + (sum2 * (1 / 24f)),
            difference1 + (difference2 * (1 / 12f)),
            sum1 + (sum2 * (1 / 6f)) + u5
        );
    }
}
