using Counterpoise.Basics;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Focal loss (Lin et al., ICCV 2017): (1 - p)^gamma times the cross-entropy; with class-balanced weights, CB-focal (Cui et al., CVPR 2019).</summary>
public sealed record Focal : Method, ILoss
{
    /// <inheritdoc/>
    public override string Name => "focal";

    /// <inheritdoc/>
    public override string Summary => "less loss for examples that are classified well already (Lin et al., ICCV 2017)";

    /// <summary>How much less well classified examples count.</summary>
    /// <value>a number, 0 or more; 2.0 unless set</value>
    [Setting("How much less well classified examples count; 0 is plain cross-entropy", Min = 0)]
    public double Gamma { get; init; } = 2;

    /// <summary>What the probabilities are.</summary>
    /// <value>FocalForm.Softmax unless set</value>
    [Setting("Probabilities by softmax, or by the logistic function of each class")]
    public FocalForm Form { get; init; }

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        if (Form == FocalForm.Softmax)
        {
            return Focus(-new CrossEntropy().Examples(logits, labels, context));
        }

        Tensor sign = (nn.functional.one_hot(labels, logits.shape[1]).to(ScalarType.Float32) * 2) - 1;
        return Focus(nn.functional.logsigmoid(logits * sign)).sum([1]);
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);

    /// <summary>-(1 - p)^gamma log p from log p; the bound keeps the power's slope finite where p is 1.</summary>
    private Tensor Focus(Tensor logProbability) =>
        -(-logProbability.expm1()).clamp_min(1e-7).pow(Gamma) * logProbability;
}

/// <summary>What the probabilities of the focal loss are.</summary>
public enum FocalForm
{
    /// <summary>(1 - p_y)^gamma times the cross-entropy, p by softmax.</summary>
    Softmax,

    /// <summary>The binary form of the authors and of Cui et al. (CVPR 2019), summed over the classes, p by the logistic function.</summary>
    Sigmoid,
}
