using Counterpoise.Basics;
using Counterpoise.Runtime;

namespace Counterpoise.Phases;

/// <summary>How the learning rate falls.</summary>
public enum ScheduleKind
{
    /// <summary>Half a cosine, from the base rate to 0.</summary>
    Cosine,

    /// <summary>A factor at each milestone.</summary>
    MultiStep,

    /// <summary>Not at all.</summary>
    Constant,
}

/// <summary>What batch normalisation normalises with while training.</summary>
public enum BatchNormalisationMode
{
    /// <summary>The moments of each rank's images.</summary>
    Local,

    /// <summary>The moments of the whole mini-batch, over all ranks.</summary>
    Synchronised,

    /// <summary>The running statistics that the network starts with, which stay as they are.</summary>
    Frozen,
}

/// <summary>The part of a recipe that says how long and how fast is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>Passes over the training images.</summary>
    /// <value>a whole number, 1 or more (epochs); 200 unless set</value>
    [Setting("Passes over the training images", Unit = "epochs", Min = 1)]
    public int Epochs { get; init; } = 200;

    /// <summary>Images a step.</summary>
    /// <value>a whole number, 1 or more (images); 128 unless set</value>
    [Setting("Images a step; the last, smaller batch of an epoch is kept", Unit = "images", Min = 1)]
    public int BatchSize { get; init; } = 128;

    /// <summary>The base learning rate.</summary>
    /// <value>a number above 0; 0.1 unless set</value>
    [Setting("Base learning rate", Min = 0, AboveMin = true)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Epochs in which the learning rate rises from 0 to the base rate.</summary>
    /// <value>a whole number, 0 or more (epochs); 5 unless set</value>
    [Setting("Linear warm-up of the learning rate", Unit = "epochs", Min = 0)]
    public int Warmup { get; init; } = 5;

    /// <summary>How the learning rate falls after the warm-up.</summary>
    /// <value>ScheduleKind.Cosine unless set</value>
    [Setting("How the learning rate falls after the warm-up")]
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>The epochs at which a multi-step schedule lowers the rate.</summary>
    /// <value>a list of whole numbers (epochs); [160, 180] unless set</value>
    [Setting("Epochs after which the multi-step schedule lowers the learning rate", Unit = "epochs")]
    public ValueList<int> Milestones { get; init; } = new(160, 180);

    /// <summary>The factor of each milestone.</summary>
    /// <value>a number from 0 to 1; 0.01 unless set</value>
    [Setting("Factor on the learning rate at each milestone", Min = 0, Max = 1)]
    public double Factor { get; init; } = 0.01;

    /// <summary>Momentum of SGD.</summary>
    /// <value>a number from 0 to 1; 0.9 unless set</value>
    [Setting("Momentum of SGD (not Nesterov)", Min = 0, Max = 1)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay on all parameters.</summary>
    /// <value>a number, 0 or more; 0.0002 unless set</value>
    [Setting("Weight decay on all parameters", Min = 0)]
    public double WeightDecay { get; init; } = 2e-4;

    /// <summary>Test the network every so many epochs.</summary>
    /// <value>a whole number, 0 or more (epochs); 10 unless set</value>
    [Setting("Test every so many epochs; 0 tests at the end alone", Unit = "epochs", Min = 0)]
    public int EvaluateEvery { get; init; } = 10;

    /// <summary>What batch normalisation normalises with while training.</summary>
    /// <value>BatchNormalisationMode.Local unless set</value>
    [Setting(
        "What batch normalisation uses: each rank's own moments, those of the whole batch over all ranks, or the statistics the network starts with"
    )]
    public BatchNormalisationMode BatchNorm { get; init; }

    /// <summary>The precision of the network's computation.</summary>
    /// <value>Precision.Auto unless set</value>
    [Setting("Precision of the network; auto is bf16 where the processor computes with it, fp32 elsewhere")]
    public Precision Precision { get; init; } = Precision.Auto;
}
