using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>Empirical risk minimisation: the mean cross-entropy over all examples. It fills no slot.</summary>
public sealed record Erm : Method
{
    /// <inheritdoc/>
    public override string Name => "erm";

    /// <inheritdoc/>
    public override string Summary => "plain training: mean cross-entropy, nothing done about the imbalance";
}
