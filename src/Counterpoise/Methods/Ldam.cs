using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Label-distribution-aware margins (Cao et al., NeurIPS 2019): the label's cosine loses a margin that is larger for smaller classes.</summary>
/// <remarks>The cross-entropy of s (cos_c - m_c [c = y]) with m_c = m (N_min / N_c)^(1/4); the classifier gives s cos_c.</remarks>
public sealed record Ldam : Method, ILoss, IHead
{
    /// <inheritdoc/>
    public override string Name => "ldam";

    /// <inheritdoc/>
    public override string Summary =>
        "larger margins for smaller classes, cosine classifier (Cao et al., NeurIPS 2019)";

    /// <summary>The margin of the smallest class.</summary>
    /// <value>a number from 0 to 2; 0.5 unless set</value>
    [Setting("Margin of the smallest class, a difference of cosines", Min = 0, Max = 2)]
    public double MaxMargin { get; init; } = 0.5;

    /// <summary>The scale of the cosines.</summary>
    /// <value>a number above 0; 30.0 unless set</value>
    [Setting("Scale of the cosines", Min = 0, AboveMin = true)]
    public double Scale { get; init; } = 30;

    /// <inheritdoc/>
    public bool SmoothsLabels => true;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        IReadOnlyList<int> counts = context.ClassCounts;
        Tensor margins = context.Constant(
            this,
            logits.device,
            () => Transfer.Up([.. Margins(counts, MaxMargin).Select(margin => (float)(Scale * margin))], logits.device)
        );
        Tensor margin = margins.index_select(0, labels).unsqueeze(1);
        Tensor isLabel = nn.functional.one_hot(labels, logits.shape[1]).to(ScalarType.Float32);
        return new CrossEntropy().Examples(logits - (isLabel * margin), labels, context);
    }

    /// <summary>m_c = m (N_min / N_c)^(1/4).</summary>
    /// <param name="counts">The number of training examples of every class.</param>
    /// <param name="largest">m: the margin of the smallest class, a difference of cosines, 0 to 2.</param>
    /// <returns>A margin for each class.</returns>
    public static double[] Margins(IReadOnlyList<int> counts, double largest)
    {
        double smallest = counts.Min();
        return [.. counts.Select(count => largest * Math.Pow(smallest / count, 0.25))];
    }

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        var head = new CosineHead(network.Features, place.Classes, Scale);
        head.Initialise(place.Draws);
        return head;
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithHead(this, Name).WithLoss(this, Name);
}
