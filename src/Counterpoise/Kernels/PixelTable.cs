using System.Runtime.CompilerServices;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>
/// Turns bytes into numbers by a table for each channel and puts the channels next to each other, in one pass: with 256
/// values a byte there is nothing to compute.
/// </summary>
internal static unsafe class PixelTable
{
    private const int Channels = 3;
    private const int Values = 256;

    /// <summary>Looks every byte up.</summary>
    /// <param name="images">[N, 3, H, W], uint8, contiguous, on the CPU.</param>
    /// <param name="table">[3, 256], float32 or bfloat16, contiguous, on the CPU.</param>
    /// <returns>[N, 3, H, W] in channels-last order, of the table's type.</returns>
    internal static Tensor Apply(Tensor images, Tensor table)
    {
        MapShape shape = MapShape.Of(images);
        Tensor result = Maps.Empty(shape, Channels, table.dtype);
        byte* from = TensorMemory.Address(images, ScalarType.Byte);
        byte* to = Maps.Pixels(result);
        byte* numbers = TensorMemory.Address(table, table.dtype);
        Team.RunBlocks(
            table.dtype == ScalarType.BFloat16
                ? new Work<ushort>(from, (ushort*)to, (ushort*)numbers, shape)
                : new Work<float>(from, (float*)to, (float*)numbers, shape)
        );
        GC.KeepAlive(images);
        GC.KeepAlive(table);
        return result;
    }

    /// <summary>A block is an image.</summary>
    private sealed class Work<T>(byte* images, T* result, T* table, MapShape shape) : IBlockWork
        where T : unmanaged
    {
        public int Blocks => shape.Images;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int worker, int block)
        {
            nint area = (nint)shape.Height * shape.Width;
            byte* red = images + (Channels * area * block);
            byte* green = red + area;
            byte* blue = green + area;
            T* greens = table + Values;
            T* blues = greens + Values;
            T* to = result + (Channels * area * block);
            for (nint pixel = 0; pixel < area; pixel++, to += Channels)
            {
                to[0] = table[red[pixel]];
                to[1] = greens[green[pixel]];
                to[2] = blues[blue[pixel]];
            }
        }
    }
}
