using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Softmax equalization loss (Tan et al., CVPR 2020): each example leaves small classes other than its own out of its softmax, at random.</summary>
/// <remarks>
/// Class k has the weight w_k = 1 - beta_k T(N_k) (1 - y_k) in p = exp z / sum_k w_k exp z_k, with beta_k drawn from
/// Bernoulli(gamma) for every example and class, and T(N) = 1 below the threshold. A logit of minus infinity stands for
/// w_k = 0, so that no exponential overflows.
/// </remarks>
public sealed record Seql : Method, ILoss
{
    /// <inheritdoc/>
    public override string Name => "seql";

    /// <inheritdoc/>
    public override string Summary =>
        "leaves small classes out of the softmax of others' examples, at random (Tan et al., CVPR 2020)";

    /// <summary>How often a small class is left out.</summary>
    /// <value>a number from 0 to 1; 0.9 unless set</value>
    [Setting("Probability that an example leaves out a small class", Min = 0, Max = 1)]
    public double Gamma { get; init; } = 0.9;

    /// <summary>The share of the training images below which a class is small; null for half of an equal share.</summary>
    /// <value>a number from 0 to 1, or null for auto; null unless set</value>
    [Setting(
        "Share of the training images below which a class is small; auto is half of an equal share",
        Min = 0,
        Max = 1
    )]
    public double? Threshold { get; init; }

    /// <inheritdoc/>
    public bool IsFixed => false;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        IReadOnlyList<int> counts = context.ClassCounts;
        double threshold = (Threshold ?? 0.5 / counts.Count) * counts.Sum(count => (long)count);
        int[] small = [.. Enumerable.Range(0, counts.Count).Where(c => counts[c] < threshold)];
        bool[] leftOut = new bool[logits.shape[0] * counts.Count];
        for (int n = 0; n < logits.shape[0]; n++)
        {
            DrawStream stream = context.At(DrawPurpose.LossMask, n);
            foreach (int c in small)
            {
                leftOut[(n * counts.Count) + c] = stream.NextDouble() < Gamma;
            }
        }

        Tensor mask = Transfer.Up(leftOut, logits.device).reshape(logits.shape);
        mask = mask.logical_and(nn.functional.one_hot(labels, counts.Count).to(ScalarType.Bool).logical_not());
        return new CrossEntropy().Examples(logits.masked_fill(mask, float.NegativeInfinity), labels, context);
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);
}
