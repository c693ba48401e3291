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

    /// <summary>A map with nothing in it yet.</summary>
    internal static Tensor Empty(MapShape shape, long channels, ScalarType type)
    {
        long row = shape.Width * channels;
        return empty_strided(
            [shape.Images, channels, shape.Height, shape.Width],
            [shape.Height * row, 1, row, channels],
            dtype: type
        );
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

    /// <summary>The same of a map that must have a certain form.</summary>
    /// <exception cref="ArgumentException">It has another shape, type or device.</exception>
    internal static Tensor Ordered(Tensor map, MapShape shape, long channels, ScalarType type)
    {
        long[] expected = [shape.Images, channels, shape.Height, shape.Width];
        return map.device_type == DeviceType.CPU && map.dtype == type && map.shape.AsSpan().SequenceEqual(expected)
            ? Ordered(map)
            : throw new ArgumentException(
                $"The map is {map.dtype} [{string.Join(", ", map.shape)}] on {map.device_type}, expected {type} [{string.Join(", ", expected)}] on CPU.",
                nameof(map)
            );
    }

    /// <summary>The memory of an ordered map. Like all addresses here it is good for as long as somebody holds the tensor.</summary>
    internal static byte* Pixels(Tensor map)
    {
        using Tensor rows = map.permute(0, 2, 3, 1);
        return Bytes(rows);
    }

    /// <summary>The memory of a kernel [outputs, inputs, height, width], float32, in channels-last order.</summary>
    internal static float* Kernel(Tensor kernel)
    {
        using Tensor rows = kernel.permute(0, 2, 3, 1);
        return Vector(rows);
    }

    /// <summary>The memory of contiguous float32 numbers.</summary>
    internal static float* Vector(Tensor numbers) =>
        numbers.dtype == ScalarType.Float32
            ? (float*)Bytes(numbers)
            : throw new ArgumentException($"The tensor is {numbers.dtype}, expected Float32.", nameof(numbers));

    /// <summary>The memory of contiguous numbers of any type: native, so nothing moves it.</summary>
    internal static byte* Bytes(Tensor contiguous)
    {
        if (!contiguous.is_contiguous() || contiguous.device_type != DeviceType.CPU)
        {
            throw new ArgumentException("The tensor must be contiguous and on the CPU.", nameof(contiguous));
        }

        if (contiguous.numel() == 0)
        {
            return null;
        }

        // A span ends at 2^31 bytes, an address does not.
        using Tensor first = contiguous.as_strided([1], [1], contiguous.storage_offset());
        fixed (byte* address = first.bytes)
        {
            return address;
        }
    }
}
