using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary>The data of a run that is used once more.</summary>
internal static class ReopenedData
{
    /// <summary>Opens it, with progress on a terminal.</summary>
    /// <remarks>The first rank opens it before others do: opening may unpack or pack files, which they then find.</remarks>
    internal static ImageData Open(TrainingPlan run, Ranks? ranks = null)
    {
        ranks ??= Ranks.Alone;
        OpenOptions options = ranks.IsFirst ? ReadingProgress.Told(run.OpenOptions) : run.OpenOptions;
        return ranks.FirstThenOthers(() => ImageDataSource.Open(run.Source, options));
    }

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
        var run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice with { Source = moved });
        using ImageData images = Open(run);
        return use(Prepare(folder, run, images, said));
    }
}
