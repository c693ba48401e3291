using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>De-confounded training (Tang, Huang and Zhang, NeurIPS 2020): a classifier with normalised features and damped weights.</summary>
/// <remarks>
/// z_c = (scale / K) sum_k w_c^k . x^k / ((|w_c^k| + gamma) |x^k|), features x and weights w_c being cut into K groups;
/// without a bias. Cross-entropy of z in training, the same z in testing.
/// </remarks>
public sealed record DeConfound : Method, IHead
{
    /// <inheritdoc/>
    public override string Name => "de-confound";

    /// <inheritdoc/>
    public override string Summary => "normalised classifier in groups (Tang et al., NeurIPS 2020)";

    /// <summary>The number of groups of features.</summary>
    /// <value>a whole number, 1 or more; 2 unless set</value>
    [Setting("Groups of features that are normalised on their own", Min = 1)]
    public int Groups { get; init; } = 2;

    /// <summary>The scale of the logits.</summary>
    /// <value>a number above 0; 16.0 unless set</value>
    [Setting("Scale of the logits", Min = 0, AboveMin = true)]
    public double Scale { get; init; } = 16;

    /// <summary>What is added to the weights' norms.</summary>
    /// <value>a number, 0 or more; 0.03125 unless set</value>
    [Setting("Added to the weights' norms", Min = 0)]
    public double Gamma { get; init; } = 1.0 / 32;

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        return CausalHead.Create(network, place, new CausalSettings(Groups, Scale, Gamma, Momentum: 0, Alpha: 0));
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithHead(this, Name);

    /// <inheritdoc/>
    public override Method Resolve(MethodContext context)
    {
        CausalHead.RequireDivisor(Groups, context.Network, Name);
        return this;
    }
}
