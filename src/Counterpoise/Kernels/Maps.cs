using System.Runtime.Intrinsics.X86;
using Counterpoise.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>Feature maps [N, C, H, W] in channels-last order, as the kernels of this folder read and write them.</summary>
internal static unsafe class Maps
{
    /// <summary>The kernels take channels in groups of this many.</summary>
    internal const int ChannelGroup = 16;

    /// <summary>Whether the processor has the instructions that the kernels are written for.</summary>
    internal static bool ProcessorFits => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Leaves everything that this thread begins to libtorch, as on a GPU; for tests.</summary>
    [ThreadStatic]
    internal static bool LeavesAllToLibtorch;

    /// <summary>Whether the kernels can work on a map: on the CPU, an x86 with AVX2, float32 or bfloat16, whole groups of channels.</summary>
    internal static bool Handle(Tensor map) => Handle(map, map.shape[1]) && map.numel() > 0;

    /// <summary>The same of a map with other channels that has yet to be computed.</summary>
    internal static bool Handle(Tensor map, long channels) =>
        ProcessorFits
        && !LeavesAllToLibtorch
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
        return TensorMemory.Address(rows, map.dtype);
    }

    /// <summary>The memory of a kernel [outputs, inputs, height, width], float32, in channels-last order.</summary>
    internal static float* Kernel(Tensor kernel)
    {
        using Tensor rows = kernel.permute(0, 2, 3, 1);
        return Vector(rows);
    }

    /// <summary>The memory of contiguous float32 numbers.</summary>
    internal static float* Vector(Tensor numbers) => (float*)TensorMemory.Address(numbers, ScalarType.Float32);
}
