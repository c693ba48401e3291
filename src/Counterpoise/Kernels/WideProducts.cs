using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>The register tiles of <see cref="Products"/> on processors with 32 registers of 512 bits.</summary>
internal static unsafe class WideProducts
{
    /// <summary>Rows of a register tile.</summary>
    internal const int Rows = 2 * Products.Rows;

    /// <summary>Outputs of a register tile of sums.</summary>
    internal const int Outputs = 8;

    /// <summary>m = v u for twice as many rows as <see cref="Products"/> takes at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Block(float* v, float* u, float* m, int inner, nint columns)
    {
        Vector512<float> m0 = default,
            m1 = default,
            m2 = default,
            m3 = default,
            m4 = default,
            m5 = default,
            m6 = default,
            m7 = default,
            m8 = default,
            m9 = default,
            m10 = default,
            m11 = default;
        float* v0 = v;
        float* v1 = v0 + inner;
        float* v2 = v1 + inner;
        float* v3 = v2 + inner;
        float* v4 = v3 + inner;
        float* v5 = v4 + inner;
        float* v6 = v5 + inner;
        float* v7 = v6 + inner;
        float* v8 = v7 + inner;
        float* v9 = v8 + inner;
        float* v10 = v9 + inner;
        float* v11 = v10 + inner;
        for (nint i = 0; i < inner; i++)
        {
            Vector512<float> line = Vector512.Load(u);
            u += Products.Columns;
            m0 = Vector512.FusedMultiplyAdd(Vector512.Create(v0[i]), line, m0);
            m1 = Vector512.FusedMultiplyAdd(Vector512.Create(v1[i]), line, m1);
            m2 = Vector512.FusedMultiplyAdd(Vector512.Create(v2[i]), line, m2);
            m3 = Vector512.FusedMultiplyAdd(Vector512.Create(v3[i]), line, m3);
            m4 = Vector512.FusedMultiplyAdd(Vector512.Create(v4[i]), line, m4);
            m5 = Vector512.FusedMultiplyAdd(Vector512.Create(v5[i]), line, m5);
            m6 = Vector512.FusedMultiplyAdd(Vector512.Create(v6[i]), line, m6);
            m7 = Vector512.FusedMultiplyAdd(Vector512.Create(v7[i]), line, m7);
            m8 = Vector512.FusedMultiplyAdd(Vector512.Create(v8[i]), line, m8);
            m9 = Vector512.FusedMultiplyAdd(Vector512.Create(v9[i]), line, m9);
            m10 = Vector512.FusedMultiplyAdd(Vector512.Create(v10[i]), line, m10);
            m11 = Vector512.FusedMultiplyAdd(Vector512.Create(v11[i]), line, m11);
        }

        m0.Store(m);
        m += columns;
        m1.Store(m);
        m += columns;
        m2.Store(m);
        m += columns;
        m3.Store(m);
        m += columns;
        m4.Store(m);
        m += columns;
        m5.Store(m);
        m += columns;
        m6.Store(m);
        m += columns;
        m7.Store(m);
        m += columns;
        m8.Store(m);
        m += columns;
        m9.Store(m);
        m += columns;
        m10.Store(m);
        m += columns;
        m11.Store(m);
    }

    /// <summary>s += d^T v for 8 outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void BlockTransposed(float* d, float* v, float* s, int rows, nint outputs, nint inputs)
    {
        Vector512<float> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default,
            s4 = default,
            s5 = default,
            s6 = default,
            s7 = default;
        for (int i = 0; i < rows; i++)
        {
            Vector512<float> line = Vector512.Load(v);
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(d[0]), line, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(d[1]), line, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Create(d[2]), line, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Create(d[3]), line, s3);
            s4 = Vector512.FusedMultiplyAdd(Vector512.Create(d[4]), line, s4);
            s5 = Vector512.FusedMultiplyAdd(Vector512.Create(d[5]), line, s5);
            s6 = Vector512.FusedMultiplyAdd(Vector512.Create(d[6]), line, s6);
            s7 = Vector512.FusedMultiplyAdd(Vector512.Create(d[7]), line, s7);
            v += inputs;
            d += outputs;
        }

        Add(s, s0);
        Add(s + inputs, s1);
        Add(s + (2 * inputs), s2);
        Add(s + (3 * inputs), s3);
        Add(s + (4 * inputs), s4);
        Add(s + (5 * inputs), s5);
        Add(s + (6 * inputs), s6);
        Add(s + (7 * inputs), s7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* to, Vector512<float> line) => (Vector512.Load(to) + line).Store(to);
}
