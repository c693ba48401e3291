using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>Kernels [outputs][window] as the panels that <see cref="Products.Multiply"/> reads.</summary>
internal static unsafe class KernelPanels
{
    /// <summary>Columns are outputs, for windows times kernels.</summary>
    /// <param name="kernel">[outputs][window].</param>
    /// <param name="shape">The convolution's.</param>
    /// <param name="panels">Where to: [outputs / 16][window][16].</param>
    internal static void OfOutputs(float* kernel, ConvolutionShape shape, float* panels)
    {
        for (int k = 0; k < shape.Outputs; k++)
        {
            float* panel = panels + ((nint)(k / Products.Columns) * shape.Window * Products.Columns);
            for (int i = 0; i < shape.Window; i++)
            {
                panel[((nint)i * Products.Columns) + (k % Products.Columns)] = kernel[((nint)k * shape.Window) + i];
            }
        }
    }

    /// <summary>Columns are places of a window, for gradients of outputs times kernels.</summary>
    /// <param name="kernel">[outputs][window].</param>
    /// <param name="shape">The convolution's.</param>
    /// <param name="panels">Where to: [window / 16][outputs][16].</param>
    internal static void OfWindows(float* kernel, ConvolutionShape shape, float* panels)
    {
        for (int k = 0; k < shape.Outputs; k++)
        {
            for (int i = 0; i < shape.Window; i += Products.Columns)
            {
                float* from = kernel + ((nint)k * shape.Window) + i;
                float* to = panels + ((nint)i * shape.Outputs) + ((nint)k * Products.Columns);
                Vector256.Load(from).Store(to);
                Vector256.Load(from + 8).Store(to + 8);
            }
        }
    }
}
