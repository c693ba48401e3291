using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Runs;

namespace Counterpoise.Tuning;

/// <summary>The images that trials are trained on: opened once, and again only where a trial wants them otherwise, in another size for instance, or with random views of other ones.</summary>
/// <param name="open">Opens the data of a training.</param>
internal sealed class TrialImages(Func<TrainingPlan, ImageData> open) : IDisposable
{
    private (OpenOptions How, DataSettings? Features, ImageData Images)? opened;
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
        DataSettings? features = FeaturesOf(run.Recipe.Data);
        if (opened is var (how, kept, images) && how == run.OpenOptions && kept == features)
        {
            return images;
        }

        Dispose();
        ImageData others = open(run);
        opened = (run.OpenOptions, features, others);
        return others;
    }

    /// <summary>What decides which vectors are there: all but what is held out, unless images have views by the class sizes that are left; null for images.</summary>
    private static DataSettings? FeaturesOf(DataSettings settings) =>
        settings.Features.Length == 0 ? null
        : settings.Views > 0 ? settings
        : settings with { HeldOut = 0, HeldOutFolds = 0, HeldOutSplit = 0 };

    /// <summary>Closes the images.</summary>
    public void Dispose()
    {
        prepared = null;
        opened?.Images.Dispose();
        opened = null;
    }
}
