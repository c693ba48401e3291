using System.Diagnostics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>One pass over the test images and one over the training images that serve all statistics of an epoch.</summary>
internal sealed class StatisticsPass
{
    private readonly StagedNetwork network;
    private readonly TrainingData data;
    private readonly InputPipeline input;
    private readonly int classes;

    internal StatisticsPass(StagedNetwork network, TrainingData data, InputPipeline input)
    {
        this.network = network;
        this.data = data;
        this.input = input;
        classes = data.ClassCounts.Count;
    }

    /// <summary>How feature deviation is drawn.</summary>
    internal FeatureDeviation Deviation { get; init; } = new();

    /// <summary>Those that share the images; all get the statistics.</summary>
    internal Ranks Ranks { get; init; } = Ranks.Alone;

    /// <param name="epoch">Completed epochs, which the draws belong to.</param>
    /// <param name="stop">Stops between batches.</param>
    internal TrainingStatistics Run(int epoch, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        var scope = new StatisticsScope(network, data, Deviation, epoch);
        (ClassStatistic Of, ClassTally Tally)[] tallies =
        [
            .. ClassStatistics.All.Select(statistic => (statistic, statistic.Begin(scope))),
        ];
        var test = new Predictions(data.Test, PredictedImages.Fit(data.Test.Count, classes), data.TestGroups);
        Pass(
            data.Test,
            Enumerable.Range(0, data.Test.Count).Take(Ranks.ShareOf(data.Test.Count)),
            test,
            (tally, labels, outputs, map) => tally.AddTest(labels, outputs, map)
        );
        test.Sum(Ranks);
        Array.ForEach(tallies, pair => pair.Tally.EndTest(Ranks));
        var train = new Predictions(data.Train, keepsProbabilities: false);
        Pass(
            data.Train,
            ClassByClass(OwnClasses()),
            train,
            (tally, labels, outputs, map) => tally.AddTrain(labels, outputs, map)
        );
        train.Sum(Ranks);
        Array.ForEach(tallies, pair => pair.Tally.EndTrain(Ranks));
        PredictedImages? said = test.Said;
        ClassificationMetrics testMetrics = test.Metrics(data.ClassCounts) with
        {
            Scores = said is null ? null : ScoreMetrics.Of(said),
        };
        ClassificationMetrics trainMetrics = train.Metrics(data.ClassCounts);
        ConfusionMatrix confusion = test.Confusion(classes);
        ConfusionMatrix trainConfusion = train.Confusion(classes);
        return new TrainingStatistics(
            tallies.ToDictionary(pair => pair.Of.Key, pair => pair.Tally.Values(trainConfusion, confusion))
        )
        {
            TrainAccuracy = trainMetrics.Accuracy,
            TrainPerClassAccuracy = trainMetrics.PerClassAccuracy,
            Test = testMetrics,
            Confusion = confusion,
            Calibration = test.Calibration,
            Mistakes = Mistake.Worst(test.Mistakes, testMetrics.PerClassAccuracy),
            Said = said,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };

        void Pass(
            IImageSource images,
            IEnumerable<int> order,
            Predictions predictions,
            Action<ClassTally, int[], Outputs, Tensor> add
        ) =>
            NetworkPass.Run(
                network,
                images,
                order,
                input,
                (positions, map) =>
                {
                    Outputs outputs = Outputs.Of(network.Head, map, predictions.KeepsProbabilities);
                    predictions.Add(positions, outputs);
                    int[] labels = Array.ConvertAll(positions, position => images.Labels[position]);
                    Array.ForEach(tallies, pair => add(pair.Tally, labels, outputs, map));
                },
                stop
            );
    }

    /// <summary>The training images of some classes, class by class.</summary>
    private IEnumerable<int> ClassByClass(HashSet<int> own) =>
        Enumerable
            .Range(0, data.Train.Count)
            .Where(i => own.Contains(data.Train.Labels[i]))
            .OrderBy(i => data.Train.Labels[i]);

    /// <summary>The classes whose training images this rank looks at: whole ones, the largest dealt out first, each to who has least.</summary>
    private HashSet<int> OwnClasses()
    {
        var images = new long[Ranks.Count];
        HashSet<int> own = [];
        foreach (int label in Enumerable.Range(0, classes).OrderByDescending(label => data.ClassCounts[label]))
        {
            int rank = Array.IndexOf(images, images.Min());
            images[rank] += data.ClassCounts[label];
            if (rank == Ranks.Rank)
            {
                own.Add(label);
            }
        }

        return own;
    }

    /// <summary>What is predicted for the images of a part.</summary>
    private sealed class Predictions(IImageSource images, bool keepsProbabilities, IReadOnlyList<int>? groups = null)
    {
        private readonly int[] predicted = new int[images.Count];
        private readonly double[] confidence = new double[images.Count];
        private readonly float[]? probabilities = keepsProbabilities
            ? new float[images.Count * images.Classes.Count]
            : null;

        internal bool KeepsProbabilities => probabilities is not null;

        internal PredictedImages? Said =>
            probabilities is null
                ? null
                : PredictedImages.Of(images, [.. probabilities.Chunk(images.Classes.Count)], groups);

        internal Calibration Calibration =>
            Calibration.Of(confidence, [.. predicted.Zip(images.Labels, (predicted, label) => predicted == label)]);

        internal IEnumerable<Mistake> Mistakes =>
            Enumerable
                .Range(0, images.Count)
                .Where(i => predicted[i] != images.Labels[i])
                .Select(i => new Mistake(i, images.Labels[i], predicted[i], confidence[i]));

        internal ClassificationMetrics Metrics(IReadOnlyList<int> trainingCounts) =>
            ClassificationMetrics.Of(predicted, images.Labels, trainingCounts);

        internal ConfusionMatrix Confusion(int classes) => new(predicted, images.Labels, classes);

        internal void Add(int[] positions, Outputs outputs)
        {
            for (int i = 0; i < positions.Length; i++)
            {
                predicted[positions[i]] = (int)outputs.Predicted[i];
                confidence[positions[i]] = outputs.Confidence[i];
                outputs.Probabilities?[i].CopyTo(probabilities!, positions[i] * images.Classes.Count);
            }
        }

        /// <summary>Adds what other ranks have; all that is not theirs is 0.</summary>
        internal void Sum(Ranks ranks)
        {
            ranks.Sum(predicted.AsSpan());
            ranks.Sum(confidence.AsSpan());
            if (probabilities is not null)
            {
                ranks.Sum(probabilities.AsSpan());
            }
        }
    }
}
