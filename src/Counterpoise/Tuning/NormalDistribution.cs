namespace Counterpoise.Tuning;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>Its density.</summary>
    internal static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>The probability of being below <paramref name="x"/>, within 1e-7 (Abramowitz and Stegun, 26.2.17).</summary>
    internal static double Below(double x)
    {
        double t = 1 / (1 + (0.2316419 * Math.Abs(x)));
        double series =
            t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        double above = Density(x) * series;
        return x >= 0 ? 1 - above : above;
    }
}
