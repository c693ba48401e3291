using System.Runtime.InteropServices;
using TorchSharp;

namespace Counterpoise.Kernels;

/// <summary>3x3 convolutions with stride 1 and a border of one zero, by Winograd's F(4x4, 3x3).</summary>
/// <remarks>
/// Tiles are worked on in blocks that stay in a core's cache from the transform of the input to that of the output.
/// While the products of a block keep the processor busy, the maps' memory of the next one is asked for.
/// </remarks>
internal readonly unsafe struct Winograd : IConvolutionAlgorithm
{
    private const int Points = WinogradTransforms.Points;

    /// <summary>Between two points: keeps the 36 rows written for a tile, or a kernel, out of the same cache sets.</summary>
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
        nint stride = PackedStride(shape);
        using var packed = new Scratch(Points * stride);
        Team.Run(new WinogradKernelTransform(kernel, shape.Outputs, shape.Inputs, false, packed.Memory, stride));
        Convolve<T, TEpilogue>(input, packed.Memory, output, shape, epilogue);
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
        nint stride = PackedStride(shape);
        using var packed = new Scratch(Points * stride);
        Team.Run(new WinogradKernelTransform(kernel, shape.Outputs, shape.Inputs, true, packed.Memory, stride));
        ConvolutionShape turned = shape with { Inputs = shape.Outputs, Outputs = shape.Inputs };
        if (added == null)
        {
            Convolve<T, Identity>(gradient, packed.Memory, result, turned, default);
        }
        else
        {
            Convolve<T, Sum>(gradient, packed.Memory, result, turned, new Sum(added));
        }
    }

    public static void BackwardKernel<T>(byte* input, byte* gradient, float* result, ConvolutionShape shape)
        where T : IElement
    {
        var blocks = new Blocks(shape.Input, shape.Inputs, shape.Outputs);
        int threads = torch.get_num_threads();
        nint sums = (nint)Points * shape.Inputs * shape.Outputs;
        using Scratch buffers = blocks.Buffers(threads);
        using var partial = Scratch.Zeros(threads * sums);
        Team.Run(new KernelProducts<T>(input, gradient, partial.Memory, buffers.Memory, shape, blocks), threads);
        Team.Run(new WinogradKernelGradient(partial.Memory, threads, shape.Outputs, shape.Inputs, result));
    }

    /// <summary>Numbers between two points of the transformed kernels.</summary>
    private static nint PackedStride(ConvolutionShape shape) => ((nint)shape.Inputs * shape.Outputs) + Padding;

    private static void Convolve<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        ConvolutionShape shape,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        var blocks = new Blocks(shape.Input, shape.Inputs, shape.Outputs);
        int threads = torch.get_num_threads();
        using Scratch buffers = blocks.Buffers(threads);
        Team.RunBlocks(
            new Convolution<T, TEpilogue>(input, packed, output, buffers.Memory, shape, blocks, threads, epilogue),
            threads
        );
    }

    /// <summary>How the tiles of a convolution are cut into blocks of whole rows of tiles, and what a worker needs for one.</summary>
    private readonly record struct Blocks
    {
        private const int FewestTiles = 24;
        private readonly int inputs;
        private readonly int outputs;

        internal Blocks(MapShape shape, int inputs, int outputs)
        {
            this.inputs = inputs;
            this.outputs = outputs;
            Tiles = new Tiles(shape);
            int fitting = Math.Max(Scratch.BlockNumbers / (Points * (inputs + outputs)), FewestTiles);
            Rows = Math.Clamp(fitting / Tiles.Across, 1, Tiles.Rows);
            Count = (Tiles.Rows + Rows - 1) / Rows;
        }

        internal Tiles Tiles { get; }

        /// <summary>How many blocks.</summary>
        internal int Count { get; }

        /// <summary>Numbers between two points of the transformed inputs.</summary>
        internal nint InputStride => (Capacity * inputs) + Padding;

        /// <summary>Numbers between two points of the transformed outputs.</summary>
        internal nint OutputStride => (Capacity * outputs) + Padding;

        /// <summary>Rows of tiles a block.</summary>
        private int Rows { get; }

        /// <summary>Tiles that a block has room for: whole register tiles.</summary>
        private nint Capacity => ((nint)(Rows * Tiles.Across) + Products.Rows - 1) / Products.Rows * Products.Rows;

        /// <summary>Numbers of both transforms of a block.</summary>
        private nint Transforms => Points * (InputStride + OutputStride);

        /// <summary>A row of zeros for what lies above and below the map, in any format.</summary>
        private nint ZeroRow => (nint)Tiles.Shape.Width * Math.Max(inputs, outputs);

        private nint NumbersOfWorker => Transforms + ZeroRow + WinogradTransforms.InputColumns(Tiles);

        /// <summary>Room for all workers.</summary>
        internal Scratch Buffers(int threads)
        {
            var buffers = new Scratch(threads * NumbersOfWorker);
            nuint zeros = (nuint)(NumbersOfWorker - Transforms);
            for (int worker = 0; worker < threads; worker++)
            {
                NativeMemory.Clear(RoomOf(worker, buffers.Memory).Zeros, zeros * sizeof(float));
            }

            return buffers;
        }

        /// <summary>A worker's part of the room.</summary>
        internal Room RoomOf(int worker, float* buffers)
        {
            float* inside = buffers + (worker * NumbersOfWorker);
            float* zeros = inside + Transforms;
            return new Room(inside, inside + (Points * InputStride), zeros, zeros + ZeroRow);
        }

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

        /// <summary>A block's part of a map; none past the last.</summary>
        internal Prefetch Part<T>(int block, byte* map, int channels)
            where T : IElement
        {
            if (block >= Count)
            {
                return default;
            }

            MapShape shape = Tiles.Shape;
            (_, int rows, int firstTile, _) = this[block];
            (int image, int top, _) = Tiles[firstTile];
            nint row = (nint)shape.Width * channels * T.Size;
            nint first = ((nint)image * shape.Height) + top;
            nint last = Math.Min(first + ((nint)rows * Tiles.Size), (nint)shape.Images * shape.Height);
            return new Prefetch(map + (first * row), (last - first) * row);
        }

        /// <summary>Transforms a block's part of the input.</summary>
        internal void TransformInput<T>(int block, byte* input, Room room)
            where T : IElement
        {
            (int firstRow, int rows, _, _) = this[block];
            WinogradTransforms.Input<T>(
                input,
                Tiles,
                inputs,
                firstRow,
                rows,
                (byte*)room.Zeros,
                room.Columns,
                room.Inside,
                InputStride
            );
        }
    }

    /// <summary>What a worker works in.</summary>
    /// <param name="inside">The transformed inputs.</param>
    /// <param name="outside">The transformed outputs, or their gradients.</param>
    /// <param name="zeros">A row of zeros.</param>
    /// <param name="columns">For <see cref="WinogradTransforms.Input"/>.</param>
    private readonly struct Room(float* inside, float* outside, float* zeros, float* columns)
    {
        internal float* Inside { get; } = inside;
        internal float* Outside { get; } = outside;
        internal float* Zeros { get; } = zeros;
        internal float* Columns { get; } = columns;
    }

    private sealed class Convolution<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        float* buffers,
        ConvolutionShape shape,
        Blocks blocks,
        int threads,
        TEpilogue epilogue
    ) : IBlockWork
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        int IBlockWork.Blocks => blocks.Count;

        public void Run(int worker, int block)
        {
            Room room = blocks.RoomOf(worker, buffers);
            (_, _, int first, int count) = blocks[block];
            blocks.TransformInput<T>(block, input, room);
            Prefetch next = blocks.Part<T>(block + threads, input, shape.Inputs);
            Prefetch written = blocks.Part<T>(block, output, shape.Outputs);
            for (int point = 0; point < Points; point++)
            {
                next.Part(point, Points);
                written.Part(point, Points);
                Products.Multiply(
                    room.Inside + (point * blocks.InputStride),
                    packed + (point * PackedStride(shape)),
                    room.Outside + (point * blocks.OutputStride),
                    count,
                    shape.Inputs,
                    shape.Outputs
                );
            }

            WinogradTransforms.Output<T, TEpilogue>(
                room.Outside,
                blocks.OutputStride,
                output,
                blocks.Tiles,
                shape.Outputs,
                first,
                count,
                epilogue
            );
        }
    }

    /// <summary>Each worker sums over its own share of the blocks, in order.</summary>
    private sealed class KernelProducts<T>(
        byte* input,
        byte* gradient,
        float* partial,
        float* buffers,
        ConvolutionShape shape,
        Blocks blocks
    ) : ITeamWork
        where T : IElement
    {
        public void Run(int worker, int workers)
        {
            Room room = blocks.RoomOf(worker, buffers);
            nint product = (nint)shape.Inputs * shape.Outputs;
            float* sums = partial + (worker * Points * product);
            (int begin, int end) = Team.Share(blocks.Count, worker, workers);
            for (int block = begin; block < end; block++)
            {
                (_, _, int first, int count) = blocks[block];
                blocks.TransformInput<T>(block, input, room);
                WinogradTransforms.Gradient<T>(
                    gradient,
                    blocks.Tiles,
                    shape.Outputs,
                    first,
                    count,
                    (byte*)room.Zeros,
                    room.Outside,
                    blocks.OutputStride
                );
                Prefetch nextInput = blocks.Part<T>(block + 1, input, shape.Inputs);
                Prefetch nextGradient = blocks.Part<T>(block + 1, gradient, shape.Outputs);
                for (int point = 0; point < Points; point++)
                {
                    nextInput.Part(point, Points);
                    nextGradient.Part(point, Points);
                    Products.AddTransposed(
                        room.Outside + (point * blocks.OutputStride),
                        room.Inside + (point * blocks.InputStride),
                        sums + (point * product),
                        count,
                        shape.Outputs,
                        shape.Inputs
                    );
                }
            }
        }
    }
}
