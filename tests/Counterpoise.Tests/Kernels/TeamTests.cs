using Counterpoise.Kernels;
using TorchSharp;

namespace Counterpoise.Tests.Kernels;

[Collection(CountsTensors.Name)]
public sealed class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_worker_works_once(int threads)
    {
        var work = new Counting();
        WithThreads(threads, () => Team.Run(work));
        Assert.Equal(Enumerable.Range(0, threads), work.Seen.Order());
        Assert.All(work.Counts, count => Assert.Equal(threads, count));
    }

    [Fact]
    public void Linux_workers_are_the_threads_of_libtorch() =>
        Assert.Equal(OperatingSystem.IsLinux(), Team.SharesThreads);

    internal static void WithThreads(int threads, Action action)
    {
        int before = torch.get_num_threads();
        torch.set_num_threads(threads);
        try
        {
            action();
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    private sealed class Counting : ITeamWork
    {
        public List<int> Seen { get; } = [];

        public List<int> Counts { get; } = [];

        public void Run(int worker, int workers)
        {
            lock (Seen)
            {
                Seen.Add(worker);
                Counts.Add(workers);
            }
        }
    }
}
