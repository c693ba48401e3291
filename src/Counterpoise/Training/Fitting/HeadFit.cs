using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>
/// Fits a classifier to convergence on all training images at once: the least value of the phase's loss and weights plus
/// a penalty of p / 2 |W|^2 on all weights but biases; none on a classifier that looks at their directions alone.
/// </summary>
/// <param name="phase">Its loss and class weights.</param>
/// <param name="draws">The run's draws, for the record of where training stands; a smooth loss makes none.</param>
/// <param name="stop">Stops between steps.</param>
internal sealed class HeadFit(Phase phase, Draws draws, CancellationToken stop)
{
    /// <summary>The largest entry of the gradient that counts as none.</summary>
    internal const double Tolerance = 1e-5;

    /// <summary>Fits from where the head is.</summary>
    /// <param name="head">In float64, on the CPU; its parameters are changed.</param>
    /// <param name="table">What it is fitted on.</param>
    /// <param name="penalty">p, 0 or more.</param>
    /// <returns>How it went.</returns>
    internal Minimum Fit(Head head, FeatureTable table, double penalty)
    {
        using var scope = NewDisposeScope();
        Parameter[] learning = [.. head.parameters().Where(parameter => parameter.requires_grad)];
        var context = new StepContext(0, 0, 1, 0, 0, ClassCounts.Of(table.Labels, table.Classes), draws, 0);
        Tensor targets = table.Targets;
        Tensor? weights = Weights(context, targets);
        Minimum minimum = Lbfgs.Minimise(Value, Point(learning), Tolerance, stop);
        Set(learning, minimum.Point);
        return minimum with { Point = minimum.Point.MoveToOuterDisposeScope() };

        (double, Tensor) Value(Tensor point)
        {
            using var step = NewDisposeScope();
            Set(learning, point);
            HeadOutput output = head.Train([table.Maps], [targets], context);
            Tensor losses = (phase.Loss?.Value ?? new CrossEntropy()).Examples(output.Logits, targets, context);
            Tensor loss = weights is null ? losses.mean() : (losses * weights).sum() / weights.sum();
            loss = output.Auxiliary is null ? loss : loss + output.Auxiliary;
            foreach (Parameter parameter in head.HasScale ? learning.Where(IsWeight) : [])
            {
                loss += parameter.square().sum() * (penalty / 2);
            }

            IList<Tensor> gradients = autograd.grad([loss], [.. learning]);
            Tensor gradient = cat([.. gradients.Select(part => part.reshape(-1))]);
            return (loss.item<double>(), gradient.MoveToOuterDisposeScope());
        }
    }

    /// <summary>|W|^2 of all weights that a penalty is on.</summary>
    internal static double SquaredWeights(Head head)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return head.HasScale
            ? head.parameters().Where(IsWeight).Sum(parameter => parameter.square().sum().item<double>())
            : 0;
    }

    /// <summary>The weight of each example, [N], float64; null where all weigh the same.</summary>
    private Tensor? Weights(in StepContext context, Tensor targets) =>
        phase.Weights?.Value.At(context) is { } ofClasses
            ? tensor(ofClasses.ToArray(), ScalarType.Float64).index_select(0, targets)
            : null;

    /// <summary>A bias has one number a class, and is free: it holds how frequent the classes are.</summary>
    private static bool IsWeight(Parameter parameter) => parameter.dim() > 1;

    private static Tensor Point(IEnumerable<Parameter> learning) =>
        cat([.. learning.Select(parameter => parameter.detach().reshape(-1))]);

    private static void Set(IEnumerable<Parameter> learning, Tensor point)
    {
        using var noGradient = no_grad();
        long first = 0;
        foreach (Parameter parameter in learning)
        {
            using Tensor part = point.narrow(0, first, parameter.numel());
            using Tensor shaped = part.view(parameter.shape);
            parameter.copy_(shaped);
            first += parameter.numel();
        }
    }
}
