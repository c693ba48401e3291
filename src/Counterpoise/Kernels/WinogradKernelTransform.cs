using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>G g G^T of every kernel, in the order that <see cref="Products.Multiply"/> reads.</summary>
/// <param name="kernel">[outputs][3][3][inputs].</param>
/// <param name="outputs">A multiple of 16.</param>
/// <param name="inputs">A multiple of 16.</param>
/// <param name="transposed">Whether the kernels are turned around, and inputs and outputs change places.</param>
/// <param name="packed">Where to: [point][columns / 16][inner][16]; the columns are the outputs, or the inputs if transposed.</param>
/// <param name="stride">Numbers between two points.</param>
internal sealed unsafe class WinogradKernelTransform(
    float* kernel,
    int outputs,
    int inputs,
    bool transposed,
    float* packed,
    nint stride
) : ITeamWork
{
    private const int Taps = 9;
    private const int Lanes = 8;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        float* taps = stackalloc float[Taps * Lanes];
        float* half = stackalloc float[18 * Lanes];
        int inner = transposed ? outputs : inputs;
        int columns = transposed ? inputs : outputs;
        (int begin, int end) = Team.Share(inner, worker, workers);
        for (int row = begin; row < end; row++)
        {
            for (int column = 0; column < columns; column += Lanes)
            {
                Take(taps, row, column);
                (int panel, int lane) = Math.DivRem(column, Products.Columns);
                Transform(taps, half, packed + ((((nint)panel * inner) + row) * Products.Columns) + lane);
            }
        }
    }

    /// <summary>The numbers of neighbouring kernels: [tap][lane].</summary>
    private void Take(float* taps, int row, int column)
    {
        for (int tap = 0; tap < Taps; tap++, taps += Lanes)
        {
            if (transposed)
            {
                Vector256.Load(kernel + ((((nint)row * Taps) + (Taps - 1 - tap)) * inputs) + column).Store(taps);
                continue;
            }

            for (int lane = 0; lane < Lanes; lane++)
            {
                taps[lane] = kernel[((((nint)(column + lane) * Taps) + tap) * inputs) + row];
            }
        }
    }

    private void Transform(float* taps, float* half, float* to)
    {
        for (int j = 0; j < 3; j++)
        {
            KernelColumn(taps + (j * Lanes), 3 * Lanes, half + (j * Lanes), 3 * Lanes);
        }

        for (int i = 0; i < 6; i++)
        {
            KernelColumn(half + (i * 3 * Lanes), Lanes, to + (i * 6 * stride), stride);
        }
    }

    /// <summary>G g for one column of a kernel: six numbers from three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KernelColumn(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector256<float> g0 = Vector256.Load(from);
        Vector256<float> g1 = Vector256.Load(from + fromStride);
        Vector256<float> g2 = Vector256.Load(from + (2 * fromStride));
        (g0 * 0.25f).Store(to);
        Vector256<float> even = (g0 + g2) * (-1 / 6f);
        Vector256<float> odd = g1 * (-1 / 6f);
        (even + odd).Store(to + toStride);
        (even - odd).Store(to + (2 * toStride));
        even = (g0 * (1 / 24f)) + (g2 * (1 / 6f));
        odd = g1 * (1 / 12f);
        (even + odd).Store(to + (3 * toStride));
        (even - odd).Store(to + (4 * toStride));
        g2.Store(to + (5 * toStride));
    }
}
