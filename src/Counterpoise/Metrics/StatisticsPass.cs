using System.Diagnostics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>One pass over the test images and one over the training images that serve all statistics of an epoch.</summary>
/// <remarks>
/// The training images come class by class, so that features are kept for one class at a time, and the test images of
/// each are known by their mean: memory does not grow with the data set.
/// </remarks>
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
        var test = new Tested(classes, data.Test);
        NetworkPass.Run(
            network,
            data.Test,
            Enumerable.Range(0, data.Test.Count).Take(Ranks.ShareOf(data.Test.Count)),
            input,
            (positions, map) => test.Add(positions, Outputs.Of(network.Head, map)),
            stop
        );
        test.Sum(Ranks);
        var train = new Trained(classes, data, Deviation, test.Centres, epoch);
        NetworkPass.Run(
            network,
            data.Train,
            train.Order(OwnClasses()),
            input,
            (positions, map) => train.Add(positions, Outputs.Of(network.Head, map), Gradients(positions, map)),
            stop
        );
        train.Sum(Ranks);
        ClassificationMetrics testMetrics = ClassificationMetrics.Of(
            test.Predicted,
            data.Test.Labels,
            data.ClassCounts
        );
        ClassificationMetrics trainMetrics = ClassificationMetrics.Of(
            train.Predicted,
            data.Train.Labels,
            data.ClassCounts
        );
        return new TrainingStatistics
        {
            TrainAccuracy = trainMetrics.Accuracy,
            TrainPerClassAccuracy = trainMetrics.PerClassAccuracy,
            Test = testMetrics,
            ClassificationRatio = new ConfusionMatrix(train.Predicted, data.Train.Labels, classes).ClassificationRatio,
            GradientNorm = train.Gradients.Means,
            FeatureDeviation = train.Deviations,
            TrainEntropy = train.Entropies.Means,
            TestEntropy = test.Entropies.Means,
            WeightNorm = WeightNorms(),
            Confusion = new ConfusionMatrix(test.Predicted, data.Test.Labels, classes),
            Calibration = test.Calibration,
            Mistakes = Mistake.Worst(test.Mistakes, testMetrics.PerClassAccuracy),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

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

    private float[] Gradients(int[] positions, Tensor map)
    {
        Tensor labels = tensor(Array.ConvertAll(positions, i => (long)data.Train.Labels[i]), device: map.device);
        return FeatureGradient.Norms(network.Head, map, labels).cpu().data<float>().ToArray();
    }

    private IReadOnlyList<double?>? WeightNorms()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Parameter? weight = network
            .Head.named_parameters()
            .Where(named => named.name.EndsWith("weight", StringComparison.Ordinal))
            .Select(named => named.parameter)
            .FirstOrDefault(parameter => parameter.dim() == 2 && parameter.shape[0] == classes);
        return weight is null
            ? null
            : [.. weight.norm(1, false, 2f).cpu().data<float>().ToArray().Select(norm => (double?)norm)];
    }

    /// <summary>What is gathered of the test images.</summary>
    private sealed class Tested(int classes, IImageSource images)
    {
        private readonly double[] confidence = new double[images.Count];
        private readonly ClassCentres centres = new(classes);

        internal int[] Predicted { get; } = new int[images.Count];

        internal ClassMeans Entropies { get; } = new(classes);

        internal IReadOnlyList<double[]?> Centres => centres.Means;

        internal Calibration Calibration =>
            Calibration.Of(confidence, [.. Predicted.Zip(images.Labels, (predicted, label) => predicted == label)]);

        internal IEnumerable<Mistake> Mistakes =>
            Enumerable
                .Range(0, images.Count)
                .Where(i => Predicted[i] != images.Labels[i])
                .Select(i => new Mistake(i, images.Labels[i], Predicted[i], confidence[i]));

        /// <summary>Adds what other ranks have; all that is not theirs is 0.</summary>
        internal void Sum(Ranks ranks)
        {
            ranks.Sum(Predicted.AsSpan());
            ranks.Sum(confidence.AsSpan());
            Entropies.Sum(ranks);
            centres.Sum(ranks);
        }

        internal void Add(int[] positions, Outputs outputs)
        {
            for (int i = 0; i < positions.Length; i++)
            {
                int label = images.Labels[positions[i]];
                Predicted[positions[i]] = (int)outputs.Predicted[i];
                confidence[positions[i]] = outputs.Confidence[i];
                Entropies.Add(label, outputs.Entropy[i]);
                centres.Add(label, outputs.Features[i]);
            }
        }
    }

    /// <summary>What is gathered of the training images.</summary>
    private sealed class Trained
    {
        private readonly IImageSource images;
        private readonly FeatureDeviation deviation;
        private readonly IReadOnlyList<double[]?> centres;
        private readonly int epoch;
        private readonly int drawn;
        private readonly int[] left;
        private readonly double?[] deviations;
        private List<float[]> features = [];

        internal Trained(
            int classes,
            TrainingData data,
            FeatureDeviation deviation,
            IReadOnlyList<double[]?> centres,
            int epoch
        )
        {
            images = data.Train;
            this.deviation = deviation;
            this.centres = centres;
            this.epoch = epoch;
            drawn = deviation.Drawn(data.ClassCounts);
            left = [.. data.ClassCounts];
            deviations = new double?[classes];
            Predicted = new int[images.Count];
            Gradients = new ClassMeans(classes);
            Entropies = new ClassMeans(classes);
        }

        internal int[] Predicted { get; }

        internal ClassMeans Gradients { get; }

        internal ClassMeans Entropies { get; }

        internal IReadOnlyList<double?> Deviations => deviations;

        /// <summary>The images of some classes, class by class.</summary>
        internal IEnumerable<int> Order(HashSet<int> own) =>
            Enumerable.Range(0, images.Count).Where(i => own.Contains(images.Labels[i])).OrderBy(i => images.Labels[i]);

        /// <summary>Adds what other ranks have; all that is not theirs is 0.</summary>
        internal void Sum(Ranks ranks)
        {
            if (ranks.Count == 1)
            {
                return;
            }

            ranks.Sum(Predicted.AsSpan());
            Gradients.Sum(ranks);
            Entropies.Sum(ranks);
            double[] known = [.. deviations.Select(deviation => deviation is null ? 0 : 1.0)];
            double[] values = [.. deviations.Select(deviation => deviation ?? 0)];
            ranks.Sum(known.AsSpan());
            ranks.Sum(values.AsSpan());
            for (int label = 0; label < values.Length; label++)
            {
                deviations[label] = known[label] > 0 ? values[label] : null;
            }
        }

        internal void Add(int[] positions, Outputs outputs, float[] gradients)
        {
            for (int i = 0; i < positions.Length; i++)
            {
                int label = images.Labels[positions[i]];
                Predicted[positions[i]] = (int)outputs.Predicted[i];
                Gradients.Add(label, gradients[i]);
                Entropies.Add(label, outputs.Entropy[i]);
                features.Add(outputs.Features[i]);
                if (--left[label] == 0)
                {
                    EndClass(label);
                }
            }
        }

        private void EndClass(int label)
        {
            deviations[label] = centres[label] is { } centre
                ? deviation.Of(features, centre, drawn, epoch, label)
                : null;
            features = [];
        }
    }
}
