using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace Counterpoise.Kernels;

/// <summary>3x3 convolutions with stride 1 and a border of one zero, by Winograd's F(4x4, 3x3).</summary>
/// <remarks>
/// Maps are [N, H, W, channels], kernels [outputs, 3, 3, inputs]; inputs and outputs are multiples of 16. Tiles are
/// worked on in blocks that stay in a core's cache from the transform of the input to that of the output.
/// </remarks>
internal static unsafe class Winograd
{
    private const int Points = WinogradTransforms.Points;

    /// <summary>Numbers of both transformed blocks together: 384 KB, most of a core's second-level cache.</summary>
    private const int BlockNumbers = 96 * 1024;

    /// <summary>Between two points: keeps the 36 rows written for a tile out of the same cache sets.</summary>
    private const int Padding = 16;

    /// <summary>The convolution.</summary>
    /// <param name="input">[N, H, W, inputs].</param>
    /// <param name="kernel">[outputs, 3, 3, inputs], float32.</param>
    /// <param name="output">[N, H, W, outputs].</param>
    /// <param name="shape">N, H and W.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="epilogue">What is done to the output before it is written.</param>
    internal static void Forward<T, TEpilogue>(
        byte* input,
        float* kernel,
        byte* output,
        MapShape shape,
        int inputs,
        int outputs,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        using var packed = new Scratch((nint)Points * inputs * outputs);
        Team.Run(new KernelTransform(kernel, outputs, inputs, transposed: false, packed.Memory));
        Convolve<T, TEpilogue>(input, packed.Memory, output, shape, inputs, outputs, epilogue);
    }

