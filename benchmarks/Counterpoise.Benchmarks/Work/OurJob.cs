using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>Our steps, our evaluation and the processor's peak, in a process with our allocator settings.</summary>
internal sealed class OurJob : IJob
{
    internal const string Name = "ours";
    internal const string Train = "train";
    internal const string TrainFp32 = "train fp32";
    internal const string TrainBf16 = "train bf16";
    internal const string Evaluate = "evaluate";
    internal const string EvaluateFp32 = "evaluate fp32";
    internal const string PeakFp32 = "peak fp32";
    internal const string PeakBf16 = "peak bf16";

    // A training is long: what counts is its speed once the runtime has compiled the kernels for the second time.
    private const int TurnsToWarmUp = 10;

    private readonly WorkerSettings settings;
    private readonly Phase phase;
    private readonly List<IDisposable> made = [];
    private readonly Dictionary<string, Func<Turn>> turns = [];

    internal OurJob(WorkerSettings settings)
    {
        Allocator.KeepFreedMemory();
        set_num_threads(settings.Threads);
        this.settings = settings;
        phase = settings.Workload.Recipe(settings.Methods).Phases[0];
    }

    public Turn Run(string turn)
    {
        if (!turns.TryGetValue(turn, out Func<Turn>? work))
        {
            turns[turn] = work = Prepare(turn);
        }

        return work();
    }

    public void Dispose() => made.ForEach(item => item.Dispose());

    private Func<Turn> Prepare(string turn) =>
        turn switch
        {
            Train => Training(settings.Execution),
            TrainFp32 => Training(settings.Execution with { Precision = Precision.Fp32 }),
            TrainBf16 => Training(settings.Execution with { Precision = Precision.Bf16 }),
            Evaluate => Evaluating(settings.Execution),
            EvaluateFp32 => Evaluating(settings.Execution with { Precision = Precision.Fp32 }),
            PeakFp32 => Keep(new Peak(settings.Quick, ScalarType.Float32)).Run,
            PeakBf16 => Keep(new Peak(settings.Quick, ScalarType.BFloat16)).Run,
            _ => throw new UsageException($"turn '{turn}' is not known."),
        };

    private Func<Turn> Training(Execution execution)
    {
        OurSteps steps = Keep(new OurSteps(settings.Workload, settings.Classes, execution));
        for (int turn = 0; turn < TurnsToWarmUp; turn++)
        {
            steps.Train(phase, settings.Workload.ImagesPerTurn);
        }

        return () => steps.Train(phase, settings.Workload.ImagesPerTurn);
    }

    private Func<Turn> Evaluating(Execution execution)
    {
        Workload workload = settings.Workload;
        StagedNetwork network = Keep(NetworkCatalogue.Find(workload.Model).Create(settings.Classes, new Draws(0)));
        InputPipeline input = Keep(new InputPipeline(Normalisation.Cifar, execution));
        InMemoryImages images = Keep(GeneratedImages.Spread(workload.ImagesPerEvaluation, settings.Classes, seed: 4));
        return () =>
            Turn.Measure(images.Count, () => Classifier.Predict(network, images, input, CancellationToken.None));
    }

    private T Keep<T>(T item)
        where T : IDisposable
    {
        made.Add(item);
        return item;
    }
}
