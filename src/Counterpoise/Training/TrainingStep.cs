using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>One step's forward and backward pass: what the slots decide, applied.</summary>
internal static class TrainingStep
{
    /// <summary>Computes the gradients of one mini-batch; call it within a dispose scope.</summary>
    /// <param name="network">The network, in training mode.</param>
    /// <param name="phase">The slots.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="learning">What the gradients are of.</param>
    /// <param name="ranks">Those that have the rest of the batch.</param>
    /// <remarks>Nothing is read from the device where there is one rank.</remarks>
    internal static StepResult Compute(
        StagedNetwork network,
        Phase phase,
        StepBatch batch,
        IReadOnlyList<Tensor> learning,
        Ranks ranks
    )
    {
        Tensor[] maps =
        [
            .. batch.Images.Select(
                (images, stream) => network.Map(images, batch.Mixed[stream] is { } m ? m.Apply : null)
            ),
        ];
        HeadOutput output = network.Head.Train(maps, batch.Targets, batch.Context);
        Tensor loss = Loss(phase, batch.Context, output, batch.Targets, batch.Mixed, ranks);
        if (output.Auxiliary is { } auxiliary)
        {
            int own = batch.Count;
            loss += ranks.Count == 1 ? auxiliary : auxiliary * (own / ranks.Sum((double)own));
        }

        IList<Tensor> gradients = autograd.grad([loss], [.. learning], allow_unused: true);
        return new StepResult(
            loss.detach(),
            output.Logits.argmax(1).eq(batch.Targets[0]).sum(),
            [.. gradients.Select(gradient => gradient is null or { IsInvalid: true } ? null : gradient)]
        );
    }

    /// <summary>One mini-batch of the only stream.</summary>
    /// <param name="phase">The slots.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="images">[N, 3, H, W], prepared.</param>
    /// <param name="labels">The N labels.</param>
    internal static StepBatch BatchOf(Phase phase, in StepContext context, Tensor images, int[] labels)
    {
        Mixing? mixing = phase.Mixer is { Value: var mixer } ? GroupedMixing.Mix(mixer, context, labels) : null;
        return new StepBatch(
            context,
            [images],
            [Transfer.Up(Array.ConvertAll(labels, label => (long)label), images.device)],
            [mixing is null ? null : MixedBatch.Of(mixing, images.device)]
        );
    }

    /// <summary>
    /// sum_n w_y(n) l_n / sum_n w_y(n), the divisor over all ranks; a mixed label's terms each carry their own class's weight.
    /// </summary>
    private static Tensor Loss(
        Phase phase,
        in StepContext context,
        HeadOutput output,
        Tensor[] targets,
        MixedBatch?[] mixed,
        Ranks ranks
    )
    {
        ILoss loss = phase.Loss?.Value ?? new CrossEntropy();
        Tensor logits = output.Logits;
        IReadOnlyList<double>? weights = phase.Weights?.Value.At(context);
        if (ranks.Count == 1 && weights is null && targets.Length == 1 && mixed[0]?.LabelWeight is null)
        {
            return loss.Examples(logits, targets[0], context).mean();
        }

        Tensor classWeights = ClassWeights(weights, context, logits);
        Tensor? total = null;
        Tensor? divisor = null;
        for (int stream = 0; stream < targets.Length; stream++)
        {
            foreach ((Tensor labels, Tensor? share) in Terms(targets[stream], mixed[stream]))
            {
                Tensor weight = classWeights.index_select(0, labels);
                weight = share is null ? weight : weight * share;
                weight = output.Shares is null ? weight : weight * output.Shares[stream];
                Tensor sum = (loss.Examples(logits, labels, context) * weight).sum();
                total = total is null ? sum : total + sum;
                divisor = divisor is null ? weight.sum() : divisor + weight.sum();
            }
        }

        return ranks.Count == 1 ? total! / divisor! : total! / ranks.Sum(Transfer.Number<float>(divisor!));
    }

    private static Tensor ClassWeights(IReadOnlyList<double>? weights, in StepContext context, Tensor logits)
    {
        Device device = logits.device;
        long classes = logits.shape[1];
        return weights is null ? context.Constant(nameof(ClassWeights), device, () => ones(classes, device: device))
            : context.Constants is null ? Up()
            : context.Constants.Weights(weights, Up);

        Tensor Up() => Transfer.Up([.. weights!.Select(weight => (float)weight)], device);
    }

    private static (Tensor Labels, Tensor? Share)[] Terms(Tensor labels, MixedBatch? mixed) =>
        mixed?.LabelWeight is { } partnerShare
            ? [(labels, 1 - partnerShare), (labels.index_select(0, mixed.Partner), partnerShare)]
            : [(labels, null)];
}
