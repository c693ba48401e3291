using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Models;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>One step's forward and backward pass: what the slots decide, applied.</summary>
internal static class TrainingStep
{
    /// <summary>Reads one mini-batch, augmented, and computes its gradients; call it within a dispose scope.</summary>
    /// <param name="network">The network, in training mode.</param>
    /// <param name="phase">The slots.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="data">The training images.</param>
    /// <param name="positions">Which of them make up the batch.</param>
    /// <param name="input">Makes them what the network takes.</param>
    /// <returns>The loss, and how many of the images were classified correctly as trained.</returns>
    internal static (double Loss, int Correct) Run(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        TrainingData data,
        ReadOnlySpan<int> positions,
        InputPipeline input
    )
    {
        var augmentation = new BatchAugmentation(data.Augmentation, context.Draws, context.Epoch, context.FirstPlace);
        Tensor images = input.Prepare(data.Train.Read(positions, augmentation));
        int[] labels = new int[positions.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = data.Train.Labels[positions[i]];
        }

        return Backward(network, phase, context, images, labels);
    }

    /// <summary>Computes the gradients of one mini-batch.</summary>
    /// <param name="network">The network, in training mode.</param>
    /// <param name="phase">The slots.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="images">[N, 3, H, W], prepared.</param>
    /// <param name="labels">The N labels.</param>
    /// <returns>The loss, and how many of the images were classified correctly as trained.</returns>
    internal static (double Loss, int Correct) Backward(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        Tensor images,
        int[] labels
    )
    {
        Mixing? mixing = phase.Mixer?.Value.Mix(context, labels);
        Tensor targets = tensor(Array.ConvertAll(labels, label => (long)label), device: images.device);
        Tensor? partner = mixing is null
            ? null
            : tensor(mixing.Partner.Select(index => (long)index).ToArray(), device: images.device);
        Tensor logits = network.Classify(images, mixing is null ? null : Mixed(mixing, partner!));
        Tensor loss = Loss(phase, context, logits, targets, mixing, partner);
        double value = loss.item<float>();
        if (double.IsFinite(value))
        {
            loss.backward();
        }

        return (value, (int)logits.argmax(1).eq(targets).sum().item<long>());
    }

    private static Func<int, Tensor, Tensor> Mixed(Mixing mixing, Tensor partner)
    {
        Tensor weight = tensor(mixing.FeatureWeight.ToArray(), device: partner.device);
        return (stage, map) => stage == mixing.After ? FeatureMixing.Apply(map, partner, weight) : map;
    }

    /// <summary>sum_n w_y(n) l_n / sum_n w_y(n); a mixed label's terms each carry their own class's weight.</summary>
    private static Tensor Loss(
        Phase phase,
        in StepContext context,
        Tensor logits,
        Tensor labels,
        Mixing? mixing,
        Tensor? partner
    )
    {
        ILoss loss = phase.Loss?.Value ?? new CrossEntropy();
        Tensor share = ones(labels.shape[0], device: labels.device);
        Tensor? classWeights = phase.Weights?.Value.At(context) is { } weights
            ? tensor(weights.Select(weight => (float)weight).ToArray(), device: labels.device)
            : null;
        if (mixing?.LabelWeight is not { } labelWeight)
        {
            Tensor examples = loss.Examples(logits, labels, context);
            return classWeights is null ? examples.mean() : WeightedMean([(examples, labels, share)], classWeights);
        }

        Tensor partnerShare = tensor(labelWeight.ToArray(), device: labels.device);
        Tensor partnerLabels = labels.index_select(0, partner!);
        return WeightedMean(
            [
                (loss.Examples(logits, labels, context), labels, share - partnerShare),
                (loss.Examples(logits, partnerLabels, context), partnerLabels, partnerShare),
            ],
            classWeights ?? ones(logits.shape[1], device: labels.device)
        );
    }

    private static Tensor WeightedMean((Tensor Examples, Tensor Labels, Tensor Share)[] terms, Tensor classWeights)
    {
        Tensor[] weights = [.. terms.Select(term => classWeights.index_select(0, term.Labels) * term.Share)];
        Tensor total = terms.Zip(weights, (term, weight) => (term.Examples * weight).sum()).Aggregate((a, b) => a + b);
        return total / weights.Select(weight => weight.sum()).Aggregate((a, b) => a + b);
    }
}
