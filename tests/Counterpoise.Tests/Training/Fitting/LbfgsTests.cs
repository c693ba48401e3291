using Counterpoise.Training.Fitting;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training.Fitting;

public sealed class LbfgsTests
{
    [Fact]
    public void A_curved_valley_is_followed_to_its_end()
    {
        using var scope = NewDisposeScope();

        Minimum found = Lbfgs.Minimise(Rosenbrock, tensor(new[] { -1.2, 1.0 }), 1e-8, CancellationToken.None);

        Assert.Equal([1.0, 1.0], found.Point.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.InRange(found.Iterations, 10, 60);
        Assert.True(found.LargestGradient <= 1e-8);
    }

    [Fact]
    public void Directions_of_very_different_curvature_are_told_apart()
    {
        using var scope = NewDisposeScope();
        double[] curvatures = [.. Enumerable.Range(0, 50).Select(i => Math.Pow(10, i / 16.0))];
        Tensor scale = tensor(curvatures);

        Minimum found = Lbfgs.Minimise(
            point => ((scale * (point - 3).square()).sum().item<double>() / 2, scale * (point - 3)),
            zeros(50, dtype: float64),
            1e-6,
            CancellationToken.None
        );

        Assert.True(found.LargestGradient <= 1e-6, $"{found}");
        Assert.All(found.Point.data<double>().ToArray(), value => Assert.Equal(3, value, 1e-5));
    }

    [Fact]
    public void Where_nothing_can_be_gained_it_stays()
    {
        using var scope = NewDisposeScope();
        Tensor start = tensor(new[] { 1.0, 1.0 });

        Minimum found = Lbfgs.Minimise(Rosenbrock, start, 1e-8, CancellationToken.None);

        Assert.Equal(0, found.Iterations);
        Assert.Equal([1.0, 1.0], found.Point.data<double>().ToArray());
        Assert.Equal([1.0, 1.0], start.data<double>().ToArray());
    }

    [Fact]
    public void A_function_that_is_no_number_everywhere_is_left_where_it_began()
    {
        using var scope = NewDisposeScope();

        Minimum found = Lbfgs.Minimise(
            point =>
                point[0].item<double>() > 0.5
                    ? (double.NaN, point * double.NaN)
                    : (-point[0].item<double>(), -ones(1, dtype: float64)),
            zeros(1, dtype: float64),
            1e-8,
            CancellationToken.None
        );

        Assert.InRange(found.Point[0].item<double>(), 0, 0.5);
    }

    private static (double, Tensor) Rosenbrock(Tensor point)
    {
        (double x, double y) = (point[0].item<double>(), point[1].item<double>());
        double valley = y - (x * x);
        return (
            (100 * valley * valley) + ((1 - x) * (1 - x)),
            tensor(new[] { (-400 * x * valley) - (2 * (1 - x)), 200 * valley })
        );
    }
}
