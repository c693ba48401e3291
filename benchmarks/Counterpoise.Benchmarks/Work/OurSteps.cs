using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>Our training steps on a batch that is ready in memory: what a step costs without data and book-keeping.</summary>
internal sealed class OurSteps : IDisposable
{
    // Small: the same batch is shown again and again.
    private const double LearningRate = 1e-3;

    private readonly TrainingState state;
    private readonly Tensor images;
    private readonly int[] labels;
    private readonly int[] classCounts;
    private readonly Draws draws = new(0);
    private long done;

    internal OurSteps(Workload workload, int classes, Execution execution)
    {
        state = new TrainingState(workload.Recipe("erm"), classes, execution);
        state.Network.train();
        classCounts = new Imbalance(ImbalanceKind.LongTailed, workload.Rho).Counts(workload.LargestClass, classes);
        using var scope = NewDisposeScope();
        using var input = new InputPipeline(Normalisation.Cifar, execution);
        using InMemoryImages batch = GeneratedImages.Spread(workload.BatchSize, classes, seed: 3);
        images = input.Prepare(batch.Read([.. Enumerable.Range(0, batch.Count)])).DetachFromDisposeScope();
        labels = [.. batch.Labels];
    }

    /// <summary>Trains by the slots of a phase until a number of images was shown; the last batch may be smaller.</summary>
    internal Turn Train(Phase phase, int count) =>
        Turn.Measure(
            count,
            () =>
            {
                for (int shown = 0; shown < count; shown += labels.Length)
                {
                    Step(phase, Math.Min(labels.Length, count - shown));
                    Allocator.FreeNativeNumbers();
                }
            }
        );

    public void Dispose()
    {
        images.Dispose();
        state.Dispose();
    }

    private void Step(Phase phase, int count)
    {
        using var scope = NewDisposeScope();
        var context = new StepContext(
            Epoch: 0,
            phase.Epochs / 2,
            phase.Epochs,
            Step: done,
            LearningRate,
            classCounts,
            draws,
            FirstPlace: done * labels.Length
        );
        Tensor batch = count == labels.Length ? images : images.narrow(0, 0, count);
        StepResult result = TrainingStep.Compute(
            state.Network,
            phase,
            TrainingStep.BatchOf(phase, context, batch, labels[..count]),
            state.Optimizer.Parameters,
            Ranks.Alone
        );
        _ = result.Loss.item<float>();
        state.Optimizer.Step(LearningRate, result.Gradients);
        done++;
    }
}
