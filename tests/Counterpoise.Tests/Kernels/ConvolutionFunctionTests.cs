using System.Runtime.Intrinsics.X86;
using Counterpoise.Kernels;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Kernels;

[Collection(CountsTensors.Name)]
public sealed class ConvolutionFunctionTests
{
    /// <summary>Half a unit in the last of bfloat16's 8 bits, and what float32 adds to it.</summary>
    private const double HalfBound = 1 / 256.0;

    private const double SingleBound = 1e-5;

    public ConvolutionFunctionTests() => Assert.SkipUnless(Avx2.IsSupported, "needs AVX2");

    [Fact]
    public void The_convolution_and_its_gradients_are_those_of_the_definition()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor kernel, Tensor gradient) = Case(2, 16, 16, 5, 6, ScalarType.Float32);
        double[] x = Numbers.Of(input);
        double[] k = Numbers.Of(kernel);
        double[] g = Numbers.Of(gradient);
        double[] y = new double[g.Length];
        double[] dx = new double[x.Length];
        double[] dk = new double[k.Length];
        for (int n = 0; n < 2; n++)
        for (int o = 0; o < 16; o++)
        for (int row = 0; row < 5; row++)
        for (int column = 0; column < 6; column++)
        for (int i = 0; i < 16; i++)
        for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
        {
            int r = row + a - 1;
            int c = column + b - 1;
            if (r is >= 0 and < 5 && c is >= 0 and < 6)
            {
                int to = (((((n * 16) + o) * 5) + row) * 6) + column;
                int from = (((((n * 16) + i) * 5) + r) * 6) + c;
                int weight = (((((o * 16) + i) * 3) + a) * 3) + b;
                y[to] += x[from] * k[weight];
                dx[from] += g[to] * k[weight];
                dk[weight] += g[to] * x[from];
            }
        }

        (Tensor output, Tensor ofInput, Tensor ofKernel) = Fast(input, kernel, gradient);
        Numbers.AssertClose(y, Numbers.Of(output), 1e-5, "output");
        Numbers.AssertClose(dx, Numbers.Of(ofInput), 1e-5, "input's gradient");
        Numbers.AssertClose(dk, Numbers.Of(ofKernel), 1e-5, "kernel's gradient");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 3, 1, 8, 16, 16, 32, 32)]
    [InlineData(ScalarType.Float32, 3, 1, 3, 16, 32, 7, 9)]
    [InlineData(ScalarType.Float32, 3, 1, 4, 64, 64, 8, 8)]
    [InlineData(ScalarType.Float32, 3, 1, 1, 32, 48, 5, 4)]
    [InlineData(ScalarType.Float32, 3, 1, 5, 16, 16, 1, 1)]
    [InlineData(ScalarType.Float32, 3, 1, 2, 16, 16, 13, 2)]
    [InlineData(ScalarType.Float32, 3, 1, 1, 256, 128, 7, 7)]
    [InlineData(ScalarType.Float32, 3, 1, 1, 16, 16, 9, 130)]
    [InlineData(ScalarType.Float32, 3, 1, 40, 16, 16, 6, 5)]
    [InlineData(ScalarType.Float32, 3, 2, 3, 16, 32, 8, 8)]
    [InlineData(ScalarType.Float32, 3, 2, 2, 32, 64, 9, 7)]
    [InlineData(ScalarType.Float32, 3, 2, 2, 16, 32, 56, 48)]
    [InlineData(ScalarType.Float32, 1, 1, 2, 48, 16, 6, 5)]
    [InlineData(ScalarType.Float32, 1, 2, 3, 16, 32, 7, 7)]
    [InlineData(ScalarType.Float32, 7, 2, 1, 16, 16, 12, 12)]
    [InlineData(ScalarType.Float32, 5, 3, 2, 16, 16, 20, 40)]
    [InlineData(ScalarType.BFloat16, 3, 1, 8, 16, 16, 32, 32)]
    [InlineData(ScalarType.BFloat16, 3, 1, 3, 16, 32, 7, 9)]
    [InlineData(ScalarType.BFloat16, 3, 1, 2, 64, 64, 8, 8)]
    [InlineData(ScalarType.BFloat16, 3, 2, 3, 16, 32, 8, 8)]
    [InlineData(ScalarType.BFloat16, 1, 1, 2, 48, 16, 6, 5)]
    public void Convolutions_and_their_gradients_agree_with_double_precision(
        ScalarType type,
        int size,
        int stride,
        int images,
        int inputs,
        int outputs,
        int height,
        int width
    )
    {
        using var scope = NewDisposeScope();
        Tensor input = Numbers.ChannelsLast(Numbers.Normal(1, type, images, inputs, height, width));
        Tensor kernel = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, outputs, inputs, size, size));
        MapShape output = ConvolutionShape.Of(input, kernel, stride, size / 2).Output;
        Tensor gradient = Numbers.ChannelsLast(Numbers.Normal(3, type, images, outputs, output.Height, output.Width));
        AssertAgree(input, kernel, gradient, stride, type == ScalarType.BFloat16 ? HalfBound : SingleBound);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5, 1)]
    [InlineData(ScalarType.Float32, 1e-5, 2)]
    [InlineData(ScalarType.BFloat16, HalfBound, 1)]
    [InlineData(ScalarType.BFloat16, HalfBound, 2)]
    public void A_shortcut_sends_its_gradient_back_as_well(ScalarType type, double bound, int stride)
    {
        using var scope = NewDisposeScope();
        Tensor kernel = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, 32, 16, 3, 3));
        Tensor map = Numbers.ChannelsLast(Numbers.Normal(1, type, 3, 16, 8, 8));
        Tensor slope = Numbers.Normal(3, type, 3, 32, 8 / stride, 8 / stride);
        Tensor shortcutSlope = Numbers.Normal(4, type, 3, 16, 8, 8);

        Tensor exactInput = map.to(ScalarType.Float64).requires_grad_();
        Tensor exact = nn.functional.conv2d(
            exactInput,
            kernel.to(ScalarType.Float64),
            strides: [stride, stride],
            padding: [1, 1]
        );
        (
            (exact * slope.to(ScalarType.Float64)).sum() + (exactInput * shortcutSlope.to(ScalarType.Float64)).sum()
        ).backward();

        Tensor input = map.detach().requires_grad_();
        (Tensor output, Tensor again) = ConvolutionFunction.Fork(input, kernel, stride, 1);
        Assert.Equal(Numbers.Of(input), Numbers.Of(again));
        Numbers.AssertClose(exact, output, bound);
        autograd.backward([output, again], [slope, shortcutSlope]);
        Numbers.AssertClose(exactInput.grad!, input.grad!, bound);

        Tensor other = map.detach().requires_grad_();
        ConvolutionFunction.Fork(other, kernel, stride, 1).Input.backward([shortcutSlope]);
        Assert.Equal(Numbers.Of(shortcutSlope), Numbers.Of(other.grad!));
        other = map.detach().requires_grad_();
        ConvolutionFunction.Fork(other, kernel, stride, 1).Output.backward([slope]);
        exactInput = map.to(ScalarType.Float64).requires_grad_();
        nn.functional.conv2d(exactInput, kernel.to(ScalarType.Float64), strides: [stride, stride], padding: [1, 1])
            .backward([slope.to(ScalarType.Float64)]);
        Numbers.AssertClose(exactInput.grad!, other.grad!, bound);
    }

    [Fact]
    public void Maps_in_another_order_are_put_in_order()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor kernel, Tensor gradient) = Case(2, 16, 32, 6, 6, ScalarType.Float32);
        (Tensor output, Tensor ofInput, Tensor ofKernel) = Fast(input, kernel, gradient);
        (Tensor output2, Tensor ofInput2, Tensor ofKernel2) = Fast(input.contiguous(), kernel, gradient.contiguous());
        Assert.Equal(Numbers.Of(output), Numbers.Of(output2));
        Assert.Equal(Numbers.Of(ofInput), Numbers.Of(ofInput2));
        Assert.Equal(Numbers.Of(ofKernel), Numbers.Of(ofKernel2));
    }

    [Theory]
    [InlineData(1, 9, 12, 12)]
    [InlineData(2, 2, 56, 48)]
    public void Threads_change_neither_the_output_nor_the_inputs_gradient(int stride, int images, int height, int width)
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor kernel, _) = Case(images, 32, 16, height, width, ScalarType.Float32);
        Tensor gradient = Numbers.Normal(3, ScalarType.Float32, images, 16, height / stride, width / stride);
        (Tensor output, Tensor ofInput, Tensor ofKernel) = Fast(input, kernel, gradient, stride);
        TeamTests.WithThreads(
            3,
            () =>
            {
                (Tensor output3, Tensor ofInput3, Tensor ofKernel3) = Fast(input, kernel, gradient, stride);
                Assert.Equal(Numbers.Of(output), Numbers.Of(output3));
                Assert.Equal(Numbers.Of(ofInput), Numbers.Of(ofInput3));
                Numbers.AssertClose(ofKernel, ofKernel3, 1e-5);
            }
        );
    }

    [Fact]
    public void Maps_with_other_channels_than_the_kernels_are_left_to_libtorch_to_refuse()
    {
        using var scope = NewDisposeScope();
        (Tensor input, _, _) = Case(1, 16, 16, 4, 4, ScalarType.Float32);
        Tensor kernel = Numbers.ChannelsLast(zeros(16, 32, 3, 3));
        Assert.False(ConvolutionFunction.Handles(input, kernel));
        Assert.False(ConvolutionFunction.Handles(input[0], kernel));
        Assert.False(ConvolutionFunction.Handles(input, kernel.to(ScalarType.BFloat16)));
        Assert.False(ConvolutionFunction.Handles(input.to(ScalarType.Float64), kernel));
    }

    [Fact]
    public void What_needs_no_gradient_gets_none()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor kernel, Tensor gradient) = Case(2, 16, 16, 4, 4, ScalarType.Float32);
        Tensor x = input.detach().requires_grad_();
        ConvolutionFunction.Convolve(x, kernel, 1, 1).backward([gradient]);
        Assert.NotNull(x.grad);
        Assert.Null(kernel.grad);
        Tensor k = kernel.detach().requires_grad_();
        ConvolutionFunction.Convolve(input, k, 1, 1).backward([gradient]);
        Assert.NotNull(k.grad);
        Assert.Null(input.grad);
    }

    [Fact]
    public void A_kept_graph_gives_its_gradients_again()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor kernel, Tensor gradient) = Case(2, 16, 16, 4, 4, ScalarType.Float32);
        Tensor x = input.detach().requires_grad_();
        Tensor output = ConvolutionFunction.Convolve(x, kernel, 1, 1);
        double[] First() => Numbers.Of(autograd.grad([output], [x], [gradient], retain_graph: true)[0]);
        Assert.Equal(First(), First());
    }

    [Fact]
    public void An_output_is_the_only_tensor_that_is_left()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor kernel, _) = Case(2, 16, 16, 4, 4, ScalarType.Float32);
        input.requires_grad_();
        long before = LiveTensors.Count();
        ConvolutionFunction.Convolve(input, kernel, 1, 1);
        Assert.Equal(before + 1, Tensor.TotalCount);
    }

    [Fact]
    public void Gradients_of_many_steps_leave_no_tensors()
    {
        (Tensor input, Tensor kernel, Tensor gradient) = Case(2, 16, 16, 4, 4, ScalarType.Float32);
        void Step()
        {
            using var scope = NewDisposeScope();
            Fast(input, kernel, gradient);
        }

        Step();
        long live = LiveTensors.Count();
        for (int i = 0; i < 20; i++)
        {
            Step();
            Assert.Equal(live, Tensor.TotalCount);
        }
    }

    private static void AssertAgree(Tensor input, Tensor kernel, Tensor gradient, int stride, double ofMaps)
    {
        Assert.True(ConvolutionFunction.Handles(input, kernel));
        Tensor exactInput = input.to(ScalarType.Float64).requires_grad_();
        Tensor exactKernel = kernel.to(ScalarType.Float64).requires_grad_();
        Tensor exact = nn.functional.conv2d(
            exactInput,
            exactKernel,
            strides: [stride, stride],
            padding: [kernel.shape[2] / 2, kernel.shape[2] / 2]
        );
        exact.backward([gradient.to(ScalarType.Float64)]);
        (Tensor output, Tensor ofInput, Tensor ofKernel) = Fast(input, kernel, gradient, stride);
        Assert.Equal(input.dtype, output.dtype);
        Numbers.AssertClose(exact, output, ofMaps, "output");
        Numbers.AssertClose(exactInput.grad!, ofInput, ofMaps, "input's gradient");
        Numbers.AssertClose(exactKernel.grad!, ofKernel, SingleBound, "kernel's gradient");
    }

    private static (Tensor Output, Tensor OfInput, Tensor OfKernel) Fast(
        Tensor input,
        Tensor kernel,
        Tensor gradient,
        int stride = 1
    )
    {
        Tensor x = input.detach().requires_grad_();
        Tensor k = kernel.detach().requires_grad_();
        Tensor output = ConvolutionFunction.Convolve(x, k, stride, (int)kernel.shape[2] / 2);
        output.backward([gradient]);
        return (output, x.grad!, k.grad!);
    }

    private static (Tensor Input, Tensor Kernel, Tensor Gradient) Case(
        int images,
        int inputs,
        int outputs,
        int height,
        int width,
        ScalarType type
    ) =>
        (
            Numbers.ChannelsLast(Numbers.Normal(1, type, images, inputs, height, width)),
            Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, outputs, inputs, 3, 3)),
            Numbers.ChannelsLast(Numbers.Normal(3, type, images, outputs, height, width))
        );
}
