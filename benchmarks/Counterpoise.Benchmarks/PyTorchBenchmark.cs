using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Networks;
using Counterpoise.Runtime;

namespace Counterpoise.Benchmarks;

/// <summary>A whole epoch of ours against one of Python's PyTorch with the usual recipe, on the same files.</summary>
internal sealed class PyTorchBenchmark : IBenchmark
{
    private const int UsualRounds = 3;
    private const string Speed = "images/s";

    public string Name => "pytorch";

    public string Summary =>
        "an epoch of long-tailed CIFAR-10's size (generated images) against Python's PyTorch with torchvision";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        if (PyTorchPeer.Version is not { } version)
        {
            Console.Error.WriteLine(PyTorchPeer.HowToInstall);
            return Figures([], [], [], []);
        }

        Console.Error.WriteLine($"comparing with PyTorch {version}");

        using var folder = new TemporaryFolder();
        Workload workload = options.Workload;
        GeneratedImages.WriteCifar(folder.Path, workload.EpochCounts, workload.TestImages);
        WorkerSettings settings = WorkerSettings.Of(options) with { Data = folder.Path };
        using StagedNetwork network = NetworkCatalogue.Find(workload.Model).Create(settings.Classes, new Draws(0));
        Worker Peer(bool tuned) =>
            PyTorchPeer.Start(
                folder.Path,
                workload.Depth,
                workload.Recipe("erm").Training,
                options.Threads,
                network.ParameterCount,
                tuned
            );
        using Worker peerWorker = Peer(tuned: false);
        using Worker tunedWorker = Peer(tuned: true);
        using Worker ourWorker = Worker.Start(EpochJob.Name, settings);
        using Worker? fp32Worker =
            options.Execution.Precision == Precision.Fp32
                ? null
                : Worker.Start(EpochJob.Name, settings with { Precision = Precision.Fp32 });
        var peer = new Contestant("PyTorch's epoch", () => peerWorker.Run(EpochJob.Epoch));
        var tuned = new Contestant("PyTorch's tuned epoch", () => tunedWorker.Run(EpochJob.Epoch));
        var ours = new Contestant("our epoch", () => ourWorker.Run(EpochJob.Epoch));
        Contestant fp32 = fp32Worker is null ? ours : new("our fp32 epoch", () => fp32Worker.Run(EpochJob.Epoch));
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [tuned, ours, peer, fp32]);
        return Figures(ours.PerSecond, fp32.PerSecond, peer.PerSecond, tuned.PerSecond);
    }

    private static Figure[] Figures(
        IEnumerable<double> ours,
        IEnumerable<double> fp32,
        IEnumerable<double> peer,
        IEnumerable<double> tuned
    ) =>
        [
            Figure.Ratio("faster_than_pytorch", Figure.TimesAsFast, ours, peer),
            Figure.Ratio("fp32_faster_than_pytorch", Figure.TimesAsFast, fp32, peer),
            Figure.Ratio("faster_than_tuned_pytorch", Figure.TimesAsFast, ours, tuned),
            Figure.Ratio("fp32_faster_than_tuned_pytorch", Figure.TimesAsFast, fp32, tuned),
            new Figure("images_per_second", Speed, ours),
            new Figure("fp32_images_per_second", Speed, fp32),
            new Figure("pytorch_images_per_second", Speed, peer),
            new Figure("tuned_pytorch_images_per_second", Speed, tuned),
        ];
}
