using Counterpoise.Data;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Classifies images with a network in evaluation mode.</summary>
internal static class Classifier
{
    /// <param name="network">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="input">Prepares them.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <param name="ranks">Those that share the images; null for this process alone.</param>
    /// <returns>The predicted class of every image, in order.</returns>
    internal static int[] Predict(
        StagedNetwork network,
        IImageSource images,
        InputPipeline input,
        CancellationToken stop,
        Ranks? ranks = null
    )
    {
        ranks ??= Ranks.Alone;
        int[] predicted = new int[images.Count];
        Run(
            network,
            images,
            input,
            ranks,
            (positions, logits) =>
            {
                ReadOnlySpan<long> classes = Transfer.Down<long>(logits.argmax(1));
                for (int i = 0; i < positions.Length; i++)
                {
                    predicted[positions[i]] = (int)classes[i];
                }
            },
            stop
        );
        ranks.Sum(predicted.AsSpan()); // Those of other ranks are 0.
        return predicted;
    }

    /// <inheritdoc cref="Predict"/>
    /// <returns>The probability of every class, for every image in order.</returns>
    internal static float[][] Probabilities(
        StagedNetwork network,
        IImageSource images,
        InputPipeline input,
        CancellationToken stop,
        Ranks? ranks = null
    )
    {
        ranks ??= Ranks.Alone;
        int classes = images.Classes.Count;
        float[] all = new float[images.Count * classes];
        Run(
            network,
            images,
            input,
            ranks,
            (positions, logits) =>
            {
                ReadOnlySpan<float> found = Transfer.Down<float>(logits.softmax(1));
                for (int i = 0; i < positions.Length; i++)
                {
                    found.Slice(i * classes, classes).CopyTo(all.AsSpan(positions[i] * classes));
                }
            },
            stop
        );
        ranks.Sum(all.AsSpan()); // Those of other ranks are 0.
        return [.. all.Chunk(classes)];
    }

    /// <summary>Goes over this rank's share of the images.</summary>
    private static void Run(
        StagedNetwork network,
        IImageSource images,
        InputPipeline input,
        Ranks ranks,
        Action<int[], Tensor> use,
        CancellationToken stop
    ) =>
        NetworkPass.Run(
            network,
            images,
            Enumerable.Range(0, images.Count).Take(ranks.ShareOf(images.Count)),
            input,
            (positions, map) => use(positions, network.Head.call(map)),
            stop
        );
}
