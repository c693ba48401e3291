using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
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
        run.Takes("a run folder", Thing.Run);
        var data = new Option<string?>("--data")
        {
            Description =
                "Data with the run's classes, or some of them: its test part is used, or all of it where it has none [default: the run's own data]",
            HelpName = "path",
        };
        data.Takes("images", Thing.Images);
        var opening = new DataOptions();
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A checkpoint of the run [default: the last one]",
            HelpName = "file",
        };
        Option<bool> json = JsonOption.Create();
        var command = new Command("evaluate", "Test the network of a run.") { run, data, checkpoint, json };
        command.Add(opening.OfListing);
        command.Add(opening.SkipUnreadable);
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(run),
                (parsed.GetValue(data), opening.Listing(parsed), parsed.GetValue(opening.SkipUnreadable)),
                parsed.GetValue(checkpoint),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static int Run(
        string path,
        (string? Data, ListingOptions Listing, bool SkipUnreadable) given,
        string? checkpoint,
        bool json
    )
    {
        Allocator.KeepFreedMemory();
        using RunFolder folder = RunFolder.Open(path, write: false);
        var run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice);
        bool isOwn = given.Data is null;
        string source = given.Data ?? run.Source;
        if (
            isOwn
            && (
                given.SkipUnreadable || given.Listing with { TestData = null, ImageRoot = null } != new ListingOptions()
            )
        )
        {
            throw new UsageException(
                "the run's own data is read as it was in training; give options on how data is read together with --data alone."
            );
        }

        TextWriter said = Messages.Writer(json);
        using ImageData images = ReopenedData.Open(
            ReopenedData.WithoutViews(run) with
            {
                Source = source,
            },
            path,
            options =>
                options with
                {
                    // How the run's own data is listed says nothing of other data.
                    Listing = isOwn
                        ? run.Listing with
                        {
                            TestData = given.Listing.TestData ?? run.Listing.TestData,
                            ImageRoot = given.Listing.ImageRoot ?? run.Listing.ImageRoot,
                        }
                        : given.Listing,
                    TestsAll = !isOwn,
                    SkipUnreadable = isOwn ? run.SkipUnreadable : given.SkipUnreadable,
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

        IImageSource tested = isOwn
            ? images.Test
            : RelabelledImages.Of(images.Test, TrainingPlan.ClassesOf(folder), source);
        string file = checkpoint ?? CheckpointEvaluation.LastCheckpoint(folder);
        ClassificationMetrics metrics = CheckpointEvaluation.Evaluate(folder, tested, file);
        if (json)
        {
            JsonObject content = metrics.ToJson();
            content["run"] = path;
            content["checkpoint"] = file;
            content["data"] = source;
            content["images"] = tested.Count;
            JsonObserver.WriteEvent("evaluated", content);
            return 0;
        }

        Console.WriteLine($"{file} on the {tested.Count} test images of {source}");
        ResultTable.PrintClasses(tested.Classes, TrainingPlan.ClassCountsOf(folder), metrics.PerClassAccuracy);
        ResultTable.PrintAccuracies(metrics.ToJson());
        return 0;
    }
}
