using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>A phase whose classifier is fitted to convergence on all training images at once, in place of its epochs.</summary>
/// <param name="network">The network, which has the phase's head.</param>
/// <param name="twin">Makes another such network and head, whatever their parameters.</param>
/// <param name="phase">The phase.</param>
/// <param name="data">The images.</param>
/// <param name="input">Prepares them.</param>
/// <param name="draws">The run's draws.</param>
/// <param name="stop">Stops between steps; nothing is kept then.</param>
internal sealed class PhaseFit(
    StagedNetwork network,
    Func<StagedNetwork> twin,
    Phase phase,
    TrainingData data,
    InputPipeline input,
    Draws draws,
    CancellationToken stop
)
{
    /// <summary>Chooses the penalty, unless it is given, and fits; the network's head then is what was found.</summary>
    /// <param name="report">Takes what is worth telling, in one line.</param>
    /// <returns>The loss that was minimised, without the penalty's share.</returns>
    internal FittedPhase Run(Action<string> report)
    {
        using var scope = NewDisposeScope();
        FeatureTable table = Table();
        var fit = new HeadFit(phase, draws, stop);
        double? given = network.Head.HasScale ? phase.Training.Penalty : 0;
        ChosenPenalty? chosen = given is null ? new PenaltyChoice(fit, MakeHead).Choose(table, data.Seed) : null;
        double penalty = given ?? chosen!.Penalty;
        using Head head = MakeHead();
        Minimum minimum = fit.Fit(head, table, penalty);
        Copy(head, network.Head);
        report(
            (
                chosen is null
                    ? $"penalty {penalty:G3}"
                    : $"penalty {penalty:G3}, chosen on {PenaltyChoice.MostFolds} folds of the training images (balanced log loss {chosen.Loss:F4}{(chosen.IsAtEdge ? ", at the edge of what is tried" : "")})"
            )
                + $"; {minimum.Iterations} steps, largest gradient {minimum.LargestGradient:G2}"
                + (
                    minimum.LargestGradient <= HeadFit.Tolerance
                        ? ""
                        : $", which is above {HeadFit.Tolerance:G1}: not converged"
                )
        );
        using var noGradient = no_grad();
        int correct = (int)head.call(table.Maps).argmax(1).eq(table.Targets).sum().item<long>();
        return new FittedPhase(minimum.Value - (penalty / 2 * HeadFit.SquaredWeights(head)), correct);
    }

    private FeatureTable Table()
    {
        Tensor? maps = null;
        NetworkPass.Run(
            network,
            data.Train,
            Enumerable.Range(0, data.Train.Count),
            input,
            (positions, map) =>
            {
                using Tensor there = map.cpu().to(ScalarType.Float64);
                maps ??= empty([data.Train.Count, .. there.shape[1..]], ScalarType.Float64).MoveToOuterDisposeScope();
                maps.narrow(0, positions[0], positions.Length).copy_(there);
            },
            stop
        );
        return new FeatureTable(maps!, data.Train.Labels, data.Groups, data.Train.Classes.Count);
    }

    /// <summary>The head as it is before fitting, in float64, on the CPU.</summary>
    private Head MakeHead()
    {
        using StagedNetwork other = twin();
        Head head = other.Head;
        Copy(network.Head, head);
        head.to(ScalarType.Float64);
        other.Head = new LinearHead(network.Features, 1); // So that it does not go with its network.
        return head;
    }

    private static void Copy(Head from, Head to)
    {
        using var noGradient = no_grad();
        foreach (
            (Tensor source, Tensor target) in from.parameters()
                .Concat(from.buffers())
                .Zip(to.parameters().Concat(to.buffers()))
        )
        {
            target.copy_(source);
        }
    }
}

/// <summary>What fitting a phase came to.</summary>
/// <param name="Loss">The loss on the training images, without the penalty.</param>
/// <param name="Correct">Training images that are classified correctly.</param>
internal sealed record FittedPhase(double Loss, int Correct);
