namespace Counterpoise.Decisions;

/// <summary>
/// Probabilities that agree with shares of images: p'_c proportional to exp(s_c log p_c + b_c), and then moved from the
/// class frequencies pi of the images that this was fitted on to others, q: times q_c / pi_c (Saerens, Latinne and
/// Decaestecker, Neural Computation 2002, equation 2.4).
/// </summary>
/// <param name="Scales">s, [C]: one inverse temperature for all, or one a class.</param>
/// <param name="Biases">b, [C].</param>
/// <param name="Implied">pi, [C], above 0, adding up to 1.</param>
/// <param name="Prior">q, [C], adding up to 1; null for pi.</param>
internal sealed record ProbabilityMap(
    IReadOnlyList<double> Scales,
    IReadOnlyList<double> Biases,
    IReadOnlyList<double> Implied,
    IReadOnlyList<double>? Prior
)
{
    private const double Smallest = 1e-30;

    /// <summary>The class frequencies that its probabilities are of.</summary>
    internal IReadOnlyList<double> Frequencies => Prior ?? Implied;

    /// <summary>Maps probabilities [C] of one image.</summary>
    internal double[] Of(ReadOnlySpan<float> probabilities)
    {
        double[] logits = new double[probabilities.Length];
        for (int c = 0; c < logits.Length; c++)
        {
            logits[c] =
                (Scales[c] * Math.Log(Math.Max(probabilities[c], Smallest)))
                + Biases[c]
                + (Prior is null ? 0 : Math.Log(Prior[c] / Implied[c]));
        }

        double largest = logits.Max();
        double total = 0;
        for (int c = 0; c < logits.Length; c++)
        {
            logits[c] = Math.Exp(logits[c] - largest);
            total += logits[c];
        }

        for (int c = 0; c < logits.Length; c++)
        {
            logits[c] /= total;
        }

        return logits;
    }
}
