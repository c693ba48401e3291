using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;

namespace Counterpoise.Benchmarks;

/// <summary>The same training on the same processors: one process with a thread for each, against a rank for each.</summary>
internal sealed class RanksBenchmark : IBenchmark
{
    private const int UsualRounds = 3;
    private const int Epochs = 3;

    public string Name => "ranks";

    public string Summary => "one rank with two threads against two ranks with one thread each, under mpirun";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        using var folder = new TemporaryFolder();
        string data = folder["data"];
        Directory.CreateDirectory(data);
        GeneratedImages.WriteCifar(data, options.Workload.EpochCounts, options.Workload.TestImages);
        int run = 0;
        Tool tool = Tool.Built;
        List<double> shares = [];
        Turn Train(int ranks, int threads)
        {
            TrainedEpochs trained = tool.Train(options.Workload, data, folder[$"run{run++}"], Epochs, ranks, threads);
            if (ranks > 1)
            {
                shares.Add(100 * trained.ExchangeSeconds / trained.Turn.Seconds);
            }

            return trained.Turn;
        }

        var one = new Contestant("1 rank, 2 threads", () => Train(1, 2));
        if (!Tool.HasMpirun)
        {
            Console.Error.WriteLine("mpirun is not on the PATH; install it with: apt-get install openmpi-bin");
            Contestant.TakeTurns(options.RoundsOr(UsualRounds), [one]);
            return
            [
                Figure.Missing("two_ranks_over_one", Figure.TimesAsFast),
                Figure.Missing("exchange_share", "%"),
                new Figure("images_per_second", "images/s", one.PerSecond),
                Figure.Missing("two_ranks_images_per_second", "images/s"),
            ];
        }

        var two = new Contestant("2 ranks, 1 thread", () => Train(2, 1));
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [one, two]);
        return
        [
            Figure.Ratio("two_ranks_over_one", Figure.TimesAsFast, two.PerSecond, one.PerSecond),
            new Figure("exchange_share", "%", shares.Skip(1)), // The first was the warm-up.
            new Figure("images_per_second", "images/s", one.PerSecond),
            new Figure("two_ranks_images_per_second", "images/s", two.PerSecond),
        ];
    }
}
