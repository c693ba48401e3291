using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>The mean entropy of the predicted probabilities of a class's images, in nats.</summary>
/// <param name="key">Its key.</param>
/// <param name="ofTest">Whether of the test images; otherwise of the training images.</param>
internal sealed class PredictionEntropy(string key, bool ofTest) : ClassStatistic(key)
{
    internal override ClassTally Begin(StatisticsScope scope) => new Tally(scope.Classes, ofTest);

    private sealed class Tally(int classes, bool ofTest) : ClassTally
    {
        private readonly ClassMeans means = new(classes);

        internal override void AddTest(int[] labels, Outputs outputs, Tensor map)
        {
            if (ofTest)
            {
                means.Add(labels, outputs.Entropy);
            }
        }

        internal override void AddTrain(int[] labels, Outputs outputs, Tensor map)
        {
            if (!ofTest)
            {
                means.Add(labels, outputs.Entropy);
            }
        }

        internal override void EndTrain(Ranks ranks) => means.Sum(ranks);

        internal override IReadOnlyList<double?> Values(ConfusionMatrix train, ConfusionMatrix test) => means.Means;
    }
}
