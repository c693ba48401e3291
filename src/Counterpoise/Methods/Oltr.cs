using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>OLTR (Liu et al., CVPR 2019): after the training, a second phase with attention, a memory of class centroids and a cosine classifier, from classes equally often.</summary>
/// <remarks>x' = 10 / min_c |x - m_c| (x + e * v), where v = sum_c softmax(h(x))_c m_c is read from the centroids m_c and e = tanh(W x + b) selects of it. The memory is read by the first phase's classifier, and the centroids begin as the means of the classes' features.</remarks>
public sealed record Oltr : Method
{
    /// <inheritdoc/>
    public override string Name => "oltr";

    /// <inheritdoc/>
    public override string Summary =>
        "second phase: attention, a memory of centroids, a cosine classifier (Liu et al., CVPR 2019)";

    /// <summary>Epochs of the second phase; null for as many as the first has.</summary>
    /// <value>a whole number, 1 or more (epochs), or null for auto; null unless set</value>
    [Setting("Epochs of the second phase; auto is as many as the first has", Unit = "epochs", Min = 1)]
    public int? Epochs { get; init; }

    /// <summary>The classifier's learning rate.</summary>
    /// <value>a number above 0; 0.1 unless set</value>
    [Setting(
        "Learning rate of the classifier in the second phase, a tenth of it elsewhere; x0.1 after each third",
        Min = 0,
        AboveMin = true
    )]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Weight decay in the second phase.</summary>
    /// <value>a number, 0 or more; 0.0005 unless set</value>
    [Setting("Weight decay in the second phase", Min = 0)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>The weight of the centroids' loss.</summary>
    /// <value>a number, 0 or more; 0.01 unless set</value>
    [Setting("Weight of the centroids' loss", Min = 0)]
    public double CentroidWeight { get; init; } = 0.01;

    /// <summary>The width of a layer with a rectifier before the classifier, in both phases; 0 for none.</summary>
    /// <value>a whole number, 0 or more; 0 unless set</value>
    [Setting("Width of a layer before the classifier, in both phases; 0 for none, 512 in the paper", Min = 0)]
    public int Embedding { get; init; }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) =>
        Embedding == 0 ? phase : phase.WithHead(new EmbeddedHead(Embedding), Name);

    /// <inheritdoc/>
    public override Phase? Follow(Phase first)
    {
        if (first.Head?.By != Name)
        {
            first.RequireLinearHead(Name);
        }

        int epochs = Epochs ?? first.Epochs;
        TrainingSettings training = SecondPhase.Settings(first, epochs, LearningRate, WeightDecay) with
        {
            Schedule = ScheduleKind.MultiStep,
            Milestones = new(new[] { epochs / 3, 2 * epochs / 3 }.Where(milestone => milestone > 0)),
            Factor = 0.1,
        };
        return new Phase(Name, training)
        {
            Groups = new(
                new ParameterGroup("head.centroids", 0.1),
                new ParameterGroup("head.attention.", 0.1),
                new ParameterGroup("head.memory.embedding", 0.1),
                new ParameterGroup("head.", 1),
                new ParameterGroup("", 0.1)
            ),
        }
            .WithHead(new MemoryHead(CentroidWeight), Name)
            .WithSampler(new ClassAware(), Name);
    }

    /// <inheritdoc/>
    public override Method Resolve(MethodContext context) => this with { Epochs = Epochs ?? context.Training.Epochs };

    /// <summary>The first phase's classifier with a layer before it.</summary>
    private sealed record EmbeddedHead(int Embedding) : IHead
    {
        public Head Create(StagedNetwork network, HeadPlace place)
        {
            var head = new LinearHead(network.Features, place.Classes, Embedding);
            Initialisation.Kaiming(head, place.Draws);
            return head;
        }
    }

    /// <summary>The second phase's, which goes on with the first's.</summary>
    private sealed record MemoryHead(double CentroidWeight) : IHead
    {
        public Head Create(StagedNetwork network, HeadPlace place)
        {
            var attention = new ModulatedAttention(network.Features, network.PlacesOf(place.ImageSize));
            var head = new MetaEmbeddingHead((LinearHead)network.Head, attention, CentroidWeight);
            head.Initialise(place.Draws);
            return head;
        }

        public void Start(Head head, PhaseStart start) => ((MetaEmbeddingHead)head).StartCentroids(start);
    }
}
