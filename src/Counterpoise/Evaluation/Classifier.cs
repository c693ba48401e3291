using Counterpoise.Data;
using Counterpoise.Models;
using Counterpoise.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Evaluation;

/// <summary>Classifies images with a network in evaluation mode: running statistics, no augmentation, no mixing.</summary>
internal static class Classifier
{
    /// <summary>
    /// Pixels classified at once, 512 images of 32x32: many, because every batch has costs that do not depend on its
    /// size. Twice as many were not clearly faster.
    /// </summary>
    private const int PixelsAtOnce = 1 << 19;

    /// <returns>The predicted class of every image, in order.</returns>
    internal static int[] Predict(
        StagedNetwork network,
        IImageSource images,
        InputPipeline input,
        CancellationToken stop
    )
    {
        bool training = network.training;
        network.eval();
        try
        {
            using var noGradient = inference_mode();
            int[] predicted = new int[images.Count];
            int batchSize = Math.Max(1, PixelsAtOnce / (images.Height * images.Width));
            int first = 0;
            foreach (
                Tensor batch in ReadAhead.Of(
                    Enumerable.Range(0, images.Count).Chunk(batchSize),
                    positions => images.Read(positions).DetachFromDisposeScope(),
                    images.IsSlow,
                    unread => unread.Dispose()
                )
            )
            {
                using Tensor pixels = batch;
                stop.ThrowIfCancellationRequested();
                Allocator.FreeNativeNumbers();
                using var scope = NewDisposeScope();
                Tensor logits = network.call(input.Prepare(pixels));
                long[] classes = logits.argmax(1).cpu().data<long>().ToArray();
                for (int i = 0; i < classes.Length; i++)
                {
                    predicted[first + i] = (int)classes[i];
                }

                first += classes.Length;
            }

            return predicted;
        }
        finally
        {
            network.train(training);
        }
    }
}
