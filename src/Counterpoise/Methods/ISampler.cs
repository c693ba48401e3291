using Counterpoise.Data;

namespace Counterpoise.Methods;

/// <summary>Decides which training images an epoch shows, and in which order.</summary>
public interface ISampler
{
    /// <summary>The order of one epoch.</summary>
    /// <param name="labels">The label of every training image.</param>
    /// <param name="draws">The run's draws.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <returns>Positions of training images; the place in this list is the place in the epoch's global order.</returns>
    int[] Order(IReadOnlyList<int> labels, Draws draws, int epoch);
}

/// <summary>Every image once an epoch, in a new random order each time.</summary>
public sealed record InstanceSampler : ISampler
{
    /// <inheritdoc/>
    public int[] Order(IReadOnlyList<int> labels, Draws draws, int epoch) =>
        draws.At(DrawPurpose.Order, epoch).Permutation(labels.Count);
}
