using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>
/// Finds the least value of a smooth function by limited-memory BFGS (Liu and Nocedal, 1989), with steps that meet the
/// weak Wolfe conditions by bisection. Everything is float64; no draw is made.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 10;
    private const int MostIterations = 1000;
    private const int MostTrials = 40;
    private const double SufficientDecrease = 1e-4;
    private const double Curvature = 0.9;

    /// <summary>The value and the gradient at a point, in the caller's dispose scope.</summary>
    internal delegate (double Value, Tensor Gradient) Function(Tensor point);

    /// <summary>Goes downhill from a point until the gradient is small, or nothing is gained any more.</summary>
    /// <param name="function">The function.</param>
    /// <param name="start">Where to begin, [n], float64; it is not changed.</param>
    /// <param name="tolerance">The largest entry of the gradient that is small enough.</param>
    /// <param name="stop">Stops between steps.</param>
    /// <returns>The point, in the caller's dispose scope.</returns>
    internal static Minimum Minimise(Function function, Tensor start, double tolerance, CancellationToken stop)
    {
        using var all = NewDisposeScope();
        Tensor point = start.clone();
        (double value, Tensor gradient) = function(point);
        List<(Tensor Step, Tensor Change, double Curvature)> past = [];
        int iteration = 0;
        while (Largest(gradient) > tolerance && iteration < MostIterations)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Tensor direction = Direction(gradient, past);
            double slope = Dot(gradient, direction);
            if (
                Search(
                    function,
                    point,
                    value,
                    direction,
                    slope,
                    past.Count == 0 ? 1 / Math.Max(1, Largest(gradient)) : 1
                )
                is not { } found
            )
            {
                break; // Roundings are larger than what is left to gain.
            }

            Tensor step = found.Point - point;
            Tensor change = found.Gradient - gradient;
            double curvature = Dot(step, change);
            if (curvature > 1e-12 * Dot(change, change))
            {
                past.Add((step.MoveToOuterDisposeScope(), change.MoveToOuterDisposeScope(), curvature));
                if (past.Count > Memory)
                {
                    past[0].Step.Dispose();
                    past[0].Change.Dispose();
                    past.RemoveAt(0);
                }
            }

            point.Dispose();
            gradient.Dispose();
            (point, value, gradient) = (
                found.Point.MoveToOuterDisposeScope(),
                found.Value,
                found.Gradient.MoveToOuterDisposeScope()
            );
            iteration++;
        }

        return new Minimum(point.MoveToOuterDisposeScope(), value, Largest(gradient), iteration);
    }

    /// <summary>The step of Newton's method with the curvature that the last steps saw, by the two-loop recursion.</summary>
    private static Tensor Direction(Tensor gradient, List<(Tensor Step, Tensor Change, double Curvature)> past)
    {
        Tensor direction = -gradient;
        double[] shares = new double[past.Count];
        for (int i = past.Count - 1; i >= 0; i--)
        {
            shares[i] = Dot(past[i].Step, direction) / past[i].Curvature;
            direction.add_(past[i].Change, -shares[i]);
        }

        if (past.Count > 0)
        {
            (_, Tensor change, double curvature) = past[^1];
            direction.mul_(curvature / Dot(change, change));
        }

        for (int i = 0; i < past.Count; i++)
        {
            double share = Dot(past[i].Change, direction) / past[i].Curvature;
            direction.add_(past[i].Step, shares[i] - share);
        }

        return direction;
    }

    /// <summary>A point along the direction that is lower, and where the function falls less steeply; null where there is none.</summary>
    private static (Tensor Point, double Value, Tensor Gradient)? Search(
        Function function,
        Tensor point,
        double value,
        Tensor direction,
        double slope,
        double length
    )
    {
        double low = 0;
        double high = double.PositiveInfinity;
        (Tensor Point, double Value, Tensor Gradient)? best = null;
        for (int trial = 0; trial < MostTrials; trial++)
        {
            Tensor there = point + (direction * length);
            (double reached, Tensor gradient) = function(there);
            if (!(reached <= value + (SufficientDecrease * length * slope)))
            {
                high = length; // Not a number, too.
            }
            else
            {
                best = (there, reached, gradient);
                if (Dot(gradient, direction) >= Curvature * slope)
                {
                    return best;
                }

                low = length;
            }

            length = double.IsInfinity(high) ? 2 * low : (low + high) / 2;
        }

        return best;
    }

    private static double Dot(Tensor a, Tensor b) => a.dot(b).item<double>();

    private static double Largest(Tensor gradient) => gradient.abs().max().item<double>();
}

/// <summary>Where a function is least.</summary>
/// <param name="Point">[n], float64.</param>
/// <param name="Value">The function's value there.</param>
/// <param name="LargestGradient">The largest entry of its gradient there.</param>
/// <param name="Iterations">How many steps it took.</param>
internal sealed record Minimum(Tensor Point, double Value, double LargestGradient, int Iterations);
