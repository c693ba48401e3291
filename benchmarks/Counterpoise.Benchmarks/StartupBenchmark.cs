using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;

namespace Counterpoise.Benchmarks;

/// <summary>How long the tool takes before it does what it was asked for, published as users get it.</summary>
internal sealed class StartupBenchmark : IBenchmark
{
    private const int UsualRounds = 10;

    public string Name => "startup";

    public string Summary => "from the start of the tool's process to its help text, and to its first training step";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        using var folder = new TemporaryFolder();
        if (options.Quick)
        {
            Console.Error.WriteLine("--quick: the built tool is measured, nothing is published");
        }

        Tool tool = options.Quick ? Tool.Built : Tool.Publish(folder.Path);
        int run = 0;
        var help = new Contestant("help", () => Turn.Measure(1, tool.Help));
        var firstStep = new Contestant(
            "first step",
            () => Turn.Measure(1, () => tool.TrainOneStep(options, folder[$"run{run++}"]))
        );
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [help, firstStep]);
        return
        [
            new Figure("help_ms", "ms", help.Milliseconds),
            new Figure("first_step_ms", "ms", firstStep.Milliseconds),
        ];
    }
}
