using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>Feature maps [N, C, H, W] in channels-last order, as the kernels of this folder read and write them.</summary>
internal static unsafe class Maps
{
    /// <summary>The kernels take channels in groups of this many.</summary>
    internal const int ChannelGroup = 16;

    /// <summary>Whether the kernels can work on a map: on the CPU, an x86 with AVX2, float32 or bfloat16, whole groups of channels.</summary>
    internal static bool Handle(Tensor map) => Handle(map, map.shape[1]) && map.numel() > 0;

    /// <summary>The same of a map with other channels that has yet to be computed.</summary>
    internal static bool Handle(Tensor map, long channels) =>
        Avx2.IsSupported
        && Fma.IsSupported
        && map.device_type == DeviceType.CPU
        && (map.dtype is ScalarType.Float32 or ScalarType.BFloat16)
        && channels % ChannelGroup == 0;

    /// <summary>A map of the same type with nothing in it yet.</summary>
    internal static Tensor Empty(MapShape shape, long channels, ScalarType type)
    {
        using Tensor rows = empty([shape.Images, shape.Height, shape.Width, channels], dtype: type);
        return rows.permute(0, 3, 1, 2);
    }

    /// <summary>The map itself where its channels lie next to each other, else a copy in that order.</summary>
    internal static Tensor Ordered(Tensor map)
    {
        using Tensor rows = map.permute(0, 2, 3, 1);
        if (rows.is_contiguous())
        {
            return map;
        }

        using Tensor copy = rows.contiguous();
        return copy.permute(0, 3, 1, 2);
    }

    /// <summary>The address of an ordered map or of a kernel [outputs, inputs, 3, 3]. It stays valid for as long as the tensor lives.</summary>
    internal static byte* Address(Tensor map)
    {
        using Tensor rows = map.permute(0, 2, 3, 1);
        return AddressOf(rows);
    }

    /// <summary>The address of a vector of float32 numbers.</summary>
    internal static float* Vector(Tensor vector) => (float*)AddressOf(vector);

    /// <summary>The address of contiguous numbers of any type: native memory, which nothing moves.</summary>
    internal static byte* AddressOf(Tensor contiguous)
    {
        fixed (byte* address = contiguous.bytes)
        {
            return address;
        }
    }
}
