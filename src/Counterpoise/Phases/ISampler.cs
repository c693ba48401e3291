using Counterpoise.Basics;

namespace Counterpoise.Phases;

/// <summary>Decides which training images an epoch shows, and in which order.</summary>
public interface ISampler
{
    /// <summary>The orders of one epoch: one for most methods; a step takes a batch from each.</summary>
    /// <param name="labels">The label of every training image.</param>
    /// <param name="draws">The run's draws.</param>
    /// <param name="epoch">The epoch of the whole run, from 0.</param>
    /// <returns>
    /// Streams of positions of training images, each as long as there are training images; the place in a stream is the
    /// place in the epoch's global order.
    /// </returns>
    int[][] Streams(IReadOnlyList<int> labels, Draws draws, int epoch);

    /// <summary>What a class's share of the images shown is proportional to.</summary>
    /// <param name="count">The class's number of training images, at least 1.</param>
    double ShareOf(int count) => count;
}

/// <summary>Every image once an epoch, in a new random order each time.</summary>
internal sealed record InstanceSampler : ISampler
{
    /// <inheritdoc/>
    public int[][] Streams(IReadOnlyList<int> labels, Draws draws, int epoch) =>
        [draws.At(DrawPurpose.Order, epoch).Permutation(labels.Count)];
}
