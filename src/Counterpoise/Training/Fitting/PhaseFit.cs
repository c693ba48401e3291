using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>A phase whose classifier is fitted to convergence on all training images at once, in place of its epochs.</summary>
/// <param name="network">The network, which has the phase's head.</param>
/// <param name="twin">Makes another such network and head of a number of classes, whatever their parameters.</param>
/// <param name="phase">The phase.</param>
/// <param name="data">The images.</param>
/// <param name="input">Prepares them.</param>
/// <param name="draws">The run's draws.</param>
/// <param name="stop">Stops between steps; nothing is kept then.</param>
internal sealed class PhaseFit(
    StagedNetwork network,
    Func<int, StagedNetwork> twin,
    Phase phase,
    TrainingData data,
    InputPipeline input,
    Draws draws,
    CancellationToken stop
)
{
    /// <summary>Chooses the penalty and the scale of the features, unless they are given, and fits; the network's head and scale then are what was found.</summary>
    /// <param name="report">Takes what is worth telling, in one line.</param>
    /// <returns>The loss that was minimised, without the penalty's share.</returns>
    internal FittedPhase Run(Action<string> report)
    {
        using var scope = NewDisposeScope();
        var scaling = new PhaseScale(network, data, input, Ranks.Alone, stop);
        IReadOnlyList<FeatureScale> scales = scaling.Begin(phase.Training.FeatureScale);
        using FeatureTable unscaled = FeatureTable.Of(network, data, input, stop);
        var fit = new HeadFit(phase, draws, stop);
        double? given = network.Head.HasScale ? phase.Training.Penalty : 0;
        TrainingFolds folds = unscaled.FoldsOf(data.Seed);
        using var threads = new FewThreads(unscaled.Maps.numel() * unscaled.Classes * Math.Max(1, folds.Held.Count));
        if (given is null && folds.Held.Count == 0)
        {
            throw new UsageException(
                "training.penalty is auto, but no class has images in two folds; give training.penalty a number, such as 0.001."
            );
        }

        PhaseScale.RequireFolds(scales, folds);
        ChosenPenalty? chosen =
            folds.Held.Count == 0
                ? null
                : new PenaltyChoice(fit, network.Head, MakeHead).Choose(
                    unscaled,
                    folds,
                    given is { } one ? [one] : PenaltyChoice.Penalties,
                    scales
                );
        FeatureScale scale = chosen?.Scale ?? scales[0];
        using FeatureTable? scaled = scaling.Apply(scale, unscaled);
        FeatureTable table = scaled ?? unscaled;
        double penalty = given ?? chosen!.Penalty;
        using var head = new HeadCopies(network.Head, 1, MakeHead, table.Classes);
        Minima minimum = fit.Fit(head, table, null, penalty);
        head.CopyFirst(network.Head);
        report(
            Described()
                + $"; {minimum.Iterations[0]} steps, largest gradient {minimum.LargestGradients[0]:G2}"
                + (
                    minimum.LargestGradients[0] <= HeadFit.Tolerance
                        ? ""
                        : $", which is above {HeadFit.Tolerance:G1}: not converged"
                )
        );
        using var noGradient = no_grad();
        int correct = (int)head.Head.call(table.Plain).argmax(1).eq(table.Targets).sum().item<long>();
        return new FittedPhase(minimum.Values[0] - (penalty / 2 * HeadFit.SquaredWeights(head)), correct)
        {
            Penalty = network.Head.HasScale ? penalty : null,
            OutOfFold = chosen is null ? null : PredictedImages.Of(chosen.Logits, folds, data.Train, data.Groups),
            FeatureScale = scales is [FeatureScale.Common] ? null : scale,
        };

        string Described()
        {
            string itself = $"penalty {penalty:G3}";
            if (given is not null && scales.Count == 1)
            {
                return itself;
            }

            string which =
                scales.Count == 1 ? itself
                : given is null ? $"{itself} and feature scale {scale.ToString().ToLowerInvariant()}"
                : $"{itself}; feature scale {scale.ToString().ToLowerInvariant()}";
            string edge = chosen!.IsAtEdge ? ", at the edge of what is tried" : "";
            string left =
                given is null && chosen.Smallest > PenaltyChoice.Penalties[^1]
                    ? $", penalties below {chosen.Smallest:G3} not fitted, as it only rose"
                    : "";
            return $"{which}, chosen on {folds.Held.Count} folds of the training images (balanced log loss {chosen.Loss:F4}{edge}{left})";
        }
    }

    /// <summary>A head such as the network's, of another number of classes, whatever its parameters.</summary>
    private Head MakeHead(int classes)
    {
        using StagedNetwork other = twin(classes);
        Head head = other.Head;
        other.Head = new LinearHead(network.Features, 1); // So that it does not go with its network.
        return head;
    }
}

/// <summary>What fitting a phase came to.</summary>
/// <param name="Loss">The loss on the training images, without the penalty.</param>
/// <param name="Correct">Training images that are classified correctly.</param>
internal sealed record FittedPhase(double Loss, int Correct)
{
    /// <summary>The penalty on weights that it was fitted with; null where there is none.</summary>
    internal double? Penalty { get; init; }

    /// <summary>How features were scaled; null where the recipe leaves the usual scale.</summary>
    internal FeatureScale? FeatureScale { get; init; }

    /// <summary>What classifiers that were fitted alike say of images that they have not seen; null where none can be divided.</summary>
    internal PredictedImages? OutOfFold { get; init; }
}
