using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>
/// Class-balanced weights (Cui et al., CVPR 2019): w_c = (1 - beta) / (1 - beta^N_c), the inverse of the effective number
/// of examples, scaled so that the weights add up to the number of classes.
/// </summary>
public sealed record ClassBalanced : Method, IClassWeights
{
    /// <inheritdoc/>
    public override string Name => "class-balanced";

    /// <inheritdoc/>
    public override string Summary => "class-balanced weights in the loss (Cui et al., CVPR 2019)";

    /// <summary>The base of the effective number: 0 gives equal weights, 1 in the limit the inverse class size.</summary>
    /// <value>a number from 0 to 0.9999999; 0.9999 unless set</value>
    [Setting(
        "Base of the effective number of examples: 0 weighs classes equally, near 1 by inverse size",
        Min = 0,
        Max = 0.9999999
    )]
    public double Beta { get; init; } = 0.9999;

    /// <inheritdoc/>
    public IReadOnlyList<double> At(in StepContext context) => Weights(context.ClassCounts, Beta);

    /// <summary>The weight of every class.</summary>
    /// <param name="counts">The number of training examples of every class; a class without any weighs 0.</param>
    /// <param name="beta">The base of the effective number, in [0, 1).</param>
    /// <returns>Weights that add up to the number of classes; NaN where no class has any examples.</returns>
    public static double[] Weights(IReadOnlyList<int> counts, double beta)
    {
        double[] weights = [.. counts.Select(count => count == 0 ? 0 : (1 - beta) / (1 - Math.Pow(beta, count)))];
        double scale = counts.Count / weights.Sum();
        return [.. weights.Select(weight => weight * scale)];
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithWeights(this, Name);
}
