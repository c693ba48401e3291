using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>How far a class's training features are from its test features: <see cref="FeatureDeviation"/>.</summary>
/// <param name="key">Its key.</param>
/// <remarks>
/// Training images come class by class, so that features are kept for one class at a time, and the test images of each
/// are known by their mean: memory does not grow with the data set.
/// </remarks>
internal sealed class DeviationOfFeatures(string key) : ClassStatistic(key)
{
    internal override ClassTally Begin(StatisticsScope scope) => new Tally(scope);

    private sealed class Tally(StatisticsScope scope) : ClassTally
    {
        private readonly ClassCentres centres = new(scope.Classes);
        private readonly int drawn = scope.Deviation.Drawn(scope.Data.ClassCounts);
        private readonly int[] left = [.. scope.Data.ClassCounts];
        private readonly double?[] deviations = new double?[scope.Classes];
        private IReadOnlyList<double[]?> means = [];
        private List<float[]> features = [];

        internal override void AddTest(int[] labels, Outputs outputs, Tensor map)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                centres.Add(labels[i], outputs.Features[i]);
            }
        }

        internal override void EndTest(Ranks ranks)
        {
            centres.Sum(ranks);
            means = centres.Means;
        }

        internal override void AddTrain(int[] labels, Outputs outputs, Tensor map)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                features.Add(outputs.Features[i]);
                if (--left[labels[i]] == 0)
                {
                    EndClass(labels[i]);
                }
            }
        }

        /// <summary>A class is of one rank; the others have nothing of it.</summary>
        internal override void EndTrain(Ranks ranks)
        {
            if (ranks.Count == 1)
            {
                return;
            }

            double[] known = [.. deviations.Select(deviation => deviation is null ? 0 : 1.0)];
            double[] values = [.. deviations.Select(deviation => deviation ?? 0)];
            ranks.Sum(known.AsSpan());
            ranks.Sum(values.AsSpan());
            for (int label = 0; label < values.Length; label++)
            {
                deviations[label] = known[label] > 0 ? values[label] : null;
            }
        }

        internal override IReadOnlyList<double?> Values(ConfusionMatrix train, ConfusionMatrix test) => deviations;

        private void EndClass(int label)
        {
            deviations[label] = means[label] is { } centre
                ? scope.Deviation.Of(features, centre, drawn, scope.Epoch, label)
                : null;
            features = [];
        }
    }
}
