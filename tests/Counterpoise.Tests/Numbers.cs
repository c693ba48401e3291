using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Tests;

/// <summary>Tensors as numbers, in row-major order whatever their memory order.</summary>
internal static class Numbers
{
    public static double[] Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>Values drawn from a standard normal distribution that depend on the seed alone.</summary>
    public static Tensor Normal(ulong seed, ScalarType type, params long[] shape)
    {
        DrawStream stream = new(seed);
        double[] values =
        [
            .. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => stream.NextNormal()),
        ];
        return tensor(values).reshape(shape).to(type);
    }

    /// <summary>The same numbers with channels next to each other in memory.</summary>
    public static Tensor ChannelsLast(Tensor map) => map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>Fails unless no number differs by more than <paramref name="bound"/> of the largest expected one.</summary>
    public static void AssertClose(double[] expected, double[] actual, double bound, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(Math.Abs);
        double difference = expected.Zip(actual, (a, b) => double.IsNaN(b) ? double.NaN : Math.Abs(a - b)).Max();
        Assert.False(double.IsNaN(difference) || actual.Any(double.IsNaN), $"{what}: NaN");
        Assert.True(
            difference <= bound * largest,
            $"{what}: differs by {difference:G4} where the largest is {largest:G4}"
        );
    }

    public static void AssertClose(Tensor expected, Tensor actual, double bound, string what = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        AssertClose(Of(expected), Of(actual), bound, what);
    }
}
