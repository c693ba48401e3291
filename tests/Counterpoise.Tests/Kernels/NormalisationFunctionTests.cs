using System.Runtime.Intrinsics.X86;
using Counterpoise.Kernels;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Kernels;

public sealed class NormalisationFunctionTests
{
    private const double Epsilon = 1e-5;

    public NormalisationFunctionTests() => Assert.SkipUnless(Avx2.IsSupported, "needs AVX2");

    [Theory]
    [InlineData(16, 5, 7, 9, true)]
    [InlineData(16, 40, 8, 8, false)]
    [InlineData(48, 3, 4, 5, true)]
    [InlineData(64, 33, 6, 6, false)]
    [InlineData(32, 20, 1, 1, true)]
    public void Single_precision_agrees_with_double(int channels, int images, int height, int width, bool adds) =>
        AssertAgree(ScalarType.Float32, 1e-5, channels, images, height, width, adds);

    [Theory]
    [InlineData(16, 5, 7, 9, true)]
    [InlineData(64, 33, 6, 6, false)]
    public void Bfloat16_agrees_but_for_rounding_the_maps(int channels, int images, int height, int width, bool adds) =>
        AssertAgree(ScalarType.BFloat16, 1 / 128.0, channels, images, height, width, adds);

    [Fact]
    public void Moments_of_numbers_far_from_zero_are_exact()
    {
        using var scope = NewDisposeScope();
        Tensor map = Numbers.ChannelsLast(Numbers.Normal(4, ScalarType.Float32, 50, 16, 10, 10) + 1000);
        var moments = BatchMoments.Of(map);
        Tensor exact = map.to(ScalarType.Float64);
        Numbers.AssertClose(Numbers.Of(exact.mean([0, 2, 3])), moments.Mean, 1e-7);
        Numbers.AssertClose(Numbers.Of(exact.var([0, 2, 3], unbiased: false)), moments.Variance, 1e-4);
        Assert.Equal(5000, moments.Pixels);
    }

    [Fact]
    public void Threads_change_nothing()
    {
        using var scope = NewDisposeScope();
        double[][] one = Run();
        double[][] three = [];
        TeamTests.WithThreads(3, () => three = Run());
        Assert.Equal(one, three);

        static double[][] Run()
        {
            Tensor[] results = Fast(Case(ScalarType.Float32, 32, 30, 9, 9), adds: true);
            return [.. results.Select(Numbers.Of)];
        }
    }

    [Fact]
    public void A_shortcut_of_another_form_is_refused()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor weight, Tensor bias, Tensor shortcut, _) = Case(ScalarType.Float32, 16, 2, 3, 3);
        var moments = BatchMoments.Of(input);
        foreach (Tensor wrong in new[] { shortcut[..1], shortcut.to(ScalarType.BFloat16), shortcut[.., .., ..2] })
        {
            var error = Assert.Throws<ArgumentException>(() =>
                NormalisationFunction.Activate(input, weight, bias, wrong, moments, Epsilon)
            );
            Assert.Contains("expected Float32 [2, 16, 3, 3]", error.Message);
        }
    }

    [Fact]
    public void A_NaN_stays_one()
    {
        using var scope = NewDisposeScope();
        (Tensor input, Tensor weight, Tensor bias, Tensor shortcut, _) = Case(ScalarType.Float32, 16, 2, 3, 3);
        shortcut[0, 3, 1, 1] = float.NaN;
        var moments = BatchMoments.Of(input);
        Tensor output = NormalisationFunction.Activate(input, weight, bias, shortcut, moments, Epsilon);
        Assert.True(float.IsNaN(output[0, 3, 1, 1].item<float>()));
        Assert.Equal(1, output.isnan().sum().item<long>());
    }

    private static void AssertAgree(
        ScalarType type,
        double bound,
        int channels,
        int images,
        int height,
        int width,
        bool adds
    )
    {
        using var scope = NewDisposeScope();
        var inputs = Case(type, channels, images, height, width);
        Tensor[] fast = Fast(inputs, adds);
        Tensor[] exact = Exact(inputs, adds);
        string[] names = ["output", "input", "weight", "bias", "shortcut"];
        Assert.Equal(adds ? 5 : 4, fast.Length);
        for (int i = 0; i < fast.Length; i++)
        {
            Numbers.AssertClose(exact[i], fast[i], bound, names[i]);
        }
    }

    private static Tensor[] Exact((Tensor, Tensor, Tensor, Tensor, Tensor) inputs, bool adds)
    {
        (Tensor input, Tensor weight, Tensor bias, Tensor shortcut, Tensor gradient) = inputs;
        Tensor x = input.to(ScalarType.Float64).requires_grad_();
        Tensor w = weight.to(ScalarType.Float64).requires_grad_();
        Tensor b = bias.to(ScalarType.Float64).requires_grad_();
        Tensor s = shortcut.to(ScalarType.Float64).requires_grad_();
        Tensor mean = x.mean([0, 2, 3], keepdim: true);
        Tensor deviation = x - mean;
        Tensor variance = (deviation * deviation).mean([0, 2, 3], keepdim: true);
        Tensor sum = (deviation / (variance + Epsilon).sqrt() * w.reshape(1, -1, 1, 1)) + b.reshape(1, -1, 1, 1);
        Tensor output = (adds ? sum + s : sum).relu();
        output.backward([gradient.to(ScalarType.Float64)]);
        return adds ? [output, x.grad!, w.grad!, b.grad!, s.grad!] : [output, x.grad!, w.grad!, b.grad!];
    }

    private static Tensor[] Fast((Tensor, Tensor, Tensor, Tensor, Tensor) inputs, bool adds)
    {
        (Tensor input, Tensor weight, Tensor bias, Tensor shortcut, Tensor gradient) = inputs;
        Tensor x = input.detach().requires_grad_();
        Tensor w = weight.detach().requires_grad_();
        Tensor b = bias.detach().requires_grad_();
        Tensor s = shortcut.detach().requires_grad_();
        Tensor output = NormalisationFunction.Activate(x, w, b, adds ? s : null, BatchMoments.Of(x), Epsilon);
        output.backward([gradient]);
        return adds ? [output, x.grad!, w.grad!, b.grad!, s.grad!] : [output, x.grad!, w.grad!, b.grad!];
    }

    private static (Tensor Input, Tensor Weight, Tensor Bias, Tensor Shortcut, Tensor Gradient) Case(
        ScalarType type,
        int channels,
        int images,
        int height,
        int width
    ) =>
        (
            Numbers.ChannelsLast((Numbers.Normal(1, type, images, channels, height, width) * 2) + 1),
            Numbers.Normal(2, ScalarType.Float32, channels),
            Numbers.Normal(3, ScalarType.Float32, channels),
            Numbers.ChannelsLast(Numbers.Normal(4, type, images, channels, height, width)),
            Numbers.ChannelsLast(Numbers.Normal(5, type, images, channels, height, width))
        );
}
