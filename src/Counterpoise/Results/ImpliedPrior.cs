using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Results;

/// <summary>
/// The class frequencies that a trained network's probabilities take for granted: those of its training examples, as far
/// as the sampler, the class weights and the loss did not change them.
/// </summary>
/// <remarks>
/// A network that minimises a weighted cross-entropy estimates p(y | x) under frequencies pi_c proportional to (share of
/// class c among the examples shown) times (its weight at the end) times the factors that its loss and its
/// head take out. Mixing
/// leaves labels as they are, and so the frequencies. What LDAM, CDT, SEQL, tau-normalisation, heads like OLTR's and
/// smoothed labels do to logits has no such form and is not counted.
/// </remarks>
internal static class ImpliedPrior
{
    /// <summary>The frequency of every class, which add up to 1.</summary>
    /// <param name="recipe">What was trained.</param>
    /// <param name="counts">The number of training examples of every class.</param>
    public static double[] Of(Recipe recipe, IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(counts);
        Phase last = recipe.Phases.LastOrDefault(phase => phase.Epochs > 0) ?? recipe.Phases[0];
        int epochs = Math.Max(1, last.Epochs);
        var context = new StepContext(
            Epoch: epochs - 1,
            PhaseEpoch: epochs - 1,
            PhaseEpochs: epochs,
            Step: 0,
            LearningRate: 0,
            counts,
            new Draws(recipe.Seed),
            FirstPlace: 0
        );
        IReadOnlyList<double>? weights = last.Weights?.Value.At(context);
        double[] shares =
        [
            .. counts.Select(
                (count, label) =>
                    count == 0 ? 0
                    : last.IsEstimated ? 1
                    : (last.Sampler?.Value.ShareOf(count) ?? count)
                        * (weights?[label] ?? 1)
                        * (last.Loss?.Value.PriorFactorOf(count) ?? 1)
                        * (recipe.Phases[^1].Head?.Value.PriorFactorOf(count) ?? 1)
            ),
        ];
        double total = shares.Sum();
        return [.. shares.Select(share => share / total)];
    }
}
