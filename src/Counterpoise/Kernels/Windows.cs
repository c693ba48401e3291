using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>What of an input meets an output pixel, as a row of a matrix: [pixel][height][width][inputs], float32.</summary>
/// <remarks>A row is in the order of a kernel [height, width, inputs]; what lies outside the map is zero.</remarks>
internal static unsafe class Windows
{
    /// <summary>Writes the windows of output pixels.</summary>
    /// <param name="input">[N, H, W, inputs].</param>
    /// <param name="shape">The convolution's.</param>
    /// <param name="first">The first output pixel, counted over the batch.</param>
    /// <param name="count">How many output pixels.</param>
    /// <param name="windows">Where to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather<T>(byte* input, ConvolutionShape shape, nint first, int count, float* windows)
        where T : IElement
    {
        MapShape map = shape.Input;
        MapShape output = shape.Output;
        for (int row = 0; row < count; row++)
        {
            (nint line, nint right) = Math.DivRem(first + row, output.Width);
            (nint image, nint down) = Math.DivRem(line, output.Height);
            nint top = (down * shape.Stride) - shape.Padding;
            nint left = (right * shape.Stride) - shape.Padding;
            for (nint y = top; y < top + shape.Kernel; y++)
            {
                for (nint x = left; x < left + shape.Kernel; x++)
                {
                    bool inside = (nuint)y < (nuint)map.Height && (nuint)x < (nuint)map.Width;
                    nint at = ((((image * map.Height) + y) * map.Width) + x) * shape.Inputs;
                    for (int channel = 0; channel < shape.Inputs; channel += 8)
                    {
                        Vector256<float> value = inside ? T.Load(input, at + channel) : Vector256<float>.Zero;
                        value.Store(windows + channel);
                    }

                    windows += shape.Inputs;
                }
            }
        }
    }

    /// <summary>Adds windows to the pixels of one image that they were taken from.</summary>
    /// <param name="windows">Read.</param>
    /// <param name="shape">The convolution's.</param>
    /// <param name="first">The first output pixel, counted within the image.</param>
    /// <param name="count">How many output pixels.</param>
    /// <param name="image">[H, W, inputs], float32.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scatter(float* windows, ConvolutionShape shape, nint first, int count, float* image)
    {
        MapShape map = shape.Input;
        MapShape output = shape.Output;
        for (int row = 0; row < count; row++)
        {
            (nint down, nint right) = Math.DivRem(first + row, output.Width);
            nint top = (down * shape.Stride) - shape.Padding;
            nint left = (right * shape.Stride) - shape.Padding;
            for (nint y = top; y < top + shape.Kernel; y++)
            {
                for (nint x = left; x < left + shape.Kernel; x++, windows += shape.Inputs)
                {
                    if ((nuint)y >= (nuint)map.Height || (nuint)x >= (nuint)map.Width)
                    {
                        continue;
                    }

                    float* pixel = image + (((y * map.Width) + x) * shape.Inputs);
                    for (int channel = 0; channel < shape.Inputs; channel += 8)
                    {
                        (Vector256.Load(pixel + channel) + Vector256.Load(windows + channel)).Store(pixel + channel);
                    }
                }
            }
        }
    }
}
