using System.Runtime.Intrinsics;
using Counterpoise.Basics;
using Counterpoise.Kernels;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Kernels;

public sealed unsafe class ElementTests
{
    [Fact]
    public void Bfloat16_rounds_as_libtorch_does()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "needs AVX2");
        using var scope = NewDisposeScope();
        DrawStream stream = new(1);
        uint[] special =
        [
            0,
            0x8000_0000, // -0
            0x3F80_8000, // a tie, to even below
            0x3F81_8000, // a tie, to even above
            0x3F80_8001,
            0x7F7F_FFFF, // the largest number: to infinity
            0x7F80_0000, // infinity
            0xFF80_0000,
            0x7F80_0001, // NaN whose payload rounding must not lose
            0x7FFF_FFFF, // NaN whose payload rounding must not carry into the sign
            0xFFFF_FFFF,
            0x0000_0001, // subnormal
            0x0000_8001,
            0x807F_FFFF,
            0x3F7F_FFFF,
            0xC2F0_0000,
        ];
        float[] values =
        [
            .. special.Select(BitConverter.UInt32BitsToSingle),
            .. Enumerable.Range(0, 4000).Select(_ => BitConverter.UInt32BitsToSingle((uint)stream.NextBits())),
        ];
        Tensor expected = tensor(values).to(ScalarType.BFloat16).to(ScalarType.Float32);
        float[] rounded = new float[values.Length];
        ushort[] memory = new ushort[values.Length];
        fixed (ushort* half = memory)
        fixed (float* single = values)
        {
            for (int i = 0; i < values.Length; i += 8)
            {
                BFloat16Element.Store((byte*)half, i, Vector256.Load(single + i));
                BFloat16Element.Load((byte*)half, i).CopyTo(rounded, i);
            }
        }

        uint[] Bits(IEnumerable<float> numbers) =>
            [.. numbers.Select(number => float.IsNaN(number) ? 0x7FC0_0000 : BitConverter.SingleToUInt32Bits(number))];
        Assert.Equal(Bits(expected.data<float>().ToArray()), Bits(rounded));
        Assert.Equal(3, rounded.Take(special.Length).Count(float.IsNaN));
        Assert.Equal(3, rounded.Take(special.Length).Count(float.IsInfinity));
    }
}
