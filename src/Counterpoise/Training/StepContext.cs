namespace Counterpoise.Training;

/// <summary>Where training stands at one step: everything that a slot's decision may depend on, passed by value.</summary>
/// <param name="Epoch">The epoch of the whole run, from 0; it keys the draws.</param>
/// <param name="PhaseEpoch">The epoch within the phase, from 0.</param>
/// <param name="PhaseEpochs">The number of epochs of the phase.</param>
/// <param name="Step">The step within the phase, from 0.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="ClassCounts">The number of training examples of every class.</param>
/// <param name="Draws">The run's draws.</param>
/// <param name="FirstPlace">The place of the batch's first example in the epoch's global order.</param>
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
    /// <summary>The share of the phase's epochs that lies behind, from 0 to below 1.</summary>
    public double Progress => (double)PhaseEpoch / PhaseEpochs;

    /// <summary>The same for the batch of one of the sampler's streams, so that streams have draws of their own.</summary>
    public StepContext InStream(int stream) => this with { FirstPlace = FirstPlace + ((long)stream << 40) };

    /// <summary>The draws of the batch's example <paramref name="index"/> for a purpose.</summary>
    public DrawStream At(DrawPurpose purpose, int index) => Draws.At(purpose, Epoch, FirstPlace + index);
}
