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
    /// <summary>Reads one mini-batch, augmented; on any thread, and not for a dispose scope.</summary>
    /// <param name="context">Where training stands.</param>
    /// <param name="data">The training images.</param>
    /// <param name="positions">Which of them make up the batch, for each of the sampler's streams.</param>
    internal static StepImages Read(in StepContext context, TrainingData data, int[][] positions)
    {
        var images = new Tensor[positions.Length];
        int[][] labels = new int[positions.Length][];
        for (int stream = 0; stream < positions.Length; stream++)
        {
            long place = context.InStream(stream).FirstPlace;
            var augmentation = new BatchAugmentation(data.Augmentation, context.Draws, context.Epoch, place);
            images[stream] = data.Train.Read(positions[stream], augmentation).DetachFromDisposeScope();
            labels[stream] = Array.ConvertAll(positions[stream], position => data.Train.Labels[position]);
        }

        return new StepImages(images, labels);
    }

    /// <summary>Computes the gradients of one mini-batch; call it within a dispose scope.</summary>
    /// <param name="network">The network, in training mode.</param>
    /// <param name="phase">The slots.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="read">The batch.</param>
    /// <param name="input">Makes it what the network takes.</param>
    /// <param name="ranks">Those that have the rest of the batch.</param>
    /// <returns>This rank's part of the loss, and how many of the first stream's images were classified correctly as trained.</returns>
    internal static (double Loss, int Correct) Run(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        StepImages read,
        InputPipeline input,
        Ranks ranks
    ) => Backward(network, phase, context, Array.ConvertAll(read.Images, input.Prepare), read.Labels, ranks);

    /// <summary>Computes the gradients of one mini-batch of the only stream.</summary>
    internal static (double Loss, int Correct) Backward(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        Tensor images,
        int[] labels
    ) => Backward(network, phase, context, [images], [labels], Ranks.Alone);

    /// <summary>Computes the gradients of one mini-batch.</summary>
    /// <param name="network">The network, in training mode.</param>
    /// <param name="phase">The slots.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="images">[N, 3, H, W] of each stream, prepared.</param>
    /// <param name="labels">The N labels of each stream.</param>
    /// <param name="ranks">Those that have the rest of the batch.</param>
    /// <returns>This rank's part of the loss, and how many of the first stream's images were classified correctly as trained.</returns>
    internal static (double Loss, int Correct) Backward(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        Tensor[] images,
        int[][] labels,
        Ranks ranks
    )
    {
        var maps = new Tensor[images.Length];
        var targets = new Tensor[images.Length];
        var mixed = new MixedBatch?[images.Length];
        for (int stream = 0; stream < images.Length; stream++)
        {
            Mixing? mixing = phase.Mixer is { Value: var mixer }
                ? GroupedMixing.Mix(mixer, context.InStream(stream), labels[stream])
                : null;
            mixed[stream] = mixing is null ? null : new MixedBatch(mixing, images[stream].device);
            targets[stream] = Targets(labels[stream], images[stream].device);
            maps[stream] = Map(network, images[stream], mixed[stream]);
        }

        HeadOutput output = network.Head.Train(maps, targets, context);
        Tensor loss = Loss(phase, context, output, targets, mixed, ranks);
        if (output.Auxiliary is { } auxiliary)
        {
            int own = labels[0].Length;
            loss += ranks.Count == 1 ? auxiliary : auxiliary * (own / ranks.Sum((double)own));
        }

        double value = loss.item<float>();
        if (double.IsFinite(value))
        {
            loss.backward();
        }

        return (value, (int)output.Logits.argmax(1).eq(targets[0]).sum().item<long>());
    }

    private static Tensor Targets(int[] labels, Device device) =>
        tensor(Array.ConvertAll(labels, label => (long)label), device: device);

    /// <summary>The last map; nothing is remembered for gradients where only the head learns.</summary>
    private static Tensor Map(StagedNetwork network, Tensor images, MixedBatch? mixed)
    {
        using var frozen = network.StagesLearn ? null : no_grad();
        return network.Map(images, mixed is null ? null : mixed.Apply);
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

        Tensor classWeights = weights is null
            ? ones(logits.shape[1], device: logits.device)
            : tensor(weights.Select(weight => (float)weight).ToArray(), device: logits.device);
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

        return ranks.Count == 1 ? total! / divisor! : total! / ranks.Sum(divisor!.item<float>());
    }

    private static (Tensor Labels, Tensor? Share)[] Terms(Tensor labels, MixedBatch? mixed) =>
        mixed?.LabelWeight is { } partnerShare
            ? [(labels, 1 - partnerShare), (labels.index_select(0, mixed.Partner), partnerShare)]
            : [(labels, null)];

    /// <summary>A mixer's decision as tensors.</summary>
    private sealed class MixedBatch(Mixing mixing, Device device)
    {
        private readonly Tensor weight = tensor(mixing.FeatureWeight.ToArray(), device: device);

        /// <summary>[N], int64.</summary>
        internal Tensor Partner { get; } =
            tensor(mixing.Partner.Select(index => (long)index).ToArray(), device: device);

        /// <summary>[N], float32, or null where labels stay as they are.</summary>
        internal Tensor? LabelWeight { get; } =
            mixing.LabelWeight is null ? null : tensor(mixing.LabelWeight.ToArray(), device: device);

        internal Tensor Apply(int stage, Tensor map) =>
            stage == mixing.After ? FeatureMixing.Apply(map, Partner, weight) : map;
    }
}
