using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>Computes on one thread while what is computed at a time is little.</summary>
/// <remarks>
/// Threads meet after every operation. Where that is more often than every millisecond or so, meeting costs more than a
/// second thread saves, and where other programs use the processors it costs ten times as much. It depends on sizes alone, so
/// that the same fit has the same bits whatever the number of threads.
/// </remarks>
internal sealed class FewThreads : IDisposable
{
    /// <summary>What one thread multiplies in a few milliseconds.</summary>
    private const long Little = 1 << 25;

    private readonly int before = get_num_threads();

    /// <param name="products">The multiplications of the largest operation.</param>
    internal FewThreads(long products)
    {
        if (products <= Little)
        {
            set_num_threads(1);
        }
    }

    /// <summary>As many threads as before.</summary>
    public void Dispose() => set_num_threads(before);
}
