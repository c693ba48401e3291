using System.CommandLine;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
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
        run.Takes("a run folder", Thing.Run);
        var moved = DataOptions.Moved();
        var execution = ExecutionOptions.AsBefore();
        var record = new RecordOptions();
        Option<bool> json = JsonOption.Create();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print the recipe, class counts, expected memory and time of the whole run; train nothing",
        };
        var command = new Command("resume", "Go on with a run that was interrupted or killed.") { run };
        command.Add([moved.Data, moved.TestData, moved.ImageRoot]);
        command.Add(execution.All);
        command.Add([record.KeepEvery, record.TensorBoard, dryRun, json]);
        command.SetAction(parsed =>
        {
            var changes = new ResumeOptions
            {
                Source = parsed.GetValue(moved.Data),
                TestData = parsed.GetValue(moved.TestData),
                ImageRoot = parsed.GetValue(moved.ImageRoot),
                Threads = parsed.GetValue(execution.Threads),
                Device = execution.GivenDevice(parsed),
                KeepEvery = parsed.GetValue(record.KeepEvery),
            };
            return Run(
                parsed,
                parsed.GetRequiredValue(run),
                changes,
                record,
                parsed.GetValue(dryRun),
                parsed.GetValue(json)
            );
        });
        return command;
    }

    private static int Run(
        ParseResult parsed,
        string path,
        ResumeOptions changes,
        RecordOptions record,
        bool dryRun,
        bool json
    )
    {
        Allocator.KeepFreedMemory();
        Ranks ranks = MpiLaunch.Join();
        TextWriter said = Messages.Writer(json, ranks.IsFirst);
        using var session = TrainingSession.Resume(path, changes, ranks);
        RunFolder folder = session.Folder;
        if (session.IsFinished)
        {
            said.WriteLine($"{path} is finished; nothing is left to train.");
            TrainingConsole.PrintResult(folder, json, ranks);
            return 0;
        }

        using ImageData images = ReopenedData.Open(session.Run, path, ranks: ranks);
        TrainingData data = ReopenedData.Prepare(folder, session.Run, images, said);
        if (dryRun)
        {
            SeveralRanks.RequireAlone(ranks, "--dry-run");
            foreach (string warning in Trainer.Check(session.Run.Recipe, data))
            {
                said.WriteLine(warning);
            }

            DryRun.Print(session.Run, data, json);
            return 0;
        }

        ITrainingObserver[] others = ranks.IsFirst ? record.Observers(parsed, folder, data) : [];
        return TrainingConsole.Go(session, data, ranks, json, others);
    }
}
