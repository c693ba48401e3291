using Counterpoise.Basics;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Methods;

/// <summary>tau-normalisation (Kang et al., ICLR 2020): after the training, the classifier's weights are divided by a power of their norms.</summary>
/// <remarks>w_c becomes w_c / |w_c|^tau; nothing is trained. tau = 0 leaves the weights, 1 gives all of them norm 1.</remarks>
public sealed record TauNorm : Method, IHead
{
    /// <inheritdoc/>
    public override string Name => "tau-norm";

    /// <inheritdoc/>
    public override string Summary =>
        "after training, divides classifier weights by a power of their norms (Kang et al., ICLR 2020)";

    private const int Steps = 21;
    private const double Largest = 2;

    /// <summary>The power; null chooses it on held-out images.</summary>
    /// <value>a number, 0 or more, or null for auto; null unless set</value>
    [Setting("Power of the norms; auto takes the best of 0, 0.1, ... 2 on held-out images", Min = 0)]
    public double? Tau { get; init; }

    /// <summary>Whether the classifier keeps its bias.</summary>
    /// <value>false unless set</value>
    [Setting("Whether the classifier keeps its bias")]
    public bool Bias { get; init; }

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        return new NormalisedHead(network.Features, place.Classes);
    }

    /// <inheritdoc/>
    public void Start(Head head, PhaseStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var own = (NormalisedHead)head;
        var previous = (LinearHead)start.Previous;
        own.Take(previous, Tau ?? Best(own, previous, start), Bias);
    }

    /// <inheritdoc/>
    public override Phase? Follow(Phase first)
    {
        first.RequireLinearHead(Name);
        return new Phase(Name, first.Training with { Epochs = 0 }).WithHead(this, Name);
    }

    /// <inheritdoc/>
    public override Method Resolve(MethodContext context) =>
        Tau is not null || context.Data.HoldsOut
            ? this
            : throw new UsageException(
                $"{Name}.tau is auto and is then chosen on held-out images, but data.held_out is 0; "
                    + $"give {Named("tau-norm.tau")}, or hold images out of training with {Named("data.held_out")}=3."
            );

    /// <summary>The power with the best balanced accuracy on the held-out images; the smallest of several.</summary>
    private double Best(NormalisedHead head, LinearHead previous, PhaseStart start)
    {
        IReadOnlyList<int> labels =
            start.HeldOutLabels
            ?? throw new InvalidOperationException(
                "tau is automatic, but nothing is held out: resolve the recipe first."
            );
        if (labels.Count == 0)
        {
            throw new CounterpoiseException(
                $"{Name}.tau is auto, but no class has more than data.held_out images, so none are held out; "
                    + $"train anew with {Named("tau-norm.tau")} or with a smaller data.held_out."
            );
        }

        double[] powers = [.. Enumerable.Range(0, Steps).Select(i => Largest * i / (Steps - 1))];
        var predicted = powers.Select(_ => new List<int>()).ToArray();
        start.ForEachHeldOutBatch(
            (map, _) =>
            {
                for (int i = 0; i < powers.Length; i++)
                {
                    head.Take(previous, powers[i], Bias);
                    predicted[i].AddRange(Transfer.Down<long>(head.call(map).argmax(1)).Select(c => (int)c));
                }
            }
        );
        double[] accuracies =
        [
            .. predicted.Select(classes =>
                ClassificationMetrics.Of(classes, labels, start.ClassCounts).BalancedAccuracy
            ),
        ];
        int best = Array.IndexOf(accuracies, accuracies.Max());
        start.Report(
            $"{Name}: tau = {powers[best]:0.0} has the best balanced accuracy on {labels.Count} held-out images, {accuracies[best]:F2} %"
        );
        return powers[best];
    }
}
