using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Benchmarks;

/// <summary>What mixing costs: a step of every method that fills the mixer slot against a step of plain training.</summary>
internal sealed class MixerBenchmark : IBenchmark
{
    private const int UsualRounds = 15;
    private const string PlainTraining = "erm";

    public string Name => "mfw";

    public string Summary => "a training step of MFW, and of every other method that mixes, against one of ERM";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        Allocator.KeepFreedMemory();
        torch.set_num_threads(options.Threads);
        Workload workload = options.Workload;
        using var steps = new OurSteps(workload, WorkerSettings.Of(options).Classes, options.Execution);
        Contestant Stepping(string method, Phase phase) =>
            new($"{method} step", () => steps.Train(phase, workload.ImagesPerTurn));

        Contestant erm = Stepping(PlainTraining, workload.Recipe(PlainTraining).Phases[0]);
        (string Method, Contestant Steps)[] mixers =
        [
            .. MethodCatalogue
                .All.Where(method => method is IMixer)
                .Select(method => (method.Name, Stepping(method.Name, workload.Recipe(method.Name).Phases[0]))),
        ];
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [erm, .. mixers.Select(mixer => mixer.Steps)]);
        return
        [
            .. mixers.Select(mixer =>
                Figure.Ratio(Key(mixer.Method, "over_erm"), Figure.TimesAsLong, mixer.Steps.Seconds, erm.Seconds)
            ),
            .. mixers.Prepend((PlainTraining, erm)).Select(method => StepTime(method.Item1, method.Item2)),
        ];

        Figure StepTime(string method, Contestant contestant) =>
            new(Key(method, "step_ms"), "ms", contestant.Milliseconds.Select(time => time / workload.StepsPerTurn));
    }

    private static string Key(string method, string suffix) => $"{method.Replace('-', '_')}_{suffix}";
}
