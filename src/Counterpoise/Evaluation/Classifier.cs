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
            for (int first = 0; first < images.Count; first += batchSize)
            {
                stop.ThrowIfCancellationRequested();
                Allocator.FreeNativeNumbers();
                using var scope = NewDisposeScope();
                int[] positions = [.. Enumerable.Range(first, Math.Min(batchSize, images.Count - first))];
                Tensor logits = network.call(input.Prepare(images.Read(positions)));
                long[] classes = logits.argmax(1).cpu().data<long>().ToArray();
                for (int i = 0; i < classes.Length; i++)
                {
                    predicted[first + i] = (int)classes[i];
                }
            }

            return predicted;
        }
        finally
        {
            network.train(training);
        }
    }
}
