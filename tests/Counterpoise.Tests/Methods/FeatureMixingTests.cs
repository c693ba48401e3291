using Counterpoise.Methods;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class FeatureMixingTests
{
    // The first example is its own partner, and two share one.
    private static readonly long[] Partner = [0, 3, 1, 1];
    private static readonly float[] Weight = [0.25f, 0.5f, 0, 0.125f];

    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.Float64, 1e-14)]
    [InlineData(ScalarType.BFloat16, 1.0 / 256)]
    public void Vectors_are_mixed_as_in_the_formula(ScalarType type, double bound)
    {
        using var scope = NewDisposeScope();
        Check(Numbers.Normal(1, type, 4, 3), bound);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.Float64, 1e-14)]
    [InlineData(ScalarType.BFloat16, 1.0 / 256)]
    public void Maps_are_mixed_as_in_the_formula_and_keep_their_memory_order(ScalarType type, double bound)
    {
        using var scope = NewDisposeScope();
        Tensor map = Numbers.Normal(2, type, 4, 3, 2, 5);
        Check(map, bound);
        Check(Numbers.ChannelsLast(map), bound);
    }

    [Fact]
    public void The_gradient_reaches_both_terms()
    {
        using var scope = NewDisposeScope();
        foreach (long[] shape in new long[][] { [4, 3], [4, 2, 1, 2] })
        {
            Tensor features = Numbers.Normal(3, ScalarType.Float64, shape).requires_grad_();
            Loss(features).backward();
            Numbers.AssertClose(Differences(features.detach()), Numbers.Of(features.grad!), 1e-8);
        }
    }

    [Fact]
    public void A_gradient_of_float32_features_is_float32_and_right()
    {
        using var scope = NewDisposeScope();
        Tensor features = Numbers.Normal(4, ScalarType.Float32, 4, 3).requires_grad_();
        Loss(features).backward();
        Assert.Equal(ScalarType.Float32, features.grad!.dtype);
        Numbers.AssertClose(Differences(features.detach().to(ScalarType.Float64)), Numbers.Of(features.grad!), 1e-5);
    }

    private static Tensor Mix(Tensor features) => FeatureMixing.Apply(features, tensor(Partner), tensor(Weight));

    private static Tensor Loss(Tensor features) => Mix(features).pow(3).sum();

    private static void Check(Tensor features, double bound)
    {
        Tensor mixed = Mix(features);
        Assert.Equal(features.dtype, mixed.dtype);
        Assert.Equal(features.shape, mixed.shape);
        Assert.Equal(features.stride(), mixed.stride());
        Numbers.AssertClose(Reference(Numbers.Of(features)), Numbers.Of(mixed), bound);
    }

    private static double[] Reference(double[] z)
    {
        int size = z.Length / Partner.Length;
        double[] mixed = new double[z.Length];
        for (int n = 0; n < Partner.Length; n++)
        {
            for (int i = 0; i < size; i++)
            {
                mixed[(n * size) + i] =
                    ((1 - Weight[n]) * z[(n * size) + i]) + (Weight[n] * z[(Partner[n] * size) + i]);
            }
        }

        return mixed;
    }

    /// <summary>Central differences of the scalar reference.</summary>
    private static double[] Differences(Tensor features)
    {
        const double step = 1e-5;
        double[] z = Numbers.Of(features);
        double LossOf(int changed, double by)
        {
            double[] moved = [.. z];
            moved[changed] += by;
            return Reference(moved).Sum(value => value * value * value);
        }

        return [.. Enumerable.Range(0, z.Length).Select(i => (LossOf(i, step) - LossOf(i, -step)) / (2 * step))];
    }
}
