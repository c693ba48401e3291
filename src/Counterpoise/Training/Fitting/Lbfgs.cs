using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>
/// Finds the least values of several smooth functions at once by limited-memory BFGS (Liu and Nocedal, 1989), with steps
/// that meet the weak Wolfe conditions by bisection. The functions have nothing to do with each other but that computing
/// all of them in one call is faster. Everything is float64; no draw is made.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 10;
    private const int MostIterations = 1000;
    private const int MostTrials = 40;
    private const double SufficientDecrease = 1e-4;
    private const double Curvature = 0.9;

    /// <summary>The values [k] and the gradients [k, n] of k functions at a point for each, [k, n], in the caller's dispose scope.</summary>
    internal delegate (Tensor Values, Tensor Gradients) Functions(Tensor points);

    /// <summary>Goes downhill from a point of each function until its gradient is small, or nothing is gained any more.</summary>
    /// <param name="functions">The functions.</param>
    /// <param name="starts">Where to begin, [k, n], float64; it is not changed.</param>
    /// <param name="tolerance">The largest entry of a gradient that is small enough.</param>
    /// <param name="precondition">
    /// Something like the inverse of each function's second derivatives, times a vector for each, [k, n], linear, symmetric
    /// and positive; null for none. The better it is, the fewer the steps; where they end does not depend on it.
    /// </param>
    /// <param name="stop">Stops between steps.</param>
    /// <returns>The points, in the caller's dispose scope.</returns>
    internal static Minima Minimise(
        Functions functions,
        Tensor starts,
        double tolerance,
        Func<Tensor, Tensor>? precondition,
        CancellationToken stop
    )
    {
        using var all = NewDisposeScope();
        int count = (int)starts.shape[0];
        Tensor points = starts.clone();
        (Tensor valuesThere, Tensor gradients) = functions(points);
        double[] values = Numbers(valuesThere);
        double[] largest = Largest(gradients);
        int[] iterations = new int[count];
        bool[] isActive = [.. largest.Select(entry => entry > tolerance)];
        Tensor scale = precondition is null
            ? Column([.. largest.Select(entry => 1 / Math.Max(1, entry))])
            : ones(count, 1, dtype: ScalarType.Float64);
        List<Past> past = [];
        for (int iteration = 0; isActive.Contains(true) && iteration < MostIterations; iteration++)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Tensor directions = Directions(gradients, past, scale, precondition);
            Found found = Search(functions, points, values, gradients, directions, isActive);
            Tensor steps = found.Points - points;
            Tensor changes = found.Gradients - gradients;
            Remember(past, ref scale, steps, changes, precondition);
            points.Dispose();
            gradients.Dispose();
            points = found.Points.MoveToOuterDisposeScope();
            gradients = found.Gradients.MoveToOuterDisposeScope();
            largest = Largest(gradients);
            for (int k = 0; k < count; k++)
            {
                iterations[k] += found.IsLower[k] ? 1 : 0;
                isActive[k] = found.IsLower[k] && largest[k] > tolerance; // Else roundings are larger than what is left to gain.
            }

            values = found.Values;
        }

        return new Minima(points.MoveToOuterDisposeScope(), values, largest, iterations);
    }

    /// <summary>The steps of Newton's method with the curvature that the last steps saw, by the two-loop recursion.</summary>
    private static Tensor Directions(
        Tensor gradients,
        List<Past> past,
        Tensor scale,
        Func<Tensor, Tensor>? precondition
    )
    {
        Tensor directions = -gradients;
        var shares = new Tensor[past.Count];
        for (int i = past.Count - 1; i >= 0; i--)
        {
            shares[i] = Dot(past[i].Steps, directions) * past[i].InverseCurvature;
            directions.addcmul_(past[i].Changes, -shares[i], 1);
        }

        directions = (precondition is null ? directions : precondition(directions)) * scale;
        for (int i = 0; i < past.Count; i++)
        {
            Tensor share = Dot(past[i].Changes, directions) * past[i].InverseCurvature;
            directions.addcmul_(past[i].Steps, shares[i] - share, 1);
        }

        return directions;
    }

    /// <summary>Adds what a step saw, and scales the next ones by it; a function that did not step, or saw no curvature, adds nothing.</summary>
    private static void Remember(
        List<Past> past,
        ref Tensor scale,
        Tensor steps,
        Tensor changes,
        Func<Tensor, Tensor>? precondition
    )
    {
        Tensor curvature = Dot(steps, changes);
        Tensor squares = Dot(changes, changes);
        Tensor isUsed = curvature.gt(squares * 1e-12);
        Tensor inverse = where(isUsed, 1 / curvature, zeros_like(curvature));
        Tensor seen = precondition is null ? squares : Dot(changes, precondition(changes));
        Tensor next = where(isUsed, curvature / seen, scale).MoveToOuterDisposeScope();
        scale.Dispose();
        scale = next;
        past.Add(
            new Past(
                steps.MoveToOuterDisposeScope(),
                changes.MoveToOuterDisposeScope(),
                inverse.MoveToOuterDisposeScope()
            )
        );
        if (past.Count > Memory)
        {
            past[0].Dispose();
            past.RemoveAt(0);
        }
    }

    /// <summary>For each active function a point along its direction that is lower, and where it falls less steeply.</summary>
    private static Found Search(
        Functions functions,
        Tensor points,
        double[] values,
        Tensor gradients,
        Tensor directions,
        bool[] isActive
    )
    {
        int count = values.Length;
        double[] slopes = Numbers(Dot(gradients, directions));
        double[] low = new double[count];
        double[] high = [.. Enumerable.Repeat(double.PositiveInfinity, count)];
        double[] lengths = [.. isActive.Select(active => active ? 1.0 : 0)];
        bool[] isOpen = [.. isActive];
        var found = new Found(points.clone(), [.. values], gradients.clone(), new bool[count]);
        for (int trial = 0; trial < MostTrials && isOpen.Contains(true); trial++)
        {
            using var scope = NewDisposeScope();
            Tensor there = points + (directions * Column(lengths));
            (Tensor reachedThere, Tensor gradientsThere) = functions(there);
            double[] reached = Numbers(reachedThere);
            double[] slopesThere = Numbers(Dot(gradientsThere, directions));
            for (int k = 0; k < count; k++)
            {
                if (!isOpen[k])
                {
                    continue;
                }

                if (!(reached[k] <= values[k] + (SufficientDecrease * lengths[k] * slopes[k])))
                {
                    high[k] = lengths[k]; // Not a number, too.
                }
                else
                {
                    found.Points[k].copy_(there[k]);
                    found.Gradients[k].copy_(gradientsThere[k]);
                    found.Values[k] = reached[k];
                    found.IsLower[k] = true;
                    isOpen[k] = slopesThere[k] < Curvature * slopes[k];
                    low[k] = lengths[k];
                }

                if (isOpen[k])
                {
                    lengths[k] = double.IsInfinity(high[k]) ? 2 * low[k] : (low[k] + high[k]) / 2;
                }
            }
        }

        return found;
    }

    /// <summary>The products of vectors with vectors, [k, 1].</summary>
    private static Tensor Dot(Tensor a, Tensor b) => (a * b).sum(1, keepdim: true);

    private static double[] Largest(Tensor gradients) => Numbers(gradients.abs().amax([1L]));

    private static double[] Numbers(Tensor tensor) => [.. tensor.data<double>()];

    private static Tensor Column(double[] numbers) => tensor(numbers).view(-1, 1);

    /// <summary>What a step saw: how far it went, how the gradient changed, and 1 / (one times the other), 0 for nothing.</summary>
    private sealed record Past(Tensor Steps, Tensor Changes, Tensor InverseCurvature) : IDisposable
    {
        public void Dispose()
        {
            Steps.Dispose();
            Changes.Dispose();
            InverseCurvature.Dispose();
        }
    }

    private sealed record Found(Tensor Points, double[] Values, Tensor Gradients, bool[] IsLower);
}

/// <summary>Where functions are least.</summary>
/// <param name="Points">[k, n], float64.</param>
/// <param name="Values">The functions' values there.</param>
/// <param name="LargestGradients">The largest entries of their gradients there.</param>
/// <param name="Iterations">How many steps each took.</param>
internal sealed record Minima(Tensor Points, double[] Values, double[] LargestGradients, int[] Iterations);
