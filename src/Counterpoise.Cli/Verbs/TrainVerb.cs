using System.CommandLine;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>train</c>: a recipe and a data set in, a run folder out.</summary>
internal static class TrainVerb
{
    internal static Command Create()
    {
        var options = new TrainOptions();
        var command = new Command("train", "Train a classifier and test it; the run folder holds everything.");
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options));
        return command;
    }

    private static int Run(ParseResult parsed, TrainOptions options)
    {
        bool json = parsed.GetValue(options.Json);
        Ranks ranks = RankLaunch.Join();
        TextWriter said = RankedRun.Said(ranks, json);
        Recipe recipe = RankedRun.WithGroups(options.RecipeOf(parsed), ranks);
        Allocator.KeepFreedMemory();
        RunSpecification run = options.Specify(parsed, recipe);
        using ImageData images = RunData.Open(run, ranks);
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        foreach (string note in data.Notes.Concat(Trainer.Check(recipe, data)))
        {
            said.WriteLine(note);
        }

        if (parsed.GetValue(options.DryRun))
        {
            RankedRun.RequireAlone(ranks, "--dry-run");
            DryRun.Print(run, data, json);
            return 0;
        }

        string output =
            parsed.GetValue(options.Output)
            ?? Path.Combine("runs", $"{data.Name}-{recipe.MethodNames}-{recipe.Model}-seed{recipe.Seed}");
        using RunFolder? from = parsed.GetValue(options.From) is { } path ? RunFolder.Open(path, write: false) : null;
        if (from is not null)
        {
            FirstPhase.Check(recipe, data, from);
        }

        using RunFolder folder = RankedRun.Open(ranks, output, () => run.OpenOrCreate(output, data, CommandLine()));
        if (from is not null && ranks.IsFirst && folder.Checkpoints.Count == 0)
        {
            FirstPhase.Copy(recipe, data, folder, from);
        }

        if (folder.Result is not null)
        {
            said.WriteLine($"{output} holds this run already, finished; nothing is trained again.");
            TrainingRun.PrintResult(folder, json, ranks);
            return 0;
        }

        // A run that is gone on with computes as it was started, unless told otherwise.
        bool IsChosen(Option option) => parsed.GetResult(option) is { Implicit: false };
        RunSpecification before = RunSpecification.Of(
            folder,
            parsed.GetValue(options.Threads),
            IsChosen(options.Device) ? run.Execution.Device : null
        );
        run = before with
        {
            KeepEvery = run.KeepEvery ?? before.KeepEvery,
            StatisticsEvery = IsChosen(options.Statistics) ? run.StatisticsEvery : before.StatisticsEvery,
        };
        ITrainingObserver[] others = !ranks.IsFirst
            ? []
            : TrainOptions.ObserversOf(parsed.GetValue(options.TensorBoard), folder, data);
        return TrainingRun.Go(run, data, folder, ranks, json, others);
    }

    internal static string CommandLine() =>
        "counterpoise " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(Quoted));

    /// <summary>A word as a shell takes it.</summary>
    internal static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./=+,:@%".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''")}'";
}
