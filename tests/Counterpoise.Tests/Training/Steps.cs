using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>Steps whose gradients are where PyTorch has them: in the tensors that they are of.</summary>
internal static class Steps
{
    /// <summary>One mini-batch of the only stream.</summary>
    public static (double Loss, int Correct) Backward(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        Tensor images,
        int[] labels
    ) => Backward(network, phase, TrainingStep.BatchOf(phase, context, images, labels));

    /// <summary>One mini-batch of several streams, none of them mixed.</summary>
    public static (double Loss, int Correct) Backward(
        StagedNetwork network,
        Phase phase,
        in StepContext context,
        Tensor[] images,
        int[][] labels,
        params Tensor[] others
    ) =>
        Backward(
            network,
            phase,
            new StepBatch(
                context,
                images,
                Array.ConvertAll(labels, stream => tensor(Array.ConvertAll(stream, label => (long)label))),
                new MixedBatch?[images.Length]
            ),
            others
        );

    /// <param name="network">The network.</param>
    /// <param name="phase">The slots.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="others">What gradients are wanted of besides the parameters.</param>
    public static (double Loss, int Correct) Backward(
        StagedNetwork network,
        Phase phase,
        StepBatch batch,
        params Tensor[] others
    )
    {
        Tensor[] learning = [.. network.parameters().Where(parameter => parameter.requires_grad), .. others];
        StepResult result = TrainingStep.Compute(network, phase, batch, learning, Ranks.Alone);
        for (int i = 0; i < learning.Length; i++)
        {
            learning[i].grad = result.Gradients[i];
        }

        return (result.Loss.item<float>(), (int)result.Correct.item<long>());
    }

    /// <summary>A whole step of a training.</summary>
    /// <returns>The loss.</returns>
    public static double Train(TrainingState state, StepBatch batch, double learningRate)
    {
        StepResult result = state.Compute(batch, Ranks.Alone);
        state.Learn(batch.Context with { LearningRate = learningRate }, result.Gradients);
        return result.Loss.item<float>();
    }
}
