using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Runtime;

namespace Counterpoise.Benchmarks;

/// <summary>How fast images are classified, from pixels in memory to predicted classes.</summary>
internal sealed class EvaluateBenchmark : IBenchmark
{
    private const int UsualRounds = 15;
    private const string Speed = "images/s";

    public string Name => "evaluate";

    public string Summary => "classifying images against a plain TorchSharp port";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        using Worker plainWorker = Worker.Start(PlainPortJob.Name, WorkerSettings.Of(options));
        using Worker ourWorker = Worker.Start(OurJob.Name, WorkerSettings.Of(options));
        var plain = new Contestant("plain port", () => plainWorker.Run(OurJob.Evaluate));
        var ours = new Contestant("ours", () => ourWorker.Run(OurJob.Evaluate));
        Contestant fp32 =
            options.Execution.Precision == Precision.Fp32
                ? ours
                : new("ours in fp32", () => ourWorker.Run(OurJob.EvaluateFp32));
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [ours, fp32, plain]);
        return
        [
            Figure.Ratio("evaluate_over_plain_port", Figure.TimesAsFast, ours.PerSecond, plain.PerSecond),
            Figure.Ratio("fp32_evaluate_over_plain_port", Figure.TimesAsFast, fp32.PerSecond, plain.PerSecond),
            new Figure("images_per_second", Speed, ours.PerSecond),
            new Figure("plain_port_images_per_second", Speed, plain.PerSecond),
        ];
    }
}
