using Counterpoise.Basics;
using Counterpoise.Data;

namespace Counterpoise.Methods;

/// <summary>Names the form of the weakening weight; S is its strength.</summary>
public enum WeightFunction
{
    /// <summary>S (N_c / N_max)^(1 / beta).</summary>
    Power,

    /// <summary>S sigma((N_c - mean) / (beta std)), sigma the logistic function, mean and std over the classes.</summary>
    Sigmoid,

    /// <summary>S exp(-(1 - N_c / N_max) / beta).</summary>
    Exponential,
}

/// <summary>
/// The weakening weight s(c), from 0 to its strength: how much of a class's features may be replaced. It grows with the class's size;
/// a larger scale beta makes it smoother over the classes, a smaller one sharper.
/// </summary>
/// <remarks>
/// The role and the scale value are the paper's (Ye, Zhan and Chao, ICCV 2021, supplement C.2, D.2), and 0.5 is its
/// example of a major class's weight (B.1); the three forms are reconstructions that meet what it says of equations 9
/// and 12.
/// </remarks>
public static class WeakeningWeight
{
    /// <summary>The strength unless another is given.</summary>
    internal const double UsualStrength = 0.5;

    /// <summary>s(c) of every class.</summary>
    /// <param name="counts">The number of training examples of every class.</param>
    /// <param name="function">The form.</param>
    /// <param name="beta">The scale, above 0.</param>
    /// <param name="strength">The largest weight that the form gives, 0 to 1.</param>
    /// <returns>A weight from 0 to <paramref name="strength"/> for each class.</returns>
    /// <exception cref="ArgumentOutOfRangeException">beta is not above 0, or strength is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There are no classes.</exception>
    public static double[] Of(
        IReadOnlyList<int> counts,
        WeightFunction function,
        double beta,
        double strength = UsualStrength
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        if (strength is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(strength), strength, "Expected a number from 0 to 1.");
        }

        double largest = counts.Max();
        double mean = counts.Average();
        double deviation = Math.Sqrt(counts.Average(count => Math.Pow(count - mean, 2)));
        double Weight(int count) =>
            function switch
            {
                WeightFunction.Power => Math.Pow(count / largest, 1 / beta),
                WeightFunction.Sigmoid when deviation == 0 => 0.5,
                WeightFunction.Sigmoid => 1 / (1 + Math.Exp(-(count - mean) / (beta * deviation))),
                WeightFunction.Exponential => Math.Exp(-(1 - (count / largest)) / beta),
                _ => throw new ArgumentOutOfRangeException(nameof(function)),
            };
        return [.. counts.Select(count => strength * Weight(count))];
    }

    /// <summary>lambda_n = s(y_n) b_n with b_n ~ Beta(alpha, alpha) for each example of a mini-batch.</summary>
    internal static float[] Draw(
        in StepContext context,
        ReadOnlySpan<int> labels,
        double alpha,
        WeightFunction function,
        double? beta,
        double strength = UsualStrength
    )
    {
        double scale = beta ?? throw new InvalidOperationException("beta is automatic: resolve the recipe first.");
        double[] weakening = Of(context.ClassCounts, function, scale, strength);
        float[] lambda = new float[labels.Length];
        for (int n = 0; n < lambda.Length; n++)
        {
            DrawStream stream = context.At(DrawPurpose.MixingWeight, n);
            lambda[n] = (float)(weakening[labels[n]] * BetaDistribution.Draw(ref stream, alpha));
        }

        return lambda;
    }

    /// <summary>The scale for the data: the paper's 0.01 for a step imbalance, its 2 for others.</summary>
    internal static double ScaleFor(DataSettings data) => data.Imbalance == ImbalanceKind.Step ? 0.01 : 2;
}
