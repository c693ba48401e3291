using Counterpoise.Basics;

namespace Counterpoise.Decisions;

/// <summary>
/// The class frequencies of images without labels, those that make what a calibrated classifier says of them most likely,
/// by expectation and maximisation (Saerens, Latinne and Decaestecker, Neural Computation 2002; calibrated with biases, as
/// Alexandari, Kundaje and Shrikumar show is needed, ICML 2020).
/// </summary>
/// <param name="Frequencies">[C], adding up to 1.</param>
/// <param name="Errors">[C]: their standard errors, by drawing images again.</param>
internal sealed record PriorEstimate(double[] Frequencies, double[] Errors)
{
    private const int MostSteps = 2000;
    private const double Settled = 1e-7;
    private const int Draws = 100;

    /// <summary>How many standard errors a frequency may move before it is said.</summary>
    private const double Far = 3;

    /// <param name="probabilities">[N] of [C]: calibrated, at the frequencies pi.</param>
    /// <param name="implied">pi, [C].</param>
    internal static PriorEstimate Of(IReadOnlyList<double[]> probabilities, IReadOnlyList<double> implied)
    {
        int[] once = [.. Enumerable.Repeat(1, probabilities.Count)];
        double[] found = Maximise(probabilities, once, implied, [.. implied]);
        double[][] again = new double[Draws][];
        var draws = new Draws(Seed: 0);
        Parallel.For(
            0,
            Draws,
            sample =>
            {
                int[] times = new int[probabilities.Count];
                DrawStream stream = draws.At(DrawPurpose.Bootstrap, sample, 1);
                for (int i = 0; i < times.Length; i++)
                {
                    times[stream.NextInt(times.Length)]++;
                }

                again[sample] = Maximise(probabilities, times, implied, found);
            }
        );
        return new PriorEstimate(
            found,
            [
                .. found.Select(
                    (_, c) =>
                    {
                        double mean = again.Average(sample => sample[c]);
                        return Math.Sqrt(again.Sum(sample => Math.Pow(sample[c] - mean, 2)) / (Draws - 1));
                    }
                ),
            ]
        );
    }

    /// <summary>The classes whose frequency is more than three standard errors from another.</summary>
    internal IEnumerable<int> Moved(IReadOnlyList<double> from) =>
        Enumerable
            .Range(0, Frequencies.Length)
            .Where(c => Math.Abs(Frequencies[c] - from[c]) > Far * Math.Max(Errors[c], 1e-9));

    private static double[] Maximise(
        IReadOnlyList<double[]> probabilities,
        int[] times,
        IReadOnlyList<double> implied,
        double[] start
    )
    {
        double[] q = start;
        double[] next = new double[q.Length];
        double[] factors = new double[q.Length];
        int total = times.Sum();
        for (int step = 0; step < MostSteps; step++)
        {
            for (int c = 0; c < q.Length; c++)
            {
                factors[c] = q[c] / implied[c];
            }

            Array.Clear(next);
            for (int i = 0; i < times.Length; i++)
            {
                double[] p = probabilities[i];
                double sum = 0;
                for (int c = 0; c < q.Length; c++)
                {
                    sum += p[c] * factors[c];
                }

                for (int c = 0; c < q.Length; c++)
                {
                    next[c] += times[i] * p[c] * factors[c] / (sum * total);
                }
            }

            double change = q.Zip(next, (before, after) => Math.Abs(before - after)).Max();
            q = [.. next];
            if (change < Settled)
            {
                break;
            }
        }

        return q;
    }
}
