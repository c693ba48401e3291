using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>Classifier re-training (Kang et al., ICLR 2020): after the training, a new linear classifier learns alone, from classes equally often.</summary>
/// <remarks>z = W g(x) + b with W and b drawn anew and the network g fixed. In the authors' code normalisation goes on in training mode, so its statistics shift; that is the default here.</remarks>
public sealed record Crt : Method, IHead
{
    /// <inheritdoc/>
    public override string Name => "crt";

    /// <inheritdoc/>
    public override string Summary =>
        "second phase: a new classifier on the frozen network, class-aware (Kang et al., ICLR 2020)";

    /// <summary>Epochs of the second phase.</summary>
    /// <value>a whole number, 1 or more (epochs); 10 unless set</value>
    [Setting("Epochs of the second phase, after training.epochs", Unit = "epochs", Min = 1)]
    public int Epochs { get; init; } = 10;

    /// <summary>The learning rate that the second phase begins with.</summary>
    /// <value>a number above 0; 0.1 unless set</value>
    [Setting("Learning rate that the second phase begins with; a cosine takes it to 0", Min = 0, AboveMin = true)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Weight decay on what learns in the second phase.</summary>
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
        var head = new LinearHead(network.Features, place.Classes);
        Initialisation.Kaiming(head, place.Draws);
        return head;
    }

    /// <inheritdoc/>
    public override Phase? Follow(Phase first)
    {
        TrainingSettings training = SecondPhase.Settings(first, Epochs, LearningRate, WeightDecay);
        return SecondPhase.OfHead(this, first, training, learns: "head.", FreezeStatistics);
    }
}
