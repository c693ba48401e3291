using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Class-dependent temperatures (Ye et al., 2020): cross-entropy of z_c / a_c in training with a_c = (N_max / N_c)^gamma, z in testing.</summary>
public sealed record Cdt : Method, ILoss
{
    /// <inheritdoc/>
    public override string Name => "cdt";

    /// <inheritdoc/>
    public override string Summary => "class-dependent temperatures in the training loss (Ye et al., arXiv 2020)";

    /// <summary>How fast temperatures rise as classes get smaller.</summary>
    /// <value>a number, 0 or more; 0.2 unless set</value>
    [Setting("How fast temperatures rise as classes get smaller; 0 is plain cross-entropy", Min = 0)]
    public double Gamma { get; init; } = 0.2;

    /// <inheritdoc/>
    public bool SmoothsLabels => true;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        IReadOnlyList<int> counts = context.ClassCounts;
        Tensor inverse = context.Constant(
            this,
            logits.device,
            () =>
            {
                double largest = counts.Max();
                return Transfer.Up([.. counts.Select(count => (float)Math.Pow(count / largest, Gamma))], logits.device);
            }
        );
        return new CrossEntropy().Examples(logits * inverse, labels, context);
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);
}
