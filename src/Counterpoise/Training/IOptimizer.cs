using Counterpoise.Phases;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Changes parameters by their gradients.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>What learns.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What is kept from step to step, under its names in checkpoints.</summary>
    IEnumerable<(string Name, Tensor Kept)> State { get; }

    /// <summary>Changes every parameter that has a gradient; gradients are changed, too.</summary>
    /// <param name="learningRate">The rate of parameters whose factor is 1.</param>
    /// <param name="gradients">One for each of <see cref="Parameters"/>, or null.</param>
    void Step(double learningRate, IReadOnlyList<Tensor?> gradients);

    /// <summary>The optimizer of a phase.</summary>
    /// <param name="settings">Which one, and its numbers.</param>
    /// <param name="learning">What learns.</param>
    /// <param name="isFused">Whether all parameters are changed in one call, as is fast on a GPU.</param>
    static IOptimizer Of(TrainingSettings settings, IReadOnlyList<Learner> learning, bool isFused) =>
        settings.Optimizer switch
        {
            OptimizerKind.Adamw => new AdamW(
                learning,
                new AdamWSettings(settings.Beta1, settings.Beta2, settings.Epsilon),
                isFused
            ),
            _ => new Sgd(learning, settings.Momentum, isFused),
        };
}
