using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>De-confounded training with the total direct effect in testing (Tang, Huang and Zhang, NeurIPS 2020): what features have along their training mean does not count.</summary>
/// <remarks>
/// Trains as <see cref="DeConfound"/> and sums up d = momentum d + mean of x over the mini-batch. In testing, ^ marking
/// unit vectors, z_c = (scale / K) sum_k w_c^k . (x^k^ - alpha cos(x^k, d^k) d^k^) / (|w_c^k| + gamma).
/// </remarks>
public sealed record DeConfoundTde : Method, IHead
{
    /// <inheritdoc/>
    public override string Name => "de-confound-tde";

    /// <inheritdoc/>
    public override string Summary =>
        "de-confound, and tests without the features' mean direction (Tang et al., NeurIPS 2020)";

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

    /// <summary>How much of the mean direction is taken away in testing.</summary>
    /// <value>a number, 0 or more; 1.0 unless set</value>
    [Setting("How much of the mean direction is taken away in testing; 0 is de-confound", Min = 0)]
    public double Alpha { get; init; } = 1;

    /// <summary>What the moving sum of features keeps at a step.</summary>
    /// <value>a number from 0 to 1; 0.9 unless set</value>
    [Setting("What the moving sum of features keeps at a step", Min = 0, Max = 1)]
    public double Momentum { get; init; } = 0.9;

    /// <inheritdoc/>
    public bool Gathers => true;

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        return CausalHead.Create(network, place, new CausalSettings(Groups, Scale, Gamma, Momentum, Alpha));
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
