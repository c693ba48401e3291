using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>
/// Gets the images of an epoch's steps to the run's device: cut there from images that stay on it, or read on the
/// processor, ahead where that takes time.
/// </summary>
internal sealed class StepSource(TrainingData data, InputPipeline input)
{
    /// <summary>The batches of a plan, in order, each within the caller's dispose scope.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="use">Takes one.</param>
    internal void ForEach(EpochPlan plan, Action<StepBatch> use)
    {
        if (input.Kept(data.Train) is { } kept && DeviceImages.CanCut(data.Augmentation))
        {
            ForEach(plan, kept, use);
            return;
        }

        IEnumerable<(int Step, Tensor[] Images)> read = ReadAhead.Of(
            Enumerable.Range(0, plan.Steps.Count),
            step => (step, Read(plan.Steps[step])),
            data.Train.IsSlow || input.IsFarAway,
            unread => Array.ForEach(unread.Item2, images => images.Dispose())
        );
        foreach ((int step, Tensor[] images) in read)
        {
            using (var scope = NewDisposeScope())
            {
                scope.Attach(images);
                use(plan.BatchOf(step, Array.ConvertAll(images, input.Prepare)));
            }
        }
    }

    /// <summary>One mini-batch, augmented, in no dispose scope; on any thread.</summary>
    private Tensor[] Read(StepPlan step)
    {
        var images = new Tensor[step.Positions.Length];
        for (int stream = 0; stream < images.Length; stream++)
        {
            images[stream] = data.Train.Read(step.Positions[stream], Changes(step, stream)).DetachFromDisposeScope();
        }

        return images;
    }

    private void ForEach(EpochPlan plan, DeviceImages kept, Action<StepBatch> use)
    {
        using var all = NewDisposeScope();
        int streams = plan.Steps.Count == 0 ? 0 : plan.Steps[0].Positions.Length;
        DeviceCuts[] cuts =
        [
            .. Enumerable
                .Range(0, streams)
                .Select(stream =>
                    kept.Cuts(plan.Steps.Select(step => (step.Positions[stream], Changes(step, stream))))
                ),
        ];
        for (int step = 0; step < plan.Steps.Count; step++)
        {
            using var scope = NewDisposeScope();
            StepPlan planned = plan.Steps[step];
            use(
                plan.BatchOf(
                    step,
                    Array.ConvertAll(cuts, cut => input.Prepare(kept.Cut(cut, planned.First, planned.Count)))
                )
            );
        }
    }

    private BatchAugmentation Changes(StepPlan step, int stream)
    {
        StepContext context = step.Context.InStream(stream);
        return new BatchAugmentation(data.Augmentation, context.Draws, context.Epoch, context.FirstPlace);
    }
}
