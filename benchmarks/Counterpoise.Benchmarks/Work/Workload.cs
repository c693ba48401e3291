using Counterpoise.Data;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Benchmarks.Work;

/// <summary>What is trained and how much of it: the same for everything that is compared.</summary>
/// <param name="Depth">Layers of the CIFAR residual network.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="StepsPerTurn">Training steps in a turn.</param>
/// <param name="LargestClass">Images of the largest class of an epoch.</param>
/// <param name="Rho">Largest over smallest class of an epoch.</param>
/// <param name="TestImages">Images that a training tests on.</param>
internal sealed record Workload(
    int Depth,
    int BatchSize,
    int StepsPerTurn,
    int LargestClass,
    double Rho,
    int TestImages
)
{
    private const int EpochClasses = 10;

    // Long enough that no benchmark reaches the last epoch, which would test the network.
    private const int Epochs = 1000;

    /// <summary>The ResNet-32 and the long-tailed CIFAR-10 of the literature.</summary>
    private static Workload Full { get; } = new(32, 128, 4, 5000, 100, 10_000);

    private static Workload Tiny { get; } = new(8, 16, 2, 20, 10, 32);

    internal string Model => $"resnet{Depth}";

    /// <summary>Images trained on in a turn.</summary>
    internal int ImagesPerTurn => BatchSize * StepsPerTurn;

    /// <summary>Images classified in a turn: more, because classifying is several times as fast.</summary>
    internal int ImagesPerEvaluation => 4 * ImagesPerTurn;

    /// <summary>Training images of each class of an epoch.</summary>
    internal int[] EpochCounts => new Imbalance(ImbalanceKind.LongTailed, Rho).Counts(LargestClass, EpochClasses);

    internal static Workload Of(bool quick) => quick ? Tiny : Full;

    /// <summary>The recipe that trains it with methods joined by '+'.</summary>
    internal Recipe Recipe(string methods) =>
        (
            Recipes.Recipe.Erm.WithMethods(methods) with
            {
                Model = Model,
                Training = new TrainingSettings
                {
                    Epochs = Epochs,
                    BatchSize = BatchSize,
                    EvaluateEvery = 0,
                },
            }
        ).Resolve();
}
