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

/// <summary>How parameters follow their gradients.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).</summary>
    Adamw,

    /// <summary>All training images at once, to convergence, by limited-memory BFGS: for classifiers on features of a frozen network.</summary>
    Lbfgs,
}

/// <summary>How the features of a frozen network are scaled, after they are centred.</summary>
public enum FeatureScale
{
    /// <summary>All by one number, the root of their mean variance: they keep what they are worth beside each other.</summary>
    Common,

    /// <summary>Each by its own standard deviation: all are worth the same.</summary>
    Dimension,

    /// <summary>The vector of each image by its own length: directions alone tell images apart.</summary>
    Length,

    /// <summary>Whichever of these predicts images best that it was not fitted on.</summary>
    Auto,
}

/// <summary>What weight decay pulls towards 0.</summary>
public enum DecayedParameters
{
    /// <summary>All parameters.</summary>
    All,

    /// <summary>Kernels and matrices, not the vectors: biases, and scales and shifts of normalisation.</summary>
    Kernels,
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

    /// <summary>How parameters follow their gradients.</summary>
    /// <value>OptimizerKind.Sgd unless set</value>
    [Setting(
        "Gradient descent with momentum; Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019); or, for a classifier on features, all images at once to convergence"
    )]
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Momentum of SGD.</summary>
    /// <value>a number from 0 to 1; 0.9 unless set</value>
    [Setting("Momentum of SGD (not Nesterov)", Min = 0, Max = 1)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>What AdamW's mean of the gradients keeps at a step.</summary>
    /// <value>a number from 0 to 0.9999999; 0.9 unless set</value>
    [Setting("What AdamW's mean of the gradients keeps at a step", Min = 0, Max = 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>What AdamW's mean of the squared gradients keeps at a step.</summary>
    /// <value>a number from 0 to 0.9999999; 0.999 unless set</value>
    [Setting("What AdamW's mean of the squared gradients keeps at a step", Min = 0, Max = 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What AdamW adds to the root of the mean squared gradient that it divides by.</summary>
    /// <value>a number above 0; 1E-08 unless set</value>
    [Setting("Added to the root of the mean squared gradient that AdamW divides by", Min = 0, AboveMin = true)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay.</summary>
    /// <value>a number, 0 or more; 0.0002 unless set</value>
    [Setting("Weight decay", Min = 0)]
    public double WeightDecay { get; init; } = 2e-4;

    /// <summary>What lbfgs pulls weights towards 0 by: p / 2 of their squares are added to the loss; null chooses p on folds of the training images.</summary>
    /// <value>a number, 0 or more, or null for auto; null unless set</value>
    [Setting(
        "Half of it times the squared weights, biases left out, is added to the loss by lbfgs; auto chooses on folds of the training images",
        Min = 0
    )]
    public double? Penalty { get; init; }

    /// <summary>How the features of a frozen network are scaled before the classifier.</summary>
    /// <value>FeatureScale.Common unless set</value>
    [Setting(
        "Scale of a frozen network's features: one for all, that of each dimension, or the length of each image's vector; auto chooses with lbfgs's penalty on folds of the training images"
    )]
    public FeatureScale FeatureScale { get; init; }

    /// <summary>What weight decay pulls towards 0.</summary>
    /// <value>DecayedParameters.All unless set</value>
    [Setting("What weight decay is on: all parameters, or kernels and matrices, not biases and normalisation")]
    public DecayedParameters WeightDecayOn { get; init; }

    /// <summary>The stage up to which the network does not learn, that one and the stem included; empty for none.</summary>
    /// <value>text; "" unless set</value>
    [Setting(
        "Stage up to which the network does not learn, that one included, the last for all but the head; empty for none"
    )]
    public string Freeze { get; init; } = "";

    /// <summary>Epochs of the run after which that learns, too.</summary>
    /// <value>a whole number, 0 or more (epochs); 0 unless set</value>
    [Setting("Epochs of the run after which what is frozen learns, too; 0 for never", Unit = "epochs", Min = 0)]
    public int UnfreezeAfter { get; init; }

    /// <summary>The learning rate of a stage over that of what follows it: the head's is the phase's.</summary>
    /// <value>a number above 0, at most 1; 1.0 unless set</value>
    [Setting(
        "Learning rate of a stage over that of the stage, or head, behind it; 1 for the same everywhere",
        Min = 0,
        AboveMin = true,
        Max = 1
    )]
    public double LayerDecay { get; init; } = 1;

    /// <summary>The share of each label that all classes get in equal parts.</summary>
    /// <value>a number from 0 to 0.9999999; 0.0 unless set</value>
    [Setting(
        "Share of each label that goes to all classes in equal parts (Szegedy et al., CVPR 2016)",
        Min = 0,
        Max = 0.9999999
    )]
    public double LabelSmoothing { get; init; }

    /// <summary>What the average of the weights keeps at a step, which then stands for the network in tests and exports; 0 for no average.</summary>
    /// <value>a number from 0 to 0.9999999; 0.0 unless set</value>
    [Setting(
        "What the moving average of the weights keeps at a step, which is tested and exported in their place; 0 for none",
        Min = 0,
        Max = 0.9999999
    )]
    public double Ema { get; init; }

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

    /// <summary>How many stages, the stem and the first ones, do not learn.</summary>
    /// <param name="stages">The names of the network's stages, the input first.</param>
    /// <param name="epoch">Completed epochs of the run.</param>
    internal int FrozenStages(IReadOnlyList<string> stages, int epoch) =>
        Freeze.Length == 0 || (UnfreezeAfter > 0 && epoch >= UnfreezeAfter) ? 0 : stages.ToList().IndexOf(Freeze);
}
