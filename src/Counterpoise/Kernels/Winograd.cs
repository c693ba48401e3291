using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace Counterpoise.Kernels;

/// <summary>3x3 convolutions with stride 1 and a border of one zero, by Winograd's F(4x4, 3x3).</summary>
/// <remarks>
/// Tiles are worked on in blocks that stay in a core's cache from the transform of the input to that of the output.
/// </remarks>
internal readonly unsafe struct Winograd : IConvolutionAlgorithm
{
    private const int Points = WinogradTransforms.Points;

    /// <summary>Numbers of both transformed blocks together: 384 KB, most of a core's second-level cache.</summary>
    private const int BlockNumbers = 96 * 1024;

    /// <summary>Between two points: keeps the 36 rows written for a tile out of the same cache sets.</summary>
    private const int Padding = 16;

    /// <summary>Whether a convolution is of that kind.</summary>
    internal static bool Fits(ConvolutionShape shape) => shape is { Kernel: 3, Stride: 1, Padding: 1 };

    public static void Forward<T, TEpilogue>(
        byte* input,
        float* kernel,
        byte* output,
        ConvolutionShape shape,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        using var packed = new Scratch((nint)Points * shape.Inputs * shape.Outputs);
        Team.Run(new WinogradKernelTransform(kernel, shape.Outputs, shape.Inputs, transposed: false, packed.Memory));
        Convolve<T, TEpilogue>(
            input,
            packed.Memory,
            output,
            new Blocks(shape.Input, shape.Inputs, shape.Outputs),
            epilogue
        );
    }

    /// <remarks>It is the convolution of the output's gradient with the kernel turned around.</remarks>
    public static void BackwardInput<T>(
        byte* gradient,
        float* kernel,
        byte* added,
        byte* result,
        ConvolutionShape shape
    )
        where T : IElement
    {
        using var packed = new Scratch((nint)Points * shape.Inputs * shape.Outputs);
        Team.Run(new WinogradKernelTransform(kernel, shape.Outputs, shape.Inputs, transposed: true, packed.Memory));
        var blocks = new Blocks(shape.Input, shape.Outputs, shape.Inputs);
        if (added == null)
        {
            Convolve<T, Identity>(gradient, packed.Memory, result, blocks, default);
        }
        else
        {
            Convolve<T, Sum>(gradient, packed.Memory, result, blocks, new Sum(added));
        }
    }

    public static void BackwardKernel<T>(byte* input, byte* gradient, float* result, ConvolutionShape shape)
        where T : IElement
    {
        var blocks = new Blocks(shape.Input, shape.Inputs, shape.Outputs);
        int threads = torch.get_num_threads();
        nint sums = (nint)Points * shape.Inputs * shape.Outputs;
        using var buffers = new Scratch(threads * blocks.Numbers);
        using var partial = Scratch.Zeros(threads * sums);
        using var zeros = Scratch.Zeros((nint)shape.Input.Width * Math.Max(shape.Inputs, shape.Outputs));
        Team.Run(
            new KernelProducts<T>(input, gradient, partial.Memory, buffers.Memory, (byte*)zeros.Memory, blocks),
            threads
        );
        Team.Run(new WinogradKernelGradient(partial.Memory, threads, shape.Outputs, shape.Inputs, result));
    }

    private static void Convolve<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        Blocks blocks,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        int threads = torch.get_num_threads();
        using var buffers = new Scratch(threads * blocks.Numbers);
        using var zeros = Scratch.Zeros((nint)blocks.Tiles.Shape.Width * blocks.Inputs);
        Team.Run(
            new Convolution<T, TEpilogue>(input, packed, output, buffers.Memory, (byte*)zeros.Memory, blocks, epilogue),
            threads
        );
    }

    /// <summary>How the tiles of a convolution are cut into blocks of whole rows of tiles.</summary>
    private readonly record struct Blocks
    {
        private const int FewestTiles = 24;

        internal Blocks(MapShape shape, int inputs, int outputs)
        {
            Inputs = inputs;
            Outputs = outputs;
            Tiles = new Tiles(shape);
            int fitting = Math.Max(BlockNumbers / (Points * (inputs + outputs)), FewestTiles);
            Rows = Math.Clamp(fitting / Tiles.Across, 1, Tiles.Rows);
            Count = (Tiles.Rows + Rows - 1) / Rows;
        }

        internal int Inputs { get; }
        internal int Outputs { get; }
        internal Tiles Tiles { get; }

        /// <summary>How many blocks.</summary>
        internal int Count { get; }

        internal nint InputStride => (Capacity * Inputs) + Padding;
        internal nint OutputStride => (Capacity * Outputs) + Padding;

        /// <summary>Numbers that a worker needs to work in.</summary>
        internal nint Numbers => (Points * (InputStride + OutputStride)) + WinogradTransforms.InputColumns(Tiles);

        /// <summary>The room for columns behind the transformed outputs, set to zero.</summary>
        internal float* Columns(float* outside)
        {
            float* columns = outside + (Points * OutputStride);
            NativeMemory.Clear(columns, (nuint)WinogradTransforms.InputColumns(Tiles) * sizeof(float));
            return columns;
        }

        /// <summary>Rows of tiles a block.</summary>
        private int Rows { get; }

        /// <summary>Tiles that a block has room for: whole register tiles.</summary>
        private nint Capacity => ((nint)(Rows * Tiles.Across) + Products.Rows - 1) / Products.Rows * Products.Rows;

        /// <summary>The rows of tiles of a block, and its tiles.</summary>
        internal (int FirstRow, int Rows, int FirstTile, int Tiles) this[int block]
        {
            get
            {
                int first = block * Rows;
                int rows = Math.Min(Rows, Tiles.Rows - first);
                return (first, rows, first * Tiles.Across, rows * Tiles.Across);
            }
        }
    }

    /// <summary>Whoever is free takes the next block: the result does not depend on who.</summary>
    private sealed class Convolution<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        float* buffers,
        byte* zeros,
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
            float* columns = blocks.Columns(outside);
            while (Interlocked.Increment(ref taken) is var block && block < blocks.Count)
            {
                (int firstRow, int rows, int first, int count) = blocks[block];
                WinogradTransforms.Input<T>(
                    input,
                    blocks.Tiles,
                    blocks.Inputs,
                    firstRow,
                    rows,
                    zeros,
                    columns,
                    inside,
                    blocks.InputStride
                );
                for (int point = 0; point < Points; point++)
                {
                    Products.Multiply(
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
                    blocks.Tiles,
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
        Blocks blocks
    ) : ITeamWork
        where T : IElement
    {
        public void Run(int worker, int workers)
        {
            float* inside = buffers + (worker * blocks.Numbers);
            float* outside = inside + (Points * blocks.InputStride);
            float* columns = blocks.Columns(outside);
            nint product = (nint)blocks.Inputs * blocks.Outputs;
            float* sums = partial + (worker * Points * product);
            int last = (int)((long)blocks.Count * (worker + 1) / workers);
            for (int block = (int)((long)blocks.Count * worker / workers); block < last; block++)
            {
                (int firstRow, int rows, int first, int count) = blocks[block];
                WinogradTransforms.Input<T>(
                    input,
                    blocks.Tiles,
                    blocks.Inputs,
                    firstRow,
                    rows,
                    zeros,
                    columns,
                    inside,
                    blocks.InputStride
                );
                WinogradTransforms.Gradient<T>(
                    gradient,
                    blocks.Tiles,
                    blocks.Outputs,
                    first,
                    count,
                    zeros,
                    outside,
                    blocks.OutputStride
                );
                for (int point = 0; point < Points; point++)
                {
                    Products.AddTransposed(
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
}
