using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Counterpoise.Kernels;

/// <summary>How a feature map's numbers lie in memory. Whatever the format, arithmetic is in float32.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes a number.</summary>
    static abstract int Size { get; }

    /// <summary>Eight numbers from the given index on.</summary>
    static abstract Vector256<float> Load(byte* memory, nint index);

    /// <summary>Writes eight numbers from the given index on, rounded to the format.</summary>
    static abstract void Store(byte* memory, nint index, Vector256<float> values);
}

/// <summary>IEEE single precision.</summary>
internal readonly unsafe struct SingleElement : IElement
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* memory, nint index) => Vector256.Load((float*)memory + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* memory, nint index, Vector256<float> values) => values.Store((float*)memory + index);
}

/// <summary>bfloat16: the upper half of a single, rounded to nearest, ties to even.</summary>
internal readonly unsafe struct BFloat16Element : IElement
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* memory, nint index) =>
        Vector256.ShiftLeft(Avx2.ConvertToVector256Int32((ushort*)memory + index), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* memory, nint index, Vector256<float> values)
    {
        Vector256<uint> bits = values.AsUInt32();
        Vector256<uint> odd = Vector256.ShiftRightLogical(bits, 16) & Vector256<uint>.One;
        Vector256<uint> rounded = Vector256.ShiftRightLogical(bits + Vector256.Create(0x7FFFu) + odd, 16);

        // Rounding could carry a NaN's payload into the sign, and so make a number of it.
        Vector256<uint> number = Vector256.Equals(values, values).AsUInt32();
        Vector256<int> upper = Vector256.ConditionalSelect(number, rounded, Vector256.Create(0x7FC0u)).AsInt32();
        Sse41.PackUnsignedSaturate(upper.GetLower(), upper.GetUpper()).Store((ushort*)memory + index);
    }
}