    /// <summary>The gradient with respect to the input: the convolution of the output's with the kernel turned around.</summary>
    /// <param name="gradient">[N, H, W, outputs].</param>
    /// <param name="kernel">[outputs, 3, 3, inputs], float32.</param>
    /// <param name="result">[N, H, W, inputs].</param>
    /// <param name="shape">N, H and W.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    internal static void BackwardInput<T>(
        byte* gradient,
        float* kernel,
        byte* result,
        MapShape shape,
        int inputs,
        int outputs
    )
        where T : IElement
    {
        using var packed = new Scratch((nint)Points * inputs * outputs);
        Team.Run(new KernelTransform(kernel, outputs, inputs, transposed: true, packed.Memory));
        Convolve<T, Identity>(gradient, packed.Memory, result, shape, outputs, inputs, default);
    }

    /// <summary>The gradient with respect to the kernel.</summary>
    /// <param name="input">[N, H, W, inputs].</param>
    /// <param name="gradient">[N, H, W, outputs].</param>
    /// <param name="result">[outputs, 3, 3, inputs], float32.</param>
    /// <param name="shape">N, H and W.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    internal static void BackwardKernel<T>(
        byte* input,
        byte* gradient,
        float* result,
        MapShape shape,
        int inputs,
        int outputs
    )
        where T : IElement
    {
        var tiles = new Tiles(shape);
        var blocks = new Blocks(tiles, inputs, outputs);
        int threads = torch.get_num_threads();
        nint sums = (nint)Points * inputs * outputs;
        using var buffers = new Scratch(threads * blocks.Numbers);
        using var partial = new Scratch(threads * sums);
        using var zeros = new Scratch((nint)shape.Width * Math.Max(inputs, outputs));
        NativeMemory.Clear(partial.Memory, (nuint)(threads * sums) * sizeof(float));
        NativeMemory.Clear(zeros.Memory, (nuint)shape.Width * (nuint)Math.Max(inputs, outputs) * sizeof(float));
        Team.Run(
            new KernelProducts<T>(input, gradient, partial.Memory, buffers.Memory, (byte*)zeros.Memory, tiles, blocks)
        );
        Team.Run(new KernelGradient(partial.Memory, threads, outputs, inputs, result));
    }

    private static void Convolve<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        MapShape shape,
        int inputs,
        int outputs,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        var tiles = new Tiles(shape);
        var blocks = new Blocks(tiles, inputs, outputs);
        using var buffers = new Scratch(torch.get_num_threads() * blocks.Numbers);
        using var zeros = new Scratch((nint)shape.Width * inputs);
        NativeMemory.Clear(zeros.Memory, (nuint)shape.Width * (nuint)inputs * sizeof(float));
        Team.Run(
            new Convolution<T, TEpilogue>(
                input,
                packed,
                output,
                buffers.Memory,
                (byte*)zeros.Memory,
                tiles,
                blocks,
                epilogue
            )
        );
    }

    /// <summary>How the tiles of a convolution are cut into blocks.</summary>
    private readonly record struct Blocks
    {
        internal Blocks(Tiles tiles, int inputs, int outputs)
        {
            Inputs = inputs;
            Outputs = outputs;
            Tiles = tiles.Count;
            int fitting = BlockNumbers / (Points * (inputs + outputs));
            int rows = PointProducts.Rows;
            Size = Math.Min(Math.Max(fitting / rows, 4), (Tiles + rows - 1) / rows) * rows;
            Count = (Tiles + Size - 1) / Size;
        }

        internal int Inputs { get; }
        internal int Outputs { get; }
        private int Tiles { get; }
        internal int Size { get; }
        internal int Count { get; }
        internal nint InputStride => ((nint)Size * Inputs) + Padding;
        internal nint OutputStride => ((nint)Size * Outputs) + Padding;
        internal nint Numbers => Points * (InputStride + OutputStride);

        internal int SizeOf(int block) => Math.Min(Size, Tiles - (block * Size));
    }

    /// <summary>Whoever is free takes the next block: the result does not depend on who.</summary>
    private sealed class Convolution<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        float* buffers,
        byte* zeros,
        Tiles tiles,
        Blocks blocks,
        TEpilogue epilogue
    ) : ITeamWork
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        private int taken = -1;

        public void Run(int worker, int workers)
        {
            float* inside = buffers + (worker * blocks.Numbers);
            float* outside = inside + (Points * blocks.InputStride);
            while (Interlocked.Increment(ref taken) is var block && block < blocks.Count)
            {
                int first = block * blocks.Size;
                int count = blocks.SizeOf(block);
                WinogradTransforms.Input<T>(
                    input,
                    tiles,
                    blocks.Inputs,
                    first,
                    count,
                    zeros,
                    inside,
                    blocks.InputStride
                );
                for (int point = 0; point < Points; point++)
                {
                    PointProducts.Multiply(
                        inside + (point * blocks.InputStride),
                        packed + ((nint)point * blocks.Inputs * blocks.Outputs),
                        outside + (point * blocks.OutputStride),
                        count,
                        blocks.Inputs,
                        blocks.Outputs
                    );
                }

                WinogradTransforms.Output<T, TEpilogue>(
                    outside,
                    blocks.OutputStride,
                    output,
                    tiles,
                    blocks.Outputs,
                    first,
                    count,
                    epilogue
                );
            }
        }
    }

    /// <summary>Each worker sums over its own share of the blocks, in order.</summary>
    private sealed class KernelProducts<T>(
        byte* input,
        byte* gradient,
        float* partial,
        float* buffers,
        byte* zeros,
        Tiles tiles,
        Blocks blocks
    ) : ITeamWork
        where T : IElement
    {
        public void Run(int worker, int workers)
        {
            float* inside = buffers + (worker * blocks.Numbers);
            float* outside = inside + (Points * blocks.InputStride);
            nint product = (nint)blocks.Inputs * blocks.Outputs;
            float* sums = partial + (worker * Points * product);
            int last = (int)((long)blocks.Count * (worker + 1) / workers);
            for (int block = (int)((long)blocks.Count * worker / workers); block < last; block++)
            {
                int first = block * blocks.Size;
                int count = blocks.SizeOf(block);
                WinogradTransforms.Input<T>(
                    input,
                    tiles,
                    blocks.Inputs,
                    first,
                    count,
                    zeros,
                    inside,
                    blocks.InputStride
                );
                WinogradTransforms.Gradient<T>(
                    gradient,
                    tiles,
                    blocks.Outputs,
                    first,
                    count,
                    zeros,
                    outside,
                    blocks.OutputStride
                );
                for (int point = 0; point < Points; point++)
                {
                    PointProducts.AddTransposed(
                        outside + (point * blocks.OutputStride),
                        inside + (point * blocks.InputStride),
                        sums + (point * product),
                        count,
                        blocks.Outputs,
                        blocks.Inputs
                    );
                }
            }
        }
    }

    /// <summary>G g G^T of every kernel, in the order that <see cref="PointProducts.Multiply"/> reads.</summary>
    private sealed class KernelTransform(float* kernel, int outputs, int inputs, bool transposed, float* packed)
        : ITeamWork
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int worker, int workers)
        {
            float* columns = stackalloc float[18 * 8];
            float* points = stackalloc float[Points * 8];
            nint product = (nint)inputs * outputs;
            int last = (int)((long)outputs * (worker + 1) / workers);
            for (int output = (int)((long)outputs * worker / workers); output < last; output++)
            {
                for (int input = 0; input < inputs; input += 8)
                {
                    float* g = kernel + ((nint)output * 9 * inputs) + input;
                    nint row = transposed ? -3 * inputs : 3 * inputs;
                    nint step = transposed ? -inputs : inputs;
                    g = transposed ? g + (8 * inputs) : g;
                    for (int j = 0; j < 3; j++)
                    {
                        WinogradTransforms.KernelColumn(
                            Vector256.Load(g + (j * step)),
                            Vector256.Load(g + (j * step) + row),
                            Vector256.Load(g + (j * step) + (2 * row)),
                            columns + (j * 8),
                            24
                        );
                    }

                    for (int i = 0; i < 6; i++)
                    {
                        float* from = columns + (i * 24);
                        WinogradTransforms.KernelColumn(
                            Vector256.Load(from),
                            Vector256.Load(from + 8),
                            Vector256.Load(from + 16),
                            points + (i * 48),
                            8
                        );
                    }

                    if (transposed)
                    {
                        float* to = packed + ((nint)(input / 16) * outputs * 16) + (output * 16) + (input % 16);
                        for (int point = 0; point < Points; point++)
                        {
                            Vector256.Load(points + (point * 8)).Store(to + (point * product));
                        }
                    }
                    else
                    {
                        float* to = packed + ((nint)(output / 16) * inputs * 16) + (input * 16) + (output % 16);
                        for (int point = 0; point < Points; point++)
                        {
                            for (int lane = 0; lane < 8; lane++)
                            {
                                to[(point * product) + (lane * 16)] = points[(point * 8) + lane];
                            }
                        }
                    }
                }
            }
        }
    }

    /// <summary>G^T u G of the sum of the workers' partial sums [workers][point][outputs][inputs].</summary>
    private sealed class KernelGradient(float* partial, int parts, int outputs, int inputs, float* result) : ITeamWork
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int worker, int workers)
        {
            float* points = stackalloc float[Points * 8];
            float* columns = stackalloc float[18 * 8];
            nint product = (nint)inputs * outputs;
            int last = (int)((long)outputs * (worker + 1) / workers);
            for (int output = (int)((long)outputs * worker / workers); output < last; output++)
            {
                for (int input = 0; input < inputs; input += 8)
                {
                    float* from = partial + ((nint)output * inputs) + input;
                    for (int point = 0; point < Points; point++)
                    {
                        Vector256<float> sum = Vector256.Load(from + (point * product));
                        for (int part = 1; part < parts; part++)
                        {
                            sum += Vector256.Load(from + (((part * Points) + point) * product));
                        }

                        sum.Store(points + (point * 8));
                    }

                    for (int j = 0; j < 6; j++)
                    {
                        float* column = points + (j * 8);
                        (Vector256<float> a, Vector256<float> b, Vector256<float> c) =
                            WinogradTransforms.KernelGradientColumn(
                                Vector256.Load(column),
                                Vector256.Load(column + 48),
                                Vector256.Load(column + 96),
                                Vector256.Load(column + 144),
                                Vector256.Load(column + 192),
                                Vector256.Load(column + 240)
                            );
                        a.Store(columns + (j * 8));
                        b.Store(columns + 48 + (j * 8));
                        c.Store(columns + 96 + (j * 8));
                    }

                    float* to = result + ((nint)output * 9 * inputs) + input;
                    for (int i = 0; i < 3; i++)
                    {
                        float* row = columns + (i * 48);
                        (Vector256<float> a, Vector256<float> b, Vector256<float> c) =
                            WinogradTransforms.KernelGradientColumn(
                                Vector256.Load(row),
                                Vector256.Load(row + 8),
                                Vector256.Load(row + 16),
                                Vector256.Load(row + 24),
                                Vector256.Load(row + 32),
                                Vector256.Load(row + 40)
                            );
                        a.Store(to + (i * 3 * inputs));
                        b.Store(to + (((i * 3) + 1) * inputs));
                        c.Store(to + (((i * 3) + 2) * inputs));
                    }
                }
            }
        }
    }
}
