using Counterpoise.Data.Files;

namespace Counterpoise.Data;

/// <summary>A data set as training uses it: a part to train on and a part that is only ever tested on.</summary>
/// <param name="Name">A short name for tables and folders, such as <c>cifar10</c>.</param>
/// <param name="Train">The training images.</param>
/// <param name="Test">The test images; same classes in the same order, same size.</param>
/// <param name="Notes">What the user must be told, one line each: how the test part was made, files skipped.</param>
internal sealed record ImageData(string Name, IImageSource Train, IImageSource Test, IReadOnlyList<string> Notes)
    : IDisposable
{
    /// <summary>The images that the data set itself holds out for choosing settings, beside a test part; null where there are none.</summary>
    public IImageSource? Validation { get; init; }

    /// <summary>The group of every training image, as a number, whose images stay on one side of a split; null for none.</summary>
    public IReadOnlyList<int>? Groups { get; init; }

    /// <summary>The group of every test image, as a number of the test part's own; null for none.</summary>
    public IReadOnlyList<int>? TestGroups { get; init; }

    /// <summary>The training part, the test part and, where there is one, the validation part.</summary>
    public IReadOnlyList<IImageSource> Parts => Validation is null ? [Train, Test] : [Train, Test, Validation];

    /// <summary>What is there and not used. The notes say it, too.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>How its image files become pixels; null where the data has pixels of its own.</summary>
    public ImageReading? Reading { get; init; }

    /// <summary>What tells the frozen network that made features of the images from others; null where there are none.</summary>
    public string? FeaturesIdentity { get; init; }

    /// <summary>The data set's customary normalisation, or null where it comes from the training images.</summary>
    public Normalisation? FixedNormalisation { get; init; }

    /// <summary>The customary normalisation, or else that of the images actually trained on.</summary>
    /// <param name="train">The training images, which may be a part of <see cref="Train"/>.</param>
    public Normalisation NormalisationFor(IImageSource train) => FixedNormalisation ?? Normalisation.Of(train);

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Test.Dispose();
        Validation?.Dispose();
    }
}
