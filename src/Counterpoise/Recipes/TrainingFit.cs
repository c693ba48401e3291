using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Recipes;

/// <summary>Settings of a training that follow from its network, and those that its network or its methods have no meaning for.</summary>
internal static class TrainingFit
{
    /// <summary>The same with what follows from the network and the first phase.</summary>
    internal static TrainingSettings Resolve(TrainingSettings training, NetworkDescription network, Phase first)
    {
        // A vector has few numbers, and they are what was bought.
        TrainingSettings resolved =
            network.TakesFeatures && training.Precision == Precision.Auto
                ? training with
                {
                    Precision = Precision.Fp32,
                }
                : training;
        return training.Optimizer == OptimizerKind.Lbfgs || first.IsEstimated
            ? resolved with
            {
                Epochs = 1,
                Warmup = 0,
            }
            : resolved;
    }

    /// <exception cref="UsageException">A setting does not fit; the message names it.</exception>
    internal static void Require(
        TrainingSettings training,
        NetworkDescription network,
        IEnumerable<Phase> phases,
        int views
    )
    {
        RequireStage(training, network);
        RequireScale(training.FeatureScale, network, phases.First());
        RequireConvergence(network, phases, views);
        foreach (Phase phase in phases.Where(phase => phase.Training.LabelSmoothing > 0))
        {
            if (phase.Loss is { Value.SmoothsLabels: false } loss)
            {
                throw new UsageException(
                    $"training.label_smoothing is {phase.Training.LabelSmoothing}, but the loss of {loss.By} has no meaning for smoothed labels; "
                        + $"set {Named("training.label_smoothing")}=0, or choose another method."
                );
            }
        }
    }

    /// <summary>Whether a recipe's classifier could be fitted to convergence.</summary>
    internal static bool CanConverge(Recipe recipe) =>
        recipe.Phases.All(phase => Hindrance(phase, recipe.Network, recipe.Data.Views) is null);

    /// <summary>Whether a resolved recipe's classifier is fitted or computed on folds, too, so that its run says of every training image what a classifier says that has not seen it.</summary>
    internal static bool SaysOutOfFold(Recipe recipe)
    {
        Phase[] phases = [.. recipe.Phases];
        int last = Array.FindLastIndex(phases, phase => phase.Epochs > 0);
        return recipe.Network.TakesFeatures
            && recipe.Data is { HeldOutFolds: 0, HeldOut: 0 }
            && (phases[last].IsEstimated || phases[last].Training.Optimizer == OptimizerKind.Lbfgs)
            && phases[(last + 1)..].All(phase => phase.Head?.Value is IShiftedHead);
    }

    /// <summary>Fitting to convergence takes a fixed function of a classifier's parameters.</summary>
    private static void RequireConvergence(NetworkDescription network, IEnumerable<Phase> phases, int views)
    {
        foreach (Phase phase in phases.Where(phase => phase.Training.Optimizer == OptimizerKind.Lbfgs))
        {
            if (Hindrance(phase, network, views) is { } hindrance)
            {
                throw new UsageException(
                    $"training.optimizer is lbfgs, which fits a classifier on features to convergence, but {hindrance}; set {Named("training.optimizer")}=sgd."
                );
            }
        }
    }

    private static string? Hindrance(Phase phase, NetworkDescription network, int views) =>
        phase.Epochs == 0 ? null
        : !network.TakesFeatures ? $"{network.Name} learns more than a classifier"
        : phase.Mixer is { By: var mixer } ? $"{mixer} mixes at random"
        : phase.Sampler is { By: var sampler } ? $"{sampler} draws images at random"
        : phase.Loss is { Value.IsFixed: false, By: var loss } ? $"the loss of {loss} changes while training"
        : phase.Weights is { Value.IsFixed: false, By: var weights } ? $"the weights of {weights} change while training"
        : phase.Training.LabelSmoothing > 0 ? "it has no smoothed labels (training.label_smoothing)"
        : views > 0 && phase.Head is { Value.Gathers: true, By: var head }
            ? $"{head} gathers means in which each view would count as an image (data.views)"
        : phase.Training.Ema > 0 ? "there are no steps to average over (training.ema)"
        : null;

    private static void RequireScale(FeatureScale scale, NetworkDescription network, Phase first)
    {
        if (scale != FeatureScale.Common && !network.TakesFeatures)
        {
            throw new UsageException(
                $"training.feature_scale is {scale.ToString().ToLowerInvariant()}, which is of features of a frozen network, but {network.Name} takes images; leave it at common, or give {Named("data.features")}."
            );
        }

        if (scale == FeatureScale.Auto && !first.IsEstimated && first.Training.Optimizer != OptimizerKind.Lbfgs)
        {
            throw new UsageException(
                "training.feature_scale is auto, which is chosen where a classifier is fitted to convergence or computed, but this one is trained by steps; "
                    + $"set {Named("training.optimizer")}=lbfgs, or training.feature_scale to common, dimension or length."
            );
        }
    }

    private static void RequireStage(TrainingSettings training, NetworkDescription network)
    {
        string[] stages = [.. network.Stages.Skip(1)]; // The input has nothing that could learn.
        if (training.Freeze.Length > 0 && !stages.Contains(training.Freeze))
        {
            throw new UsageException(
                $"training.freeze is '{training.Freeze}', which is no stage of {network.Name}; {Nearest.Hint(training.Freeze, stages)}"
            );
        }

        if (training.UnfreezeAfter > 0 && training.Freeze.Length == 0)
        {
            throw new UsageException(
                $"training.unfreeze_after is {training.UnfreezeAfter}, but nothing is frozen; "
                    + $"say up to which stage with {Named("training.freeze")}, such as {stages[^1]} for all but the head."
            );
        }
    }
}
