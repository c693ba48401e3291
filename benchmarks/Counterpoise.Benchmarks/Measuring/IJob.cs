namespace Counterpoise.Benchmarks.Measuring;

/// <summary>What a worker does when it is its turn.</summary>
internal interface IJob : IDisposable
{
    /// <param name="turn">Which of its works to do.</param>
    Turn Run(string turn);
}
