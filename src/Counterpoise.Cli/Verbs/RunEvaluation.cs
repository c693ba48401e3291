using Counterpoise.Basics;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Metrics;
using Counterpoise.Results;
using Counterpoise.Results.Export;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary>Classifies labelled images with the network of a run: its own test images, or those of other data.</summary>
/// <param name="Data">Other data, of which the test part is used, or all where it has none; null for the run's own.</param>
/// <param name="Listing">How it is listed.</param>
/// <param name="SkipUnreadable">Whether unreadable files in it are left out.</param>
/// <param name="Checkpoint">The checkpoint; null for the last one.</param>
internal sealed record RunEvaluation(string? Data, ListingOptions Listing, bool SkipUnreadable, string? Checkpoint)
{
    private bool IsOwn => Data is null;

    /// <param name="path">The run folder.</param>
    /// <param name="told">Takes what there is to know of the data.</param>
    internal EvaluatedRun Of(string path, TextWriter told)
    {
        Allocator.KeepFreedMemory();
        using RunFolder folder = RunFolder.Open(path, write: false);
        var run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice);
        string source = Data ?? run.Source;
        using ImageData images = Open(path, run, source);
        foreach (string note in images.Notes)
        {
            told.WriteLine(note);
        }

        if (IsOwn)
        {
            // A folder without a test part is split by what it holds: after a change, training images could be tested on.
            TrainingPlan.RequireSameData(folder, TrainingData.Prepare(images, run.Recipe.Data), source);
        }

        IImageSource tested = IsOwn
            ? images.Test
            : RelabelledImages.Of(images.Test, TrainingPlan.ClassesOf(folder), source);
        string file = Checkpoint ?? CheckpointEvaluation.LastCheckpoint(folder);
        return new EvaluatedRun(
            path,
            file,
            source,
            CheckpointEvaluation.Classify(folder, tested, file, images.TestGroups),
            ClassifierDescription.Of(folder)
        );
    }

    private ImageData Open(string path, TrainingPlan run, string source)
    {
        if (IsOwn && (SkipUnreadable || Listing with { TestData = null, ImageRoot = null } != new ListingOptions()))
        {
            throw new UsageException(
                "the run's own data is read as it was in training; give options on how data is read together with --data alone."
            );
        }

        return ReopenedData.Open(
            ReopenedData.WithoutViews(run) with
            {
                Source = source,
            },
            path,
            options =>
                options with
                {
                    // How the run's own data is listed says nothing of other data.
                    Listing = IsOwn
                        ? run.Listing with
                        {
                            TestData = Listing.TestData ?? run.Listing.TestData,
                            ImageRoot = Listing.ImageRoot ?? run.Listing.ImageRoot,
                        }
                        : Listing,
                    TestsAll = !IsOwn,
                    SkipUnreadable = IsOwn ? run.SkipUnreadable : SkipUnreadable,
                }
        );
    }
}
