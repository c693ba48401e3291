using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>Matrix products of blocks that lie in a core's cache, a register tile at a time.</summary>
internal static unsafe class Products
{
    /// <summary>Rows of a register tile: buffers hold a multiple of it.</summary>
    internal const int Rows = 6;

    /// <summary>Columns of a register tile.</summary>
    internal const int Columns = 16;

    /// <summary>m = v u.</summary>
    /// <param name="v">[rows rounded up to a multiple of 6, inner].</param>
    /// <param name="u">[columns / 16][inner][16].</param>
    /// <param name="m">[rows rounded up to a multiple of 6, columns].</param>
    /// <param name="rows">How many rows matter.</param>
    /// <param name="inner">The sum's length.</param>
    /// <param name="columns">A multiple of 16.</param>
    internal static void Multiply(float* v, float* u, float* m, int rows, int inner, int columns)
    {
        for (int column = 0; column < columns; column += Columns)
        {
            float* panel = u + ((nint)column * inner);
            int row = 0;
            for (; Vector512.IsHardwareAccelerated && row + Rows < rows; row += WideProducts.Rows)
            {
                WideProducts.Block(v + ((nint)row * inner), panel, m + ((nint)row * columns) + column, inner, columns);
            }

            for (; row < rows; row += Rows)
            {
                Block(v + ((nint)row * inner), panel, m + ((nint)row * columns) + column, inner, columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(float* v, float* u, float* m, int inner, nint columns)
    {
        Vector256<float> m00 = default,
            m01 = default,
            m10 = default,
            m11 = default,
            m20 = default,
            m21 = default,
            m30 = default,
            m31 = default,
            m40 = default,
            m41 = default,
            m50 = default,
            m51 = default;
        float* v0 = v;
        float* v1 = v0 + inner;
        float* v2 = v1 + inner;
        float* v3 = v2 + inner;
        float* v4 = v3 + inner;
        float* v5 = v4 + inner;
        for (nint i = 0; i < inner; i++)
        {
            Vector256<float> left = Vector256.Load(u);
            Vector256<float> right = Vector256.Load(u + 8);
            u += Columns;
            Vector256<float> value = Vector256.Create(v0[i]);
            m00 = Vector256.FusedMultiplyAdd(value, left, m00);
            m01 = Vector256.FusedMultiplyAdd(value, right, m01);
            value = Vector256.Create(v1[i]);
            m10 = Vector256.FusedMultiplyAdd(value, left, m10);
            m11 = Vector256.FusedMultiplyAdd(value, right, m11);
            value = Vector256.Create(v2[i]);
            m20 = Vector256.FusedMultiplyAdd(value, left, m20);
            m21 = Vector256.FusedMultiplyAdd(value, right, m21);
            value = Vector256.Create(v3[i]);
            m30 = Vector256.FusedMultiplyAdd(value, left, m30);
            m31 = Vector256.FusedMultiplyAdd(value, right, m31);
            value = Vector256.Create(v4[i]);
            m40 = Vector256.FusedMultiplyAdd(value, left, m40);
            m41 = Vector256.FusedMultiplyAdd(value, right, m41);
            value = Vector256.Create(v5[i]);
            m50 = Vector256.FusedMultiplyAdd(value, left, m50);
            m51 = Vector256.FusedMultiplyAdd(value, right, m51);
        }

        m00.Store(m);
        m01.Store(m + 8);
        m += columns;
        m10.Store(m);
        m11.Store(m + 8);
        m += columns;
        m20.Store(m);
        m21.Store(m + 8);
        m += columns;
        m30.Store(m);
        m31.Store(m + 8);
        m += columns;
        m40.Store(m);
        m41.Store(m + 8);
        m += columns;
        m50.Store(m);
        m51.Store(m + 8);
    }

    /// <summary>s += d^T v.</summary>
    /// <param name="d">[rows, outputs].</param>
    /// <param name="v">[rows, inputs].</param>
    /// <param name="s">[outputs, inputs].</param>
    /// <param name="rows">The sum's length.</param>
    /// <param name="outputs">A multiple of 16.</param>
    /// <param name="inputs">A multiple of 16.</param>
    internal static void AddTransposed(float* d, float* v, float* s, int rows, int outputs, int inputs)
    {
        int step = Vector512.IsHardwareAccelerated ? WideProducts.Outputs : 4;
        for (int output = 0; output < outputs; output += step)
        {
            for (int input = 0; input < inputs; input += Columns)
            {
                float* sum = s + ((nint)output * inputs) + input;
                if (Vector512.IsHardwareAccelerated)
                {
                    WideProducts.BlockTransposed(d + output, v + input, sum, rows, outputs, inputs);
                }
                else
                {
                    BlockTransposed(d + output, v + input, sum, rows, outputs, inputs);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BlockTransposed(float* d, float* v, float* s, int rows, nint outputs, nint inputs)
    {
        Vector256<float> s00 = default,
            s01 = default,
            s10 = default,
            s11 = default,
            s20 = default,
            s21 = default,
            s30 = default,
            s31 = default;
        for (int i = 0; i < rows; i++)
        {
            Vector256<float> left = Vector256.Load(v);
            Vector256<float> right = Vector256.Load(v + 8);
            Vector256<float> value = Vector256.Create(d[0]);
            s00 = Vector256.FusedMultiplyAdd(value, left, s00);
            s01 = Vector256.FusedMultiplyAdd(value, right, s01);
            value = Vector256.Create(d[1]);
            s10 = Vector256.FusedMultiplyAdd(value, left, s10);
            s11 = Vector256.FusedMultiplyAdd(value, right, s11);
            value = Vector256.Create(d[2]);
            s20 = Vector256.FusedMultiplyAdd(value, left, s20);
            s21 = Vector256.FusedMultiplyAdd(value, right, s21);
            value = Vector256.Create(d[3]);
            s30 = Vector256.FusedMultiplyAdd(value, left, s30);
            s31 = Vector256.FusedMultiplyAdd(value, right, s31);
            v += inputs;
            d += outputs;
        }

        // The sum of the blocks' sums: more precise than one running sum over all of their rows.
        Add(s, s00, s01);
        Add(s + inputs, s10, s11);
        Add(s + (2 * inputs), s20, s21);
        Add(s + (3 * inputs), s30, s31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* to, Vector256<float> left, Vector256<float> right)
    {
        (Vector256.Load(to) + left).Store(to);
        (Vector256.Load(to + 8) + right).Store(to + 8);
    }
}
