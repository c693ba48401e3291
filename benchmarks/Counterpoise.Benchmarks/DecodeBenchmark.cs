using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;

namespace Counterpoise.Benchmarks;

/// <summary>How fast image files become batches: streamed and packed, against torchvision with PIL.</summary>
internal sealed class DecodeBenchmark : IBenchmark
{
    private const int UsualRounds = 7;
    private const string Speed = "images/s";

    public string Name => "decode";

    public string Summary =>
        "JPEG files of 500x375 to random crops of 224, against torchvision with two loader processes";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        using var folder = new TemporaryFolder();
        int images = options.Quick ? 16 : 1024;
        JpegFiles.Write(folder.Path, images);
        WorkerSettings settings = WorkerSettings.Of(options) with { Data = folder.Path };
        using Worker ourWorker = Worker.Start(DecodeJob.Name, settings);
        var streamed = new Contestant("streamed", () => ourWorker.Run(DecodeJob.Stream));
        var packed = new Contestant("packed", () => ourWorker.Run(DecodeJob.Packed));
        using Worker? peerWorker = Peer(folder.Path);
        Contestant? peer = peerWorker is null ? null : new("torchvision", () => peerWorker.Run("decode"));
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [streamed, packed, .. peer is null ? [] : new[] { peer }]);
        IEnumerable<double> theirs = peer?.PerSecond ?? [];
        return
        [
            Figure.Ratio("decode_over_torchvision", Figure.TimesAsFast, streamed.PerSecond, theirs),
            Figure.Ratio("packed_over_streamed", Figure.TimesAsFast, packed.PerSecond, streamed.PerSecond),
            new Figure("images_per_second", Speed, streamed.PerSecond),
            new Figure("packed_images_per_second", Speed, packed.PerSecond),
            new Figure("torchvision_images_per_second", Speed, theirs),
            .. Memory(options),
        ];
    }

    /// <summary>Resident memory after a pass over more and more files, each in a process of its own.</summary>
    private static IEnumerable<Figure> Memory(BenchmarkOptions options)
    {
        foreach (int images in options.Quick ? new[] { 32 } : [1_000, 10_000, 100_000])
        {
            using var folder = new TemporaryFolder();
            JpegFiles.Write(folder.Path, images, side: 64);
            using Worker worker = Worker.Start(DecodeJob.Name, WorkerSettings.Of(options) with { Data = folder.Path });
            Turn turn = worker.Run(DecodeJob.StreamSmall);
            Console.Error.WriteLine($"{images} files: {turn.Seconds:F1} s, {turn.ResidentMb:F0} MB");
            yield return new Figure($"resident_mb_{images}_files", "MB", [turn.ResidentMb]);
        }
    }

    private static Worker? Peer(string folder)
    {
        if (PyTorchPeer.Version is not { } version)
        {
            Console.Error.WriteLine(PyTorchPeer.HowToInstall);
            return null;
        }

        Console.Error.WriteLine($"comparing with PyTorch {version}");
        return PyTorchPeer.StartDecoding(folder);
    }
}
