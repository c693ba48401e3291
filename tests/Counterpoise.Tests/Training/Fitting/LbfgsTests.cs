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

        Minima found = Minimise(Rosenbrock, tensor(new[] { -1.2, 1.0 }), 1e-8);

        Assert.Equal([1.0, 1.0], found.Points.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.InRange(found.Iterations[0], 10, 60);
        Assert.True(found.LargestGradients[0] <= 1e-8);
    }

    [Fact]
    public void Directions_of_very_different_curvature_are_told_apart()
    {
        using var scope = NewDisposeScope();
        double[] curvatures = [.. Enumerable.Range(0, 50).Select(i => Math.Pow(10, i / 16.0))];
        Tensor scale = tensor(curvatures);

        Minima found = Minimise(
            point => ((scale * (point - 3).square()).sum().item<double>() / 2, scale * (point - 3)),
            zeros(50, dtype: float64),
            1e-6
        );

        Assert.True(found.LargestGradients[0] <= 1e-6, $"{found}");
        Assert.All(found.Points.data<double>().ToArray(), value => Assert.Equal(3, value, 1e-5));
    }

    [Fact]
    public void Where_nothing_can_be_gained_it_stays()
    {
        using var scope = NewDisposeScope();
        Tensor start = tensor(new[] { 1.0, 1.0 });

        Minima found = Minimise(Rosenbrock, start, 1e-8);

        Assert.Equal(0, found.Iterations[0]);
        Assert.Equal([1.0, 1.0], found.Points.data<double>().ToArray());
        Assert.Equal([1.0, 1.0], start.data<double>().ToArray());
    }

    [Fact]
    public void A_function_that_is_no_number_everywhere_is_left_where_it_began()
    {
        using var scope = NewDisposeScope();

        Minima found = Minimise(
            point =>
                point[0].item<double>() > 0.5
                    ? (double.NaN, point * double.NaN)
                    : (-point[0].item<double>(), -ones(1, dtype: float64)),
            zeros(1, dtype: float64),
            1e-8
        );

        Assert.InRange(found.Points[0, 0].item<double>(), 0, 0.5);
    }

    [Fact]
    public void Several_functions_come_to_where_each_would_alone()
    {
        using var scope = NewDisposeScope();
        double[][] starts =
        [
            [-1.2, 1.0],
            [1.0, 1.0],
            [3.0, -2.0],
        ];

        Minima together = Lbfgs.Minimise(
            points =>
            {
                (double Value, Tensor Gradient)[] each = [.. Enumerable.Range(0, 3).Select(k => Rosenbrock(points[k]))];
                return (tensor(each.Select(one => one.Value).ToArray()), stack(each.Select(one => one.Gradient)));
            },
            stack(starts.Select(start => tensor(start))),
            1e-8,
            null,
            CancellationToken.None
        );

        for (int k = 0; k < 3; k++)
        {
            Minima alone = Minimise(Rosenbrock, tensor(starts[k]), 1e-8);
            Assert.Equal(alone.Iterations[0], together.Iterations[k]);
            Assert.Equal(alone.Values[0], together.Values[k]);
            Assert.Equal(alone.Points.data<double>().ToArray(), together.Points[k].data<double>().ToArray());
        }
    }

    [Fact]
    public void The_inverse_of_the_second_derivatives_leads_there_in_a_few_steps()
    {
        using var scope = NewDisposeScope();
        Tensor scale = tensor(Enumerable.Range(0, 50).Select(i => Math.Pow(10, i / 8.0)).ToArray());
        (double, Tensor) Bowl(Tensor point) =>
            ((scale * (point - 3).square()).sum().item<double>() / 2, scale * (point - 3));

        Minima plain = Minimise(Bowl, zeros(50, dtype: float64), 1e-6);
        Minima quick = Minimise(Bowl, zeros(50, dtype: float64), 1e-6, points => points / scale);

        Assert.InRange(quick.Iterations[0], 1, 2);
        Assert.True(plain.Iterations[0] > 10 * quick.Iterations[0], $"{plain.Iterations[0]}");
        Assert.All(quick.Points.data<double>().ToArray(), value => Assert.Equal(3, value, 1e-9));
    }

    /// <summary>One function alone.</summary>
    private static Minima Minimise(
        Func<Tensor, (double Value, Tensor Gradient)> function,
        Tensor start,
        double tolerance,
        Func<Tensor, Tensor>? precondition = null
    ) =>
        Lbfgs.Minimise(
            points =>
            {
                (double value, Tensor gradient) = function(points[0]);
                return (tensor(new[] { value }), gradient.view(1, -1));
            },
            start.view(1, -1),
            tolerance,
            precondition,
            CancellationToken.None
        );

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
