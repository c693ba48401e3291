using System.CommandLine;
using Counterpoise.Data;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;
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
        Option<string?> testData = TrainOptions.TestDataOption();
        testData.Description = "Where the list to test on is now, if it has moved [default: where it was]";
        Option<string?> imageRoot = TrainOptions.ImageRootOption();
        imageRoot.Description = "Where the images of lists are now, if they have moved [default: where they were]";
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads of the computation; another number changes the last bits [default: as before]",
            HelpName = "number",
        };
        var device = new Option<string?>("--device")
        {
            Description = "auto, cpu or cuda; another one changes the last bits [default: as before]",
            HelpName = "name",
        };
        Option<int?> keepEvery = TrainOptions.KeepEveryOption();
        Option<bool> tensorBoard = TrainOptions.TensorBoardOption();
        Option<bool> json = TrainOptions.JsonOption();
        var command = new Command("resume", "Go on with a run that was interrupted or killed.")
        {
            run,
            data,
            testData,
            imageRoot,
            threads,
            device,
            keepEvery,
            tensorBoard,
            json,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(run),
                (parsed.GetValue(data), parsed.GetValue(testData), parsed.GetValue(imageRoot)),
                parsed.GetValue(threads),
                parsed.GetValue(device),
                parsed.GetValue(keepEvery),
                parsed.GetValue(tensorBoard),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static int Run(
        string path,
        (string? Data, string? TestData, string? ImageRoot) moved,
        int? threads,
        string? device,
        int? keepEvery,
        bool tensorBoard,
        bool json
    )
    {
        Allocator.KeepFreedMemory();
        Ranks ranks = RankLaunch.Join();
        TextWriter said = RankedRun.Said(ranks, json);
        using RunFolder folder = RankedRun.Open(ranks, path, () => RunFolder.Open(path, write: true));
        if (folder.Result is not null)
        {
            said.WriteLine($"{path} is finished; nothing is left to train.");
            TrainingRun.PrintResult(folder, json, ranks);
            return 0;
        }

        RunSpecification run = RunSpecification.Of(folder, threads, device);
        run = run with
        {
            Source = moved.Data ?? run.Source,
            TestData = moved.TestData ?? run.TestData,
            ImageRoot = moved.ImageRoot ?? run.ImageRoot,
            KeepEvery = keepEvery ?? run.KeepEvery,
        };
        using ImageData images = RunData.Open(run, ranks);
        TrainingData data = RunData.Prepare(folder, run, images, said);
        ITrainingObserver[] others = !ranks.IsFirst ? [] : TrainOptions.ObserversOf(tensorBoard, folder, data);
        return TrainingRun.Go(run, data, folder, ranks, json, others);
    }
}
