using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Metrics;
using Counterpoise.Results;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>evaluate</c>: tests the network of a run again, or on other images of the same classes.</summary>
internal static class EvaluateVerb
{
    internal static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run folder" };
        var data = new Option<string?>("--data")
        {
            Description = "Data with the same classes, whose test part is used [default: the run's own data]",
            HelpName = "path",
        };
        var opening = new DataOptions();
        Option<string?> testData = opening.TestData;
        Option<string?> imageRoot = opening.ImageRoot;
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A checkpoint of the run [default: the last one]",
            HelpName = "file",
        };
        Option<bool> json = JsonOption.Create();
        var command = new Command("evaluate", "Test the network of a run.")
        {
            run,
            data,
            testData,
            imageRoot,
            checkpoint,
            json,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(run),
                (parsed.GetValue(data), parsed.GetValue(testData), parsed.GetValue(imageRoot)),
                parsed.GetValue(checkpoint),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static int Run(
        string path,
        (string? Data, string? TestData, string? ImageRoot) given,
        string? checkpoint,
        bool json
    )
    {
        Allocator.KeepFreedMemory();
        using RunFolder folder = RunFolder.Open(path, write: false);
        var run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice);
        bool isOwn = given.Data is null;
        string source = given.Data ?? run.Source;
        TextWriter said = Messages.Writer(json);
        using ImageData images = ImageDataSource.Open(
            source,
            ReadingProgress.Told(run.OpenOptions) with
            {
                // Where the lists of the run's own data lead says nothing of other data.
                TestData = given.TestData ?? (isOwn ? run.TestData : null),
                ImageRoot = given.ImageRoot ?? (isOwn ? run.ImageRoot : null),
            }
        );
        foreach (string note in images.Notes)
        {
            said.WriteLine(note);
        }

        if (isOwn)
        {
            // A folder without a test part is split by what it holds: after a change, training images could be tested on.
            TrainingPlan.RequireSameData(folder, TrainingData.Prepare(images, run.Recipe.Data), source);
        }

        string file = checkpoint ?? CheckpointEvaluation.LastCheckpoint(folder);
        ClassificationMetrics metrics = CheckpointEvaluation.Evaluate(folder, images.Test, file);
        if (json)
        {
            JsonObject content = metrics.ToJson();
            content["run"] = path;
            content["checkpoint"] = file;
            content["data"] = source;
            content["images"] = images.Test.Count;
            JsonObserver.WriteEvent("evaluated", content);
            return 0;
        }

        Console.WriteLine($"{file} on the {images.Test.Count} test images of {source}");
        ResultTable.PrintClasses(images.Test.Classes, TrainingPlan.ClassCountsOf(folder), metrics.PerClassAccuracy);
        ResultTable.PrintAccuracies(metrics.ToJson());
        return 0;
    }
}
