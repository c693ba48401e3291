using System.CommandLine;
using Counterpoise.Data;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>resume</c>: goes on with an interrupted or killed run and ends with the bits it would have ended with.</summary>
internal static class ResumeVerb
{
    internal static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run folder" };
        var data = new Option<string?>("--data")
        {
            Description = "Where the images are now, if they have moved [default: where they were]",
            HelpName = "path",
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads of the computation; another number changes the last bits [default: as before]",
            HelpName = "number",
        };
        var keepEvery = new Option<int?>("--keep-every")
        {
            Description = "Keep the checkpoint of every so many epochs, besides the last two [default: none]",
            HelpName = "epochs",
        };
        var json = new Option<bool>("--json")
        {
            Description = "One JSON object a line on standard output, everything else on standard error",
        };
        var command = new Command("resume", "Go on with a run that was interrupted or killed.")
        {
            run,
            data,
            threads,
            keepEvery,
            json,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(run),
                parsed.GetValue(data),
                parsed.GetValue(threads),
                parsed.GetValue(keepEvery),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static int Run(string path, string? movedData, int? threads, int? keepEvery, bool json)
    {
        Allocator.KeepFreedMemory();
        using RunFolder folder = RunFolder.Open(path, write: true);
        if (folder.Result is not null)
        {
            (json ? Console.Error : Console.Out).WriteLine($"{path} is finished; nothing is left to train.");
            TrainingRun.PrintResult(folder, json);
            return 0;
        }

        Recipe recipe = RecipeText.Parse(folder.Recipe, Path.Combine(path, "recipe.toml"));
        Execution execution = Execution.Resolve(
            threads ?? Described<int>(folder, "threads"),
            Described<string>(folder, "device"),
            Enum.Parse<Precision>(Described<string>(folder, "precision"), ignoreCase: true)
        );
        string source = movedData ?? Described<string>(folder, "data");
        bool skip = Described<bool>(folder, "skip_unreadable");
        using ImageData images = ImageDataSource.Open(source, TrainVerb.OpenOptionsOf(recipe, skip));
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        if (data.Fingerprint != Described<string>(folder, "fingerprint"))
        {
            throw new CounterpoiseException(
                $"{source} is not the data that {path} was trained on: the images, labels or class names differ; give the original with --data."
            );
        }

        return TrainingRun.Go(recipe, data, folder, execution, keepEvery, json);
    }

    private static T Described<T>(RunFolder folder, string key) =>
        folder.Description[key] is { } value
            ? value.GetValue<T>()
            : throw new CounterpoiseException(
                $"{Path.Combine(folder.Path, "run.json")} lacks '{key}'; the run cannot be resumed."
            );
}
