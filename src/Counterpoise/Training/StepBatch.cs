using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>One mini-batch on the run's device, in each of the sampler's streams.</summary>
/// <param name="Context">Where training stands.</param>
/// <param name="Images">[N, 3, H, W] of each stream, prepared.</param>
/// <param name="Targets">[N] of each stream, int64: the labels.</param>
/// <param name="Mixed">How each stream is mixed; null for not at all.</param>
internal sealed record StepBatch(StepContext Context, Tensor[] Images, Tensor[] Targets, MixedBatch?[] Mixed)
{
    /// <summary>The number of images of the first stream.</summary>
    internal int Count => (int)Targets[0].shape[0];
}

/// <summary>What a step computes, on the run's device.</summary>
/// <param name="Loss">This rank's part of the loss: a number, float32.</param>
/// <param name="Correct">How many of the first stream's images were classified correctly as trained: a number, int64.</param>
/// <param name="Gradients">Of what learns, in its order; null for what the loss does not depend on.</param>
internal sealed record StepResult(Tensor Loss, Tensor Correct, Tensor?[] Gradients);
