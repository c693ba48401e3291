using Counterpoise.Basics;

namespace Counterpoise.Methods;

/// <summary>Draws from Beta(alpha, alpha), also for alphas so small that gamma variates would underflow.</summary>
internal static class BetaDistribution
{
    /// <summary>One draw.</summary>
    /// <param name="stream">Where the random numbers come from.</param>
    /// <param name="alpha">The shape, above 0: small values favour 0 and 1, 1 is uniform, large values favour 0.5.</param>
    /// <returns>A number in [0, 1].</returns>
    /// <remarks>
    /// Beta is G1 / (G1 + G2) with two gamma variates of shape alpha. Below shape 1 a gamma variate is that of shape
    /// alpha + 1 times U^(1 / alpha), which underflows for small alpha, so the logarithms are kept until the end.
    /// </remarks>
    public static double Draw(ref DrawStream stream, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        double first = LogGamma(ref stream, alpha);
        double second = LogGamma(ref stream, alpha);
        return 1 / (1 + Math.Exp(second - first));
    }

    /// <summary>The logarithm of a gamma variate (Marsaglia and Tsang, TOMS 2000).</summary>
    private static double LogGamma(ref DrawStream stream, double shape)
    {
        if (shape < 1)
        {
            return LogGamma(ref stream, shape + 1) + (Math.Log(1 - stream.NextDouble()) / shape);
        }

        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = stream.NextNormal();
            double v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            double u = 1 - stream.NextDouble();
            if (Math.Log(u) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v);
            }
        }
    }
}
