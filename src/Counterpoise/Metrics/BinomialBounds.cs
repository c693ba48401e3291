namespace Counterpoise.Metrics;

/// <summary>Exact bounds of shares of images (Clopper and Pearson, Biometrika 1934).</summary>
internal static class BinomialBounds
{
    private const int MostTerms = 500;
    private const double Small = 1e-14;
    private const double Tiny = 1e-300;

    /// <summary>The share that is not exceeded, with a confidence, where so many of so many are seen: 3 / n for none at 95 %.</summary>
    /// <param name="seen">How many, 0 or more; it need not be whole.</param>
    /// <param name="all">Of so many, above 0.</param>
    /// <param name="confidence">Such as 0.95.</param>
    internal static double Upper(double seen, double all, double confidence) =>
        seen >= all ? 1 : BetaQuantile(seen + 1, all - seen, confidence);

    /// <summary>The chance of so many or more of n, where each has the chance p.</summary>
    internal static double AtLeast(int count, int n, double p) =>
        count <= 0 ? 1
        : count > n ? 0
        : BetaBelow(p, count, n - count + 1);

    /// <summary>Where a beta distribution reaches a probability.</summary>
    private static double BetaQuantile(double a, double b, double probability)
    {
        double low = 0;
        double high = 1;
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = BetaBelow(middle, a, b) < probability ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).</summary>
    internal static double BetaBelow(double x, double a, double b)
    {
        if (x <= 0 || x >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        double front = Math.Exp(
            LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x))
        );
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - (front * Fraction(1 - x, b, a) / b);
    }

    /// <summary>By Lentz's method.</summary>
    private static double Fraction(double x, double a, double b)
    {
        double c = 1;
        double d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        double value = d;
        for (int m = 1; m < MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            value *= d * c;
            if (Math.Abs((d * c) - 1) < Small)
            {
                break;
            }
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    /// <summary>By Stirling's series (DLMF 5.11.1), moved up to where it is exact.</summary>
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++)
        {
            shift -= Math.Log(x);
        }

        double inverse = 1 / (x * x);
        double series = ((1.0 / 12) - (inverse * ((1.0 / 360) - (inverse * ((1.0 / 1260) - (inverse / 1680)))))) / x;
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }
}
