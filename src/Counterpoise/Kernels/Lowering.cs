using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace Counterpoise.Kernels;

/// <summary>Convolutions of any kernel and stride as matrix products: the window of each output pixel becomes a row.</summary>
/// <remarks>Windows are [height][width][inputs], as kernels are. Pixels are worked on in blocks that stay in a core's cache.</remarks>
internal readonly unsafe struct Lowering : IConvolutionAlgorithm
{
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
        var blocks = new Blocks(shape, shape.Output.Pixels);
        using var packed = new Scratch((nint)shape.Window * shape.Outputs);
        int threads = torch.get_num_threads();
        using var buffers = new Scratch(threads * blocks.Numbers);
        KernelPanels.OfOutputs(kernel, shape, packed.Memory);
        Team.RunBlocks(
            new Convolution<T, TEpilogue>(input, packed.Memory, output, buffers.Memory, shape, blocks, epilogue),
            threads
        );
    }

    public static void BackwardInput<T>(
        byte* gradient,
        float* kernel,
        byte* added,
        byte* result,
        ConvolutionShape shape
    )
        where T : IElement
    {
        MapShape output = shape.Output;
        var blocks = new Blocks(shape, (nint)output.Height * output.Width);
        nint image = (nint)shape.Input.Height * shape.Input.Width * shape.Inputs;
        using var packed = new Scratch((nint)shape.Window * shape.Outputs);
        int threads = torch.get_num_threads();
        using var buffers = new Scratch(threads * (blocks.Numbers + image));
        KernelPanels.OfWindows(kernel, shape, packed.Memory);
        Team.RunBlocks(
            new InputGradient<T>(gradient, packed.Memory, added, result, buffers.Memory, shape, blocks, image),
            threads
        );
    }

    public static void BackwardKernel<T>(byte* input, byte* gradient, float* result, ConvolutionShape shape)
        where T : IElement
    {
        var blocks = new Blocks(shape, shape.Output.Pixels);
        int threads = torch.get_num_threads();
        nint sums = (nint)shape.Window * shape.Outputs;
        using var buffers = new Scratch(threads * blocks.Numbers);
        using var partial = Scratch.Zeros(threads * sums);
        Team.Run(new KernelGradient<T>(input, gradient, partial.Memory, buffers.Memory, shape, blocks), threads);
        for (nint i = 0; i < sums; i += 8)
        {
            Vector256<float> sum = Vector256.Load(partial.Memory + i);
            for (int part = 1; part < threads; part++)
            {
                sum += Vector256.Load(partial.Memory + (part * sums) + i);
            }

            sum.Store(result + i);
        }
    }

    /// <summary>Elements as float32 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen<T>(byte* from, nint first, nint count, float* to)
        where T : IElement
    {
        for (nint i = 0; i < count; i += 8)
        {
            T.Load(from, first + i).Store(to + i);
        }
    }

    /// <summary>How output pixels are cut into blocks.</summary>
    private readonly record struct Blocks
    {
        private readonly nint pixels;

        internal Blocks(ConvolutionShape shape, nint pixels)
        {
            this.pixels = pixels;
            int fitting = Scratch.BlockNumbers / (shape.Window + shape.Outputs);
            int rows = Products.Rows;
            Size = (int)Math.Min(Math.Max(fitting / rows, 4), (pixels + rows - 1) / rows) * rows;
            Count = (int)((pixels + Size - 1) / Size);
            Windows = (nint)Size * shape.Window;
            Numbers = Windows + ((nint)Size * shape.Outputs);
        }

        internal int Size { get; }
        internal int Count { get; }

        /// <summary>Numbers of a block's windows.</summary>
        internal nint Windows { get; }

        /// <summary>Numbers of a block's windows and outputs.</summary>
        internal nint Numbers { get; }

        internal nint First(int block) => (nint)block * Size;

        internal int SizeOf(int block) => (int)Math.Min(Size, pixels - First(block));
    }

    private sealed class Convolution<T, TEpilogue>(
        byte* input,
        float* packed,
        byte* output,
        float* buffers,
        ConvolutionShape shape,
        Blocks blocks,
        TEpilogue epilogue
    ) : IBlockWork
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        int IBlockWork.Blocks => blocks.Count;

        public void Run(int worker, int block)
        {
            float* windows = buffers + (worker * blocks.Numbers);
            float* products = windows + blocks.Windows;
            nint first = blocks.First(block);
            int count = blocks.SizeOf(block);
            Windows.Gather<T>(input, shape, first, count, windows);
            Products.Multiply(windows, packed, products, count, shape.Window, shape.Outputs);
            Write(products, first * shape.Outputs, (nint)count * shape.Outputs);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Write(float* products, nint at, nint count)
        {
            int channel = 0;
            for (nint i = 0; i < count; i += 8)
            {
                T.Store(output, at + i, epilogue.Apply<T>(Vector256.Load(products + i), at + i, channel));
                channel += 8;
                channel = channel == shape.Outputs ? 0 : channel;
            }
        }
    }

    /// <summary>An image at a time, because windows overlap: its gradient is summed in float32.</summary>
    private sealed class InputGradient<T>(
        byte* gradient,
        float* packed,
        byte* added,
        byte* result,
        float* buffers,
        ConvolutionShape shape,
        Blocks blocks,
        nint numbers
    ) : IBlockWork
        where T : IElement
    {
        int IBlockWork.Blocks => shape.Input.Images;

        public void Run(int worker, int block)
        {
            float* windows = buffers + (worker * (blocks.Numbers + numbers));
            float* outputs = windows + blocks.Windows;
            float* sum = windows + blocks.Numbers;
            nint image = block;
            nint pixels = (nint)shape.Output.Height * shape.Output.Width;
            NativeMemory.Clear(sum, (nuint)numbers * sizeof(float));
            for (int part = 0; part < blocks.Count; part++)
            {
                nint first = blocks.First(part);
                int count = blocks.SizeOf(part);
                nint from = ((image * pixels) + first) * shape.Outputs;
                Widen<T>(gradient, from, (nint)count * shape.Outputs, outputs);
                Products.Multiply(outputs, packed, windows, count, shape.Outputs, shape.Window);
                Windows.Scatter(windows, shape, first, count, sum);
            }

            Write(sum, image * numbers);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Write(float* sum, nint at)
        {
            for (nint i = 0; i < numbers; i += 8)
            {
                Vector256<float> value = Vector256.Load(sum + i);
                T.Store(result, at + i, added == null ? value : value + T.Load(added, at + i));
            }
        }
    }

    /// <summary>Each worker sums over its own share of the blocks, in order: [workers][outputs][window].</summary>
    private sealed class KernelGradient<T>(
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
            float* windows = buffers + (worker * blocks.Numbers);
            float* outputs = windows + blocks.Windows;
            float* sums = partial + ((nint)worker * shape.Window * shape.Outputs);
            (int begin, int end) = Team.Share(blocks.Count, worker, workers);
            for (int block = begin; block < end; block++)
            {
                nint first = blocks.First(block);
                int count = blocks.SizeOf(block);
                Windows.Gather<T>(input, shape, first, count, windows);
                Widen<T>(gradient, first * shape.Outputs, (nint)count * shape.Outputs, outputs);
                Products.AddTransposed(outputs, windows, sums, count, shape.Outputs, shape.Window);
            }
        }
    }
}
