using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>Learnable weight scaling (Kang et al., ICLR 2020): after the training, one factor on each class's logit learns alone, from classes equally often.</summary>
/// <remarks>z_c becomes f_c z_c with f_c = 1 at first; network and classifier stay as they are.</remarks>
public sealed record Lws : Method, IHead
{
    /// <inheritdoc/>
    public override string Name => "lws";

    /// <inheritdoc/>
    public override string Summary =>
        "second phase: a learnt factor on each class's logit, class-aware (Kang et al., ICLR 2020)";

    /// <summary>Epochs of the second phase.</summary>
    /// <value>a whole number, 1 or more (epochs); 5 unless set</value>
    [Setting("Epochs of the second phase, after training.epochs", Unit = "epochs", Min = 1)]
    public int Epochs { get; init; } = 5;

    /// <summary>The learning rate that the second phase begins with.</summary>
    /// <value>a number above 0; 0.1 unless set</value>
    [Setting("Learning rate that the second phase begins with; a cosine takes it to 0", Min = 0, AboveMin = true)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Weight decay on the factors.</summary>
    /// <value>a number, 0 or more; 0.0005 unless set</value>
    [Setting("Weight decay on what learns in the second phase", Min = 0)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Whether normalisation keeps its running statistics in the second phase.</summary>
    /// <value>false unless set</value>
    [Setting(
        "Whether normalisation keeps its statistics in the second phase; otherwise they shift to the new sampling"
    )]
    public bool FreezeStatistics { get; init; }

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        return new ScaledHead(network.Head, place.Classes);
    }

    /// <inheritdoc/>
    public override Phase? Follow(Phase first)
    {
        TrainingSettings training = SecondPhase.Settings(first, Epochs, LearningRate, WeightDecay);
        return SecondPhase.OfHead(this, first, training, learns: "head.scale", FreezeStatistics);
    }
}
