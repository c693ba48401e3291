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

    /// <summary>On a GPU, 2,048 images of 32x32.</summary>
    private const int PixelsAtOnceFarAway = 1 << 21;

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
            int pixels = input.IsFarAway ? PixelsAtOnceFarAway : PixelsAtOnce;
            IEnumerable<int[]> chunks = order.Chunk(atOnce ?? Math.Max(1, pixels / (images.Height * images.Width)));
            foreach ((int[] positions, Tensor batch) in Batches(images, chunks, input))
            {
                using Tensor read = batch;
                stop.ThrowIfCancellationRequested();
                Allocator.FreeNativeNumbers();
                using var scope = NewDisposeScope();
                use(positions, network.Map(input.Prepare(read)));
            }
        }
        finally
        {
            network.train(training);
        }
    }

    /// <summary>Images as they are, uint8, from where they are kept or read; in no dispose scope.</summary>
    private static IEnumerable<(int[] Positions, Tensor Batch)> Batches(
        IImageSource images,
        IEnumerable<int[]> chunks,
        InputPipeline input
    ) =>
        input.Kept(images) is { } kept
            ? chunks.Select(positions => (positions, kept.Middle(positions)))
            : ReadAhead.Of(
                chunks,
                positions => (positions, images.Read(positions).DetachFromDisposeScope()),
                images.IsSlow || input.IsFarAway,
                unread => unread.Item2.Dispose()
            );
}
