using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Post-hoc logit adjustment (Menon et al., ICLR 2021): after the training, tau log pi is taken off the logits, pi being the classes' shares.</summary>
/// <remarks>b_c becomes b_c - tau log pi_c; nothing is trained. A class without training images keeps its bias.</remarks>
public sealed record PostHocAdjustment : Method, IShiftedHead
{
    /// <inheritdoc/>
    public override string Name => "post-hoc-adjustment";

    /// <inheritdoc/>
    public override string Summary =>
        "after training, takes the logarithm of class shares off the logits (Menon et al., ICLR 2021)";

    /// <summary>How much of the imbalance is made up for.</summary>
    /// <value>a number, 0 or more; 1.0 unless set</value>
    [Setting("How much of the imbalance is made up for: 0 not at all, 1 all of it", Min = 0)]
    public double Tau { get; init; } = 1;

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        return new LinearHead(network.Features, place.Classes);
    }

    /// <inheritdoc/>
    public void Start(Head head, PhaseStart start)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(start);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        head.load_state_dict(start.Previous.state_dict());
        float[] shift = [.. ((IShiftedHead)this).Shift(start.ClassCounts).Select(logit => (float)logit)];
        var own = (LinearHead)head;
        own.Bias.add_(Transfer.Up(shift, own.Bias.device));
    }

    double[] IShiftedHead.Shift(IReadOnlyList<int> counts)
    {
        double logTotal = Math.Log(counts.Sum(count => (long)count));
        return [.. counts.Select(count => count == 0 ? 0 : Tau * (logTotal - Math.Log(count)))];
    }

    /// <inheritdoc/>
    public double PriorFactorOf(int count) => Math.Pow(count, -Tau);

    /// <inheritdoc/>
    public override Phase? Follow(Phase first)
    {
        first.RequireLinearHead(Name);
        return new Phase(Name, first.Training with { Epochs = 0 }).WithHead(this, Name);
    }
}
