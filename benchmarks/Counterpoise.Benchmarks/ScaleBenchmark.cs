using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Benchmarks;

/// <summary>How time and memory grow with classes, examples and epochs, for what the tool trains by default.</summary>
internal sealed class ScaleBenchmark : IBenchmark
{
    private const int UsualRounds = 3;
    private const int ClassesOfLabels = 1000;

    public string Name => "scale";

    public string Summary =>
        "steps with up to 8142 classes, set-up of epochs up to 10^7 examples, memory over 30 epochs";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        int rounds = options.RoundsOr(UsualRounds);
        return [.. Memory(options, rounds), .. Classes(options, rounds), .. Examples(options, rounds)];
    }

    /// <summary>Resident memory at the end of a training, and how much of it came after the second epoch.</summary>
    private static Figure[] Memory(BenchmarkOptions options, int trainings)
    {
        int epochs = options.Quick ? 4 : 30;
        List<double> resident = [];
        List<double> growth = [];
        for (int training = 1; training <= trainings; training++)
        {
            using Worker worker = Worker.Start(EpochJob.Name, Settings(options));
            Turn[] turns = [.. Enumerable.Range(0, epochs).Select(_ => worker.Run(EpochJob.Epoch))];
            resident.Add(turns[^1].ResidentMb);
            growth.Add(100 * ((turns[^1].ResidentMb / turns[1].ResidentMb) - 1));
            Console.Error.WriteLine(
                $"training {training} of {trainings}: {turns[1].ResidentMb:F0} MB after epoch 2, "
                    + $"{resident[^1]:F0} MB after epoch {epochs}"
            );
        }

        return
        [
            new Figure("resident_mb", $"MB after {epochs} epochs", resident),
            new Figure("memory_growth", $"% from epoch 2 to epoch {epochs}", growth),
        ];
    }

    /// <summary>A step with more and more classes, each in a process of its own so that its memory is its own.</summary>
    private static Figure[] Classes(BenchmarkOptions options, int rounds)
    {
        int[] classes = options.Quick ? [10, 100] : [10, 100, 1000, 8142];
        List<Worker> workers = [];
        try
        {
            foreach (int count in classes)
            {
                workers.Add(Worker.Start(OurJob.Name, Settings(options) with { Classes = count }));
            }

            Contestant[] steps =
            [
                .. workers.Zip(
                    classes,
                    (worker, count) => new Contestant($"steps with {count} classes", () => worker.Run(OurJob.Train))
                ),
            ];
            Contestant.TakeTurns(rounds, steps);
            return
            [
                .. classes.Zip(
                    steps,
                    (count, contestant) =>
                        new Figure(
                            $"step_ms_{count}_classes",
                            "ms",
                            contestant.Milliseconds.Select(time => time / options.Workload.StepsPerTurn)
                        )
                ),
                .. classes.Zip(
                    steps,
                    (count, contestant) =>
                        new Figure(
                            $"resident_mb_{count}_classes",
                            "MB",
                            contestant.Turns.Select(turn => turn.ResidentMb)
                        )
                ),
            ];
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    /// <summary>What is done once an epoch for every example, whatever its image: counting classes and drawing the order.</summary>
    private static IEnumerable<Figure> Examples(BenchmarkOptions options, int rounds)
    {
        int[] examples = options.Quick ? [10_000] : [10_000, 100_000, 1_000_000, 10_000_000];
        Contestant[] setUps = [.. examples.Select(SetUp)];
        Contestant.TakeTurns(rounds, setUps);
        return examples.Zip(setUps, (count, setUp) => new Figure($"epoch_setup_ms_{count}", "ms", setUp.Milliseconds));
    }

    private static Contestant SetUp(int examples)
    {
        int[] labels = [.. Enumerable.Range(0, examples).Select(i => i % ClassesOfLabels)];
        int epoch = 0;
        return new Contestant(
            $"set-up of {examples} examples",
            () =>
                Turn.Measure(
                    examples,
                    () =>
                    {
                        int[] counts = new int[ClassesOfLabels];
                        foreach (int label in labels)
                        {
                            counts[label]++;
                        }

                        _ = new InstanceSampler().Streams(labels, new Draws(0), epoch++);
                    }
                )
        );
    }

    private static WorkerSettings Settings(BenchmarkOptions options) =>
        WorkerSettings.Of(options) with
        {
            Methods = Recipe.Default.MethodNames,
        };
}
