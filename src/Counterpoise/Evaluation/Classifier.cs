using Counterpoise.Data;
using Counterpoise.Models;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Evaluation;

/// <summary>Classifies images with a network in evaluation mode.</summary>
internal static class Classifier
{
    /// <returns>The predicted class of every image, in order.</returns>
    internal static int[] Predict(
        StagedNetwork network,
        IImageSource images,
        InputPipeline input,
        CancellationToken stop
    )
    {
        int[] predicted = new int[images.Count];
        NetworkPass.Run(
            network,
            images,
            Enumerable.Range(0, images.Count),
            input,
            (positions, map) =>
            {
                ReadOnlySpan<long> classes = network.Head.call(map).argmax(1).cpu().data<long>().ToArray();
                for (int i = 0; i < positions.Length; i++)
                {
                    predicted[positions[i]] = (int)classes[i];
                }
            },
            stop
        );
        return predicted;
    }
}
