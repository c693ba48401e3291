using Counterpoise.Data;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Runs a network in evaluation mode over images: running statistics, no augmentation, no mixing, no gradients.</summary>
internal static class NetworkPass
{
    /// <summary>
    /// Pixels at once, 512 images of 32x32: many, because every batch has costs that do not depend on its size. Twice as
    /// many were not clearly faster.
    /// </summary>
    private const int PixelsAtOnce = 1 << 19;

    /// <summary>Runs the stages and hands on the last one's maps, batch by batch.</summary>
    /// <param name="network">The network; it is left in the mode it was in.</param>
    /// <param name="images">The images.</param>
    /// <param name="order">Which images, in which order.</param>
    /// <param name="input">Prepares them.</param>
    /// <param name="use">
    /// Gets the positions of a batch and its map [N, C, H, W], within a dispose scope of the batch.
    /// </param>
    /// <param name="stop">Stops between batches.</param>
    /// <param name="atOnce">Images of a batch; null for as many as are fast.</param>
    internal static void Run(
        StagedNetwork network,
        IImageSource images,
        IEnumerable<int> order,
        InputPipeline input,
        Action<int[], Tensor> use,
        CancellationToken stop,
        int? atOnce = null
    )
    {
        bool training = network.training;
        network.eval();
        try
        {
            using var noGradient = no_grad();
            foreach (
                (int[] positions, Tensor batch) in ReadAhead.Of(
                    order.Chunk(atOnce ?? Math.Max(1, PixelsAtOnce / (images.Height * images.Width))),
                    positions => (positions, images.Read(positions).DetachFromDisposeScope()),
                    images.IsSlow,
                    unread => unread.Item2.Dispose()
                )
            )
            {
                using Tensor pixels = batch;
                stop.ThrowIfCancellationRequested();
                Allocator.FreeNativeNumbers();
                using var scope = NewDisposeScope();
                use(positions, network.Map(input.Prepare(pixels)));
            }
        }
        finally
        {
            network.train(training);
        }
    }
}
