using TorchSharp;

namespace Counterpoise.Basics;

/// <summary>Where training stands at one step: everything that a slot's decision may depend on, passed by value.</summary>
/// <param name="Epoch">The epoch of the whole run, from 0; it keys the draws.</param>
/// <param name="PhaseEpoch">The epoch within the phase, from 0.</param>
/// <param name="PhaseEpochs">The number of epochs of the phase.</param>
/// <param name="Step">The step within the phase, from 0.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="ClassCounts">The number of training examples of every class.</param>
/// <param name="Draws">The run's draws.</param>
/// <param name="FirstPlace">The place of the first example in the epoch's global order.</param>
public readonly record struct StepContext(
    int Epoch,
    int PhaseEpoch,
    int PhaseEpochs,
    long Step,
    double LearningRate,
    IReadOnlyList<int> ClassCounts,
    Draws Draws,
    long FirstPlace
)
{
    /// <summary>How many of the batch's examples come before this context's first: others' where several ranks share a batch.</summary>
    public int Offset { get; private init; }

    /// <summary>The groups of this context's examples within which mixing partners are drawn.</summary>
    public int MixingGroups { get; init; } = 1;

    /// <summary>The share of each label that goes to all classes in equal parts, which losses see to; 0 for none.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>What methods keep from step to step; null where nothing is kept.</summary>
    internal StepConstants? Constants { get; init; }

    /// <summary>Numbers that follow from the owner's settings and the class counts alone: made once a training, not in every step.</summary>
    /// <param name="owner">The method or slot, which has one such tensor.</param>
    /// <param name="device">Where it must be.</param>
    /// <param name="make">Makes it there.</param>
    /// <returns>A tensor that is not to be changed or disposed of.</returns>
    internal torch.Tensor Constant(object owner, torch.Device device, Func<torch.Tensor> make) =>
        Constants is null ? make() : Constants.Of(owner, device, make);

    /// <summary>The share of the phase's epochs that lies behind, from 0 to below 1.</summary>
    public double Progress => (double)PhaseEpoch / PhaseEpochs;

    /// <summary>The same for the batch of one of the sampler's streams, so that streams have draws of their own.</summary>
    public StepContext InStream(int stream) => this with { FirstPlace = FirstPlace + ((long)stream << 40) };

    /// <summary>The same for the batch's examples from one on: those of a rank, or of a group.</summary>
    public StepContext From(int index) => this with { FirstPlace = FirstPlace + index, Offset = Offset + index };

    /// <summary>The draws that a whole batch shares, whichever of its examples this context is of.</summary>
    public DrawStream AtBatch(DrawPurpose purpose) => Draws.At(purpose, Epoch, FirstPlace - Offset);

    /// <summary>The draws of the batch's example <paramref name="index"/> for a purpose.</summary>
    public DrawStream At(DrawPurpose purpose, int index) => Draws.At(purpose, Epoch, FirstPlace + index);
}
