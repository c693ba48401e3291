using System.CommandLine;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
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
    private const string Runs = "runs";

    internal static Command Create()
    {
        var options = new TrainOptions();
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The run folder, exactly [default: runs/<data>-<method>-<model>-seed<seed>]",
            HelpName = "folder",
        };
        var from = new Option<string?>("--from")
        {
            Description =
                "A finished run to start a second phase from, of the same settings without the method that has it [default: train the first phase]",
            HelpName = "run",
        };
        from.Takes("a run folder", Thing.Run);
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print the resolved recipe, class counts, expected memory and time; train nothing",
        };
        var command = new Command("train", "Train a classifier and test it; the run folder holds everything.");
        command.Add(options.Recipe.File);
        command.Add([options.Recipe.Method, .. options.All, options.Recipe.Tau, from, output]);
        command.Add([options.Record.KeepEvery, options.Record.TensorBoard, dryRun]);
        command.SetAction(parsed =>
            Run(parsed, options, parsed.GetValue(output), parsed.GetValue(from), parsed.GetValue(dryRun))
        );
        return command;
    }

    private static int Run(ParseResult parsed, TrainOptions options, string? path, string? fromPath, bool dryRun)
    {
        bool json = parsed.GetValue(options.Json);
        Ranks ranks = MpiLaunch.Join();
        TextWriter said = Messages.Writer(json, ranks.IsFirst);
        string[] methods = parsed.GetValue(options.Recipe.Method) is { } named ? [named] : [];
        List<string> decided = [];
        Recipe start = StartingRecipe.Of(parsed, options, methods, ranks, decided.Add);
        Recipe recipe = SeveralRanks.WithGroups(options.Recipe.RecipeOf(parsed, start), ranks);
        Allocator.KeepFreedMemory();
        TrainingPlan run = options.Specify(parsed, recipe);
        using ImageData images = ReopenedData.Open(run, path ?? Path.Combine(Runs, "new"), ranks: ranks);
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        foreach (string note in data.Notes.Concat(decided).Concat(Trainer.Check(recipe, data)))
        {
            said.WriteLine(note);
        }

        if (dryRun)
        {
            SeveralRanks.RequireAlone(ranks, "--dry-run");
            DryRun.Print(run, data, json);
            return 0;
        }

        string output =
            path ?? Path.Combine(Runs, $"{data.Name}-{recipe.MethodNames}-{recipe.Model}-seed{recipe.Seed}");
        using RunFolder? from = fromPath is null ? null : RunFolder.Open(fromPath, write: false);
        if (from is not null)
        {
            FirstPhase.Check(recipe, data, from);
        }

        using var session = TrainingSession.Start(run, data, output, CommandLine(), options.Changes(parsed), ranks);
        RunFolder folder = session.Folder;
        if (from is not null && ranks.IsFirst && folder.Checkpoints.Count == 0)
        {
            FirstPhase.Copy(recipe, data, folder, from);
        }

        if (session.IsFinished)
        {
            said.WriteLine($"{output} holds this run already, finished; nothing is trained again.");
            TrainingConsole.PrintResult(folder, json, ranks);
            return 0;
        }

        ITrainingObserver[] others = ranks.IsFirst ? options.Record.Observers(parsed, folder, data) : [];
        return TrainingConsole.Go(session, data, ranks, json, others);
    }

    internal static string CommandLine() =>
        "counterpoise " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(ShellWord.Quoted));
}
