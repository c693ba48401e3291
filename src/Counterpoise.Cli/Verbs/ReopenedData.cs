using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using Counterpoise.Features;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary>The data of a run that is used once more.</summary>
internal static class ReopenedData
{
    private const string FeatureFolder = "features";

    /// <summary>Opens it, with progress on a terminal.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The run folder; features are kept beside it.</param>
    /// <param name="change">Changes how it is opened; null for nothing.</param>
    /// <param name="ranks">Those that train together; null for this process alone.</param>
    /// <remarks>The first rank opens it before others do: opening may unpack or pack files, or compute features, which they then find.</remarks>
    internal static ImageData Open(
        TrainingPlan run,
        string folder,
        Func<OpenOptions, OpenOptions>? change = null,
        Ranks? ranks = null
    )
    {
        ranks ??= Ranks.Alone;
        OpenOptions options = change is null ? run.OpenOptions : change(run.OpenOptions);
        options = ranks.IsFirst ? ReadingProgress.Told(options) : options;
        string beside = Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder;
        return ranks.FirstThenOthers(() =>
            WithFeatures(ImageDataSource.Open(run.Source, options), run, folder, Path.Combine(beside, FeatureFolder))
        );
    }

    private static ImageData WithFeatures(ImageData images, TrainingPlan run, string folder, string kept)
    {
        DataSettings settings = run.Recipe.Data;
        if (settings.Features.Length == 0)
        {
            return images;
        }

        try
        {
            FrozenNetwork frozen = FeatureExtractors.Find(settings);
            if (run.FeaturesIdentity is { } identity)
            {
                frozen.Require(identity, folder);
            }

            using var extractor = new OnnxExtractor(frozen, run.Execution.Threads);
            ImageData vectors = Stoppable.Run(stop =>
                new FeatureCache(kept, extractor, ReadingProgress.Lines).Of(
                    images,
                    settings,
                    ReadingProgress.OfFeatures,
                    stop
                )
            );
            return vectors with { FeaturesIdentity = extractor.Identity, Notes = [.. vectors.Notes, .. frozen.Notes] };
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>The run as what was trained is looked at, on images as they are: random views are for training alone.</summary>
    internal static TrainingPlan WithoutViews(TrainingPlan run) =>
        run with
        {
            Recipe = run.Recipe with { Data = run.Recipe.Data with { Views = 0 } },
        };

    /// <summary>Prepares it as in the run's training, checks that it is the same, and tells what there is to know of it.</summary>
    internal static TrainingData Prepare(RunFolder folder, TrainingPlan run, ImageData images, TextWriter said)
    {
        TrainingData data = TrainingData.Prepare(images, run.Recipe.Data);
        TrainingPlan.RequireSameData(folder, data, run.Source);
        foreach (string note in data.Notes)
        {
            said.WriteLine(note);
        }

        return data;
    }

    /// <summary>Opens and prepares it for as long as it is used.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="moved">Where the images are now; null where they were.</param>
    /// <param name="said">Where notes on the data are told.</param>
    /// <param name="use">Uses it.</param>
    internal static T Use<T>(RunFolder folder, string? moved, TextWriter said, Func<TrainingData, T> use)
    {
        Allocator.KeepFreedMemory();
        TrainingPlan run = WithoutViews(TrainingPlan.Of(folder, ResumeOptions.AnyDevice with { Source = moved }));
        using ImageData images = Open(run, folder.Path);
        return use(Prepare(folder, run, images, said));
    }
}
