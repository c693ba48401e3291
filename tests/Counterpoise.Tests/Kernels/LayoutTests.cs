using System.Runtime.Intrinsics;
using Counterpoise.Basics;
using Counterpoise.Kernels;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Kernels;

/// <summary>The places that docs/kernels.md draws.</summary>
public sealed unsafe class LayoutTests
{
    private const int Images = 2;
    private const int Height = 5;
    private const int Width = 6;
    private const int Inputs = 32;
    private const int Outputs = 16;
    private const int Window = 9 * Inputs;
    private const int Points = WinogradTransforms.Points;

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_map_is_rows_of_pixels_of_channels(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor map = (arange(Images * Inputs * Height * Width).reshape(Images, Inputs, Height, Width) % 251).to(type);
        byte* memory = Maps.Pixels(Maps.Ordered(map));
        for (int n = 0; n < Images; n++)
        for (int y = 0; y < Height; y++)
        for (int x = 0; x < Width; x++)
        for (int c = 0; c < Inputs; c++)
        {
            int at = (((((n * Height) + y) * Width) + x) * Inputs) + c;
            float number =
                type == ScalarType.Float32
                    ? ((float*)memory)[at]
                    : BitConverter.Int32BitsToSingle(((ushort*)memory)[at] << 16);
            Assert.Equal(((((((n * Inputs) + c) * Height) + y) * Width) + x) % 251, number);
        }

        GC.KeepAlive(map);
    }

    [Fact]
    public void A_kernel_is_outputs_of_windows()
    {
        using var scope = NewDisposeScope();
        Tensor kernel = arange(Outputs * Inputs * 9).to(ScalarType.Float32).reshape(Outputs, Inputs, 3, 3);
        Tensor ordered = Maps.Ordered(kernel);
        float* memory = Maps.Kernel(ordered);
        for (int o = 0; o < Outputs; o++)
        for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
        for (int i = 0; i < Inputs; i++)
        {
            Assert.Equal((((((o * Inputs) + i) * 3) + a) * 3) + b, memory[(((((o * 3) + a) * 3) + b) * Inputs) + i]);
        }

        GC.KeepAlive(ordered);
    }

