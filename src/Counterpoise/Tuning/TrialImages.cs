using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Runs;

namespace Counterpoise.Tuning;

/// <summary>The images that trials are trained on: opened once, and again only where a trial wants them otherwise, in another size for instance, or with random views of other ones.</summary>
/// <param name="open">Opens the data of a training.</param>
internal sealed class TrialImages(Func<TrainingPlan, ImageData> open) : IDisposable
{
    private (OpenOptions How, DataSettings? Viewed, ImageData Images)? opened;
    private (DataSettings Settings, TrainingData Data)? prepared;

    /// <summary>Whether the data of a training has a validation part of its own.</summary>
    public bool HaveValidation(TrainingPlan run) => Opened(run).Validation is not null;

    /// <summary>The data of a training; that of the one before is no longer used.</summary>
    /// <exception cref="UsageException">A class would be left without a training image.</exception>
    public TrainingData Prepare(TrainingPlan run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ImageData images = Opened(run);
        if (prepared?.Settings != run.Recipe.Data)
        {
            prepared = (run.Recipe.Data, TrainingData.Prepare(images, run.Recipe.Data));
        }

        return prepared.Value.Data;
    }

    private ImageData Opened(TrainingPlan run)
    {
        DataSettings? viewed = run.Recipe.Data.Views > 0 ? run.Recipe.Data : null; // They decide which images have views.
        if (opened is not { } own || own.How != run.OpenOptions || own.Viewed != viewed)
        {
            Dispose();
            opened = (run.OpenOptions, viewed, open(run));
        }

        return opened.Value.Images;
    }

    /// <summary>Closes the images.</summary>
    public void Dispose()
    {
        prepared = null;
        opened?.Images.Dispose();
        opened = null;
    }
}
