using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>The data of a run that is used once more.</summary>
internal static class RunData
{
    /// <summary>Opens it, with progress on a terminal.</summary>
    /// <remarks>The first rank opens it before others do: opening may unpack or pack files, which they then find.</remarks>
    internal static ImageData Open(RunSpecification run, Ranks? ranks = null)
    {
        ranks ??= Ranks.Alone;
        IProgress<(int Done, int Total)>? progress = ranks.IsFirst ? ReadingProgress.OnTerminal : null;
        return ranks.FirstThenOthers(() =>
            ImageDataSource.Open(run.Source, run.OpenOptions with { Progress = progress })
        );
    }

    /// <summary>Prepares it as in the run's training, checks that it is the same, and tells what there is to know of it.</summary>
    internal static TrainingData Prepare(RunFolder folder, RunSpecification run, ImageData images, TextWriter said)
    {
        TrainingData data = TrainingData.Prepare(images, run.Recipe.Data);
        RunSpecification.RequireSameData(folder, data, run.Source);
        foreach (string note in data.Notes)
        {
            said.WriteLine(note);
        }

        return data;
    }
}
