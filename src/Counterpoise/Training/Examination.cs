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
    internal ExaminationResult Test(StagedNetwork network) =>
        new(Evaluate(network, data.Test), HeldOut(network), Statistics: null);

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
        return new ExaminationResult(statistics.Test, HeldOut(network), statistics);
    }

    /// <summary>Classifies images.</summary>
    internal ClassificationMetrics Evaluate(StagedNetwork network, IImageSource images) =>
        ClassificationMetrics.Of(
            Classifier.Predict(network, images, input, stop, ranks),
            images.Labels,
            data.ClassCounts
        );

    /// <summary>What the network says of a fold that was held out.</summary>
    internal OutOfFold OutOfFold(StagedNetwork network, HeldOutFold fold)
    {
        float[][] probabilities = Classifier.Probabilities(network, data.HeldOut!, input, stop, ranks);
        return new OutOfFold(
            data.HeldOut!.Classes,
            [
                .. fold.Positions.Select(
                    (position, i) =>
                        new OutOfFoldImage(
                            position,
                            data.HeldOut!.Labels[i],
                            fold.Groups?[i],
                            fold.Number,
                            probabilities[i]
                        )
                ),
            ]
        );
    }

    private ClassificationMetrics? HeldOut(StagedNetwork network) =>
        data.HeldOut is { Count: > 0 } images ? Evaluate(network, images) : null;
}

/// <summary>What an examination found.</summary>
/// <param name="Test">On the test images; null where they were not looked at.</param>
/// <param name="HeldOut">On the held-out images, where there are any.</param>
/// <param name="Statistics">The statistics, where they were taken.</param>
internal readonly record struct ExaminationResult(
    ClassificationMetrics? Test,
    ClassificationMetrics? HeldOut,
    TrainingStatistics? Statistics
);
