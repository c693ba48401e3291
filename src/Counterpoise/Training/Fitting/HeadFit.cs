using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Phases;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>
/// Fits classifiers to convergence, each on images of its own: the least value of the phase's loss and weights plus
/// a penalty of p / 2 |W|^2 on all weights but biases; none on a classifier that looks at their directions alone.
/// </summary>
/// <param name="phase">Its loss and class weights.</param>
/// <param name="draws">The run's draws, for the record of where training stands; a smooth loss makes none.</param>
/// <param name="stop">Stops between steps.</param>
internal sealed class HeadFit(Phase phase, Draws draws, CancellationToken stop)
{
    /// <summary>The largest entry of the gradient that counts as none.</summary>
    internal const double Tolerance = 1e-5;

    /// <summary>Fits from where the classifiers are.</summary>
    /// <param name="heads">Their parameters are changed.</param>
    /// <param name="table">What they are fitted on.</param>
    /// <param name="isSeen">For each classifier, whether it is fitted on each image and its views, [classifiers, N]; null for all on all.</param>
    /// <param name="penalty">p, 0 or more.</param>
    /// <returns>How it went; the values are with the penalty.</returns>
    internal Minima Fit(HeadCopies heads, FeatureTable table, bool[][]? isSeen, double penalty)
    {
        using var scope = NewDisposeScope();
        Tensor targets = table.RowTargets;
        StepContext[] contexts = [.. Enumerable.Range(0, heads.Count).Select(k => Context(table, isSeen?[k]))];
        Tensor shares = stack([.. contexts.Select((context, k) => Shares(context, table, isSeen?[k]))]);
        Tensor[] penalised = heads.Head.HasScale ? [.. heads.Learning.Where(IsWeight)] : [];
        var curvature = new HeadCurvature(heads, table, penalty);
        Minima minima = Lbfgs.Minimise(
            Values,
            heads.Points(),
            Tolerance,
            curvature.IsKnown ? curvature.Inverse(OfLogits(), shares) : null,
            stop
        );
        heads.Set(minima.Points);
        return minima with { Points = minima.Points.MoveToOuterDisposeScope() };

        (Tensor, Tensor) Values(Tensor points)
        {
            using var step = NewDisposeScope();
            heads.Set(points);
            Tensor losses = Losses(Logits(out Tensor? auxiliary));
            Tensor loss = auxiliary is null ? losses.sum() : losses.sum() + auxiliary;
            IList<Tensor> gradients = autograd.grad([loss], [.. heads.Learning]);
            using var noGradient = no_grad();
            Tensor values = losses.detach().clone();
            Tensor gradient = cat(
                [
                    .. gradients.Select(
                        (part, i) =>
                            (
                                penalised.Contains(heads.Learning[i]) ? part + (heads.Learning[i] * penalty) : part
                            ).reshape(heads.Count, -1)
                    ),
                ],
                1
            );
            foreach (Tensor weight in penalised)
            {
                values.add_(weight.view(heads.Count, -1).square().sum([1L]), penalty / 2);
            }

            if (auxiliary is not null)
            {
                values.add_(auxiliary.detach());
            }

            return (values.MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
        }

        // [rows, classifiers, classes].
        Tensor Logits(out Tensor? auxiliary)
        {
            var output = heads.Head.Train([table.Maps], [targets], contexts[0]);
            auxiliary = output.Auxiliary;
            return output.Logits.view(table.Rows.Count, heads.Count, heads.Classes);
        }

        // The mean loss of every classifier's images, [classifiers].
        Tensor Losses(Tensor logits) =>
            stack([
                .. contexts.Select(
                    (context, k) =>
                        (
                            (phase.Loss?.Value ?? new CrossEntropy()).Examples(logits.select(1, k), targets, context)
                            * shares[k]
                        ).sum()
                ),
            ]);

        // What the logits would be changed by, [rows, classifiers, classes].
        Tensor OfLogits()
        {
            Tensor logits = Logits(out _).detach().requires_grad_();
            return autograd.grad([Losses(logits).sum()], [logits])[0];
        }
    }

    /// <summary>|W|^2 of all weights that a penalty is on.</summary>
    internal static double SquaredWeights(HeadCopies heads)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return heads.Head.HasScale
            ? heads.Learning.Where(IsWeight).Sum(parameter => parameter.square().sum().item<double>())
            : 0;
    }

    /// <summary>A bias has one number a class, and is free: it holds how frequent the classes are.</summary>
    internal static bool IsWeight(Tensor parameter) => parameter.dim() > 1;

    private StepContext Context(FeatureTable table, bool[]? isSeen) =>
        new(0, 0, 1, 0, 0, ClassCounts.Of(Seen(table, isSeen), table.Classes), draws, 0);

    /// <summary>The share of each row in a classifier's loss, [rows], float64, of sum 1: an image and its views have one image's together.</summary>
    private Tensor Shares(StepContext context, FeatureTable table, bool[]? isSeen)
    {
        IReadOnlyList<double>? ofClasses = phase.Weights?.Value.At(context);
        double[] weights = [.. table.Labels.Select((label, row) => isSeen?[row] == false ? 0 : ofClasses?[label] ?? 1)];
        double total = weights.Sum();
        double[] ofImages = Array.ConvertAll(weights, weight => weight / total);
        return tensor([.. table.Rows.Spread(ofImages).Zip(table.Rows.Shares, (weight, share) => weight * share)]);
    }

    private static IReadOnlyList<int> Seen(FeatureTable table, bool[]? isSeen) =>
        isSeen is null ? table.Labels : [.. table.Labels.Where((_, row) => isSeen[row])];
}