    [Fact]
    public void A_mask_is_a_bit_a_number()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "needs AVX2");
        const int Pixels = 3;
        float[] map = Normal(Pixels * Inputs);
        float[] result = new float[map.Length];
        byte[] mask = new byte[map.Length / 8];
        float[] scale = [.. Enumerable.Repeat(1f, Inputs)];
        float[] shift = new float[Inputs];
        fixed (float* x = map)
        fixed (float* y = result)
        fixed (byte* bits = mask)
        fixed (float* s = scale)
        fixed (float* t = shift)
        {
            var activation = new Activated<Rectified>(s, t, null);
            var chunks = new PixelChunks(Pixels);
            new ActivationForward<SingleElement, Rectified>((byte*)x, (byte*)y, bits, Inputs, chunks, activation).Run(
                0,
                0
            );
        }

        for (int at = 0; at < map.Length; at++)
        {
            Assert.Equal(map[at] > 0, ((mask[at / 8] >> (at % 8)) & 1) == 1);
        }
    }

    [Fact]
    public void A_window_is_rows_of_pixels_of_channels_too()
    {
        const int First = 2;
        var shape = new ConvolutionShape(new MapShape(Images, Height, Width), Inputs, Outputs, 3, 2, 1);
        MapShape output = shape.Output;
        int count = (int)output.Pixels - First;
        float[] map = Normal(Images * Height * Width * Inputs);
        float[] windows = new float[count * Window];
        fixed (float* from = map)
        fixed (float* to = windows)
        {
            Windows.Gather<SingleElement>((byte*)from, shape, First, count, to);
        }

        for (int row = 0; row < count; row++)
        for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
        for (int i = 0; i < Inputs; i++)
        {
            int pixel = First + row;
            int n = pixel / (output.Height * output.Width);
            int y = (2 * (pixel / output.Width % output.Height)) + a - 1;
            int x = (2 * (pixel % output.Width)) + b - 1;
            Assert.Equal(At(map, n, y, x, i), windows[(row * Window) + (((a * 3) + b) * Inputs) + i]);
        }
    }

    [Fact]
    public void Panels_are_sixteen_columns_row_by_row()
    {
        var shape = new ConvolutionShape(new MapShape(1, 1, 1), Inputs, 2 * Outputs, 3, 2, 1);
        float[] kernel = Normal(shape.Outputs * Window);
        float[] ofOutputs = new float[kernel.Length];
        float[] ofWindows = new float[kernel.Length];
        fixed (float* from = kernel)
        fixed (float* outputs = ofOutputs)
        fixed (float* windows = ofWindows)
        {
            KernelPanels.OfOutputs(from, shape, outputs);
            KernelPanels.OfWindows(from, shape, windows);
        }

        for (int o = 0; o < shape.Outputs; o++)
        for (int w = 0; w < Window; w++)
        {
            float number = kernel[(o * Window) + w];
            Assert.Equal(number, ofOutputs[Panel(w, o, Window)]);
            Assert.Equal(number, ofWindows[Panel(o, w, shape.Outputs)]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Winograds_kernels_are_panels_of_every_point(bool transposed)
    {
        const int Stride = (Inputs * Outputs) + 16;
        float[] kernel = Normal(Outputs * Window);
        float[] packed = new float[Points * Stride];
        fixed (float* from = kernel)
        fixed (float* to = packed)
        {
            new WinogradKernelTransform(from, Outputs, Inputs, transposed, to, Stride).Run(0, 1);
        }

        double[][] g =
        [
            [1 / 4.0, 0, 0],
            [-1 / 6.0, -1 / 6.0, -1 / 6.0],
            [-1 / 6.0, 1 / 6.0, -1 / 6.0],
            [1 / 24.0, 1 / 12.0, 1 / 6.0],
            [1 / 24.0, -1 / 12.0, 1 / 6.0],
            [0, 0, 1],
        ];
        for (int o = 0; o < Outputs; o++)
        for (int i = 0; i < Inputs; i++)
        for (int p = 0; p < Points; p++)
        {
            double expected = Sandwich(g, p, (a, b) => Tap(o, i, a, b));
            int at = transposed ? Panel(o, i, Outputs) : Panel(i, o, Inputs);
            Assert.Equal(expected, packed[(p * Stride) + at], 1e-5);
        }

        double Tap(int o, int i, int a, int b)
        {
            int tap = (a * 3) + b;
            return kernel[(((o * 9) + (transposed ? 8 - tap : tap)) * Inputs) + i];
        }
    }

    [Fact]
    public void Winograds_inputs_are_tiles_of_channels_of_every_point()
    {
        var tiles = new Tiles(new MapShape(Images, Height, Width));
        const int Count = Images * 2 * 2;
        const int Stride = (12 * Inputs) + 16; // Eight tiles, up to whole register tiles of six.
        float[] map = Normal(Images * Height * Width * Inputs);
        float[] zeros = new float[Width * Inputs];
        float[] columns = new float[WinogradTransforms.InputColumns(tiles)];
        float[] points = new float[Points * Stride];
        fixed (float* from = map)
        fixed (float* zero = zeros)
        fixed (float* column = columns)
        fixed (float* to = points)
        {
            WinogradTransforms.Input<SingleElement>(
                (byte*)from,
                tiles,
                Inputs,
                0,
                tiles.Rows,
                (byte*)zero,
                column,
                to,
                Stride
            );
        }

        double[][] b =
        [
            [4, 0, -5, 0, 1, 0],
            [0, -4, -4, 1, 1, 0],
            [0, 4, -4, -1, 1, 0],
            [0, -2, -1, 2, 1, 0],
            [0, 2, -1, -2, 1, 0],
            [0, 4, 0, -5, 0, 1],
        ];
        for (int t = 0; t < Count; t++)
        for (int c = 0; c < Inputs; c++)
        for (int p = 0; p < Points; p++)
        {
            int top = 4 * (t / 2 % 2);
            int left = 4 * (t % 2);
            double expected = Sandwich(b, p, (i, j) => At(map, t / 4, top + i - 1, left + j - 1, c));
            Assert.Equal(expected, points[(p * Stride) + (t * Inputs) + c], 1e-4);
        }
    }

    /// <summary>The place of a matrix's number in panels.</summary>
    private static int Panel(int row, int column, int rows) => (((column / 16 * rows) + row) * 16) + (column % 16);

    /// <summary>A number of a map with a border of zeros.</summary>
    private static float At(float[] map, int n, int y, int x, int c) =>
        y is >= 0 and < Height && x is >= 0 and < Width ? map[(((((n * Height) + y) * Width) + x) * Inputs) + c] : 0;

    /// <summary>The number p = 6 row + column of m d m^T.</summary>
    private static double Sandwich(double[][] m, int p, Func<int, int, double> d)
    {
        double[] left = m[p / 6];
        double[] right = m[p % 6];
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        for (int j = 0; j < right.Length; j++)
        {
            sum += left[i] * d(i, j) * right[j];
        }

        return sum;
    }

    private static float[] Normal(int count)
    {
        DrawStream stream = new(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)stream.NextNormal())];
    }
}
