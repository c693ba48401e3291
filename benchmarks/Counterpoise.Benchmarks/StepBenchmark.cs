using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Runtime;

namespace Counterpoise.Benchmarks;

/// <summary>
/// One training step as the tool takes it, against the plain port and against what the processor can do at most.
/// </summary>
/// <remarks>
/// The plain port has a process of its own, because the allocator's settings belong to a process. The peaks are measured
/// in the process of our steps.
/// </remarks>
internal sealed class StepBenchmark : IBenchmark
{
    private const int UsualRounds = 9;
    private const string Share = "share of the peak";
    private const string Speed = "GFLOP/s";
    private const string PerStep = "ms";

    public string Name => "step";

    public string Summary => "one training step against a plain TorchSharp port, and against the processor's peak";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        bool defaultIsBf16 = options.Execution.Precision == Precision.Bf16;
        using Worker plainWorker = Worker.Start(PlainPortJob.Name, WorkerSettings.Of(options));
        using Worker keepingWorker = Worker.Start(
            PlainPortJob.Name,
            WorkerSettings.Of(options) with
            {
                KeepsFreedMemory = true,
            }
        );
        using Worker ourWorker = Worker.Start(OurJob.Name, WorkerSettings.Of(options));
        var plain = new Contestant("plain port", () => plainWorker.Run(OurJob.Train));
        var keeping = new Contestant("plain port with our allocator", () => keepingWorker.Run(OurJob.Train));
        var ours = new Contestant("our step", () => ourWorker.Run(OurJob.Train));
        Contestant fp32 = defaultIsBf16 ? new("our fp32 step", () => ourWorker.Run(OurJob.TrainFp32)) : ours;
        var fp32Peak = new Contestant("fp32 peak", () => ourWorker.Run(OurJob.PeakFp32));
        Contestant? bf16Peak = Execution.ComputesInBFloat16
            ? new Contestant("bf16 peak", () => ourWorker.Run(OurJob.PeakBf16))
            : null;
        if (bf16Peak is null)
        {
            Console.Error.WriteLine("the bf16 peak is left out: this processor has neither AVX512_BF16 nor AMX");
        }

        Contestant bf16 = defaultIsBf16 ? ours : new("our bf16 step", () => ourWorker.Run(OurJob.TrainBf16));
        Contestant?[] all = [keeping, plain, ours, fp32, bf16, fp32Peak, bf16Peak];
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), all.OfType<Contestant>());
        double flopsPerImage = FlopCount.Training(options.Workload.Depth, WorkerSettings.Of(options).Classes);
        return
        [
            Figure.Ratio("step_over_plain_port", Figure.TimesAsFast, ours.PerSecond, plain.PerSecond),
            Figure.Ratio("fp32_step_over_plain_port", Figure.TimesAsFast, fp32.PerSecond, plain.PerSecond),
            Figure.Ratio("bf16_step_over_plain_port", Figure.TimesAsFast, bf16.PerSecond, plain.PerSecond),
            Figure.Ratio("allocator_over_plain_port", Figure.TimesAsFast, keeping.PerSecond, plain.PerSecond),
            bf16Peak is not null && defaultIsBf16
                ? Efficiency("bf16_efficiency", ours, bf16Peak, flopsPerImage)
                : Figure.Missing("bf16_efficiency", Share),
            Efficiency("fp32_efficiency", fp32, fp32Peak, flopsPerImage),
            StepTime("step_ms", ours),
            StepTime("fp32_step_ms", fp32),
            StepTime("bf16_step_ms", bf16),
            StepTime("plain_port_step_ms", plain),
            new Figure("step_gflops", Speed, ours.PerSecond.Select(images => images * flopsPerImage / 1e9)),
            new Figure("fp32_peak_gflops", Speed, fp32Peak.PerSecond.Select(flops => flops / 1e9)),
            new Figure("bf16_peak_gflops", Speed, (bf16Peak?.PerSecond ?? []).Select(flops => flops / 1e9)),
        ];

        Figure StepTime(string name, Contestant contestant) =>
            new(name, PerStep, contestant.Milliseconds.Select(time => time / options.Workload.StepsPerTurn));
    }

    private static Figure Efficiency(string name, Contestant steps, Contestant peak, double flopsPerImage) =>
        Figure.Ratio(name, Share, steps.PerSecond.Select(images => images * flopsPerImage), peak.PerSecond);
}
