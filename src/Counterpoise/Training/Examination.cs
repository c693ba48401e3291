using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Runtime;

namespace Counterpoise.Training;

/// <summary>Looks at the network between epochs: accuracies alone, or all statistics with pictures of mistakes.</summary>
internal sealed class Examination(
    TrainingData data,
    InputPipeline input,
    TrainingRecorder record,
    Ranks ranks,
    CancellationToken stop
)
{
    /// <summary>Tests the network.</summary>
    internal ExaminationResult Test(StagedNetwork network)
    {
        (ClassificationMetrics test, PredictedImages? said) = Look(network, data.Test, data.TestGroups);
        return HeldOut(network) with { Test = test, SaidOfTest = said };
    }

    /// <summary>Tests the network and takes the statistics, in one pass over the test images and one over the training images.</summary>
    /// <param name="network">The network.</param>
    /// <param name="epoch">Completed epochs.</param>
    internal ExaminationResult Examine(StagedNetwork network, int epoch)
    {
        TrainingStatistics statistics = new StatisticsPass(network, data, input) { Ranks = ranks }.Run(epoch, stop);
        record.SaveExamples(
            statistics.Mistakes.Select(mistake => mistake.Image),
            image => ExamplePicture.Png(data.Test, image)
        );
        return HeldOut(network) with { Test = statistics.Test, SaidOfTest = statistics.Said, Statistics = statistics };
    }

    /// <summary>Classifies images.</summary>
    internal ClassificationMetrics Evaluate(StagedNetwork network, IImageSource images) =>
        ClassificationMetrics.Of(
            Classifier.Predict(network, images, input, stop, ranks),
            images.Labels,
            data.ClassCounts
        );

    private ExaminationResult HeldOut(StagedNetwork network)
    {
        if (data.HeldOut is not { Count: > 0 } images)
        {
            return default;
        }

        (ClassificationMetrics metrics, PredictedImages? said) = Look(network, images);
        return new ExaminationResult { HeldOut = metrics, SaidOfHeldOut = said?.From(data.HeldOutPart) };
    }

    private (ClassificationMetrics Metrics, PredictedImages? Said) Look(
        StagedNetwork network,
        IImageSource images,
        IReadOnlyList<int>? groups = null
    )
    {
        if (!PredictedImages.Fit(images.Count, images.Classes.Count))
        {
            return (Evaluate(network, images), null);
        }

        var said = PredictedImages.Of(images, Classifier.Probabilities(network, images, input, stop, ranks), groups);
        return (said.Metrics(data.ClassCounts), said);
    }
}

/// <summary>What an examination found.</summary>
internal readonly record struct ExaminationResult
{
    /// <summary>On the test images; null where they were not looked at.</summary>
    internal ClassificationMetrics? Test { get; init; }

    /// <summary>On the held-out images, where there are any.</summary>
    internal ClassificationMetrics? HeldOut { get; init; }

    /// <summary>The statistics, where they were taken.</summary>
    internal TrainingStatistics? Statistics { get; init; }

    /// <summary>What is said of every test image; null for very many.</summary>
    internal PredictedImages? SaidOfTest { get; init; }

    /// <summary>What is said of every held-out image.</summary>
    internal PredictedImages? SaidOfHeldOut { get; init; }
}
