using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>The L2 norm of the gradient of the plain cross-entropy by the features [D], a mean over the class's training images.</summary>
/// <param name="key">Its key.</param>
internal sealed class GradientNorm(string key) : ClassStatistic(key)
{
    internal override ClassTally Begin(StatisticsScope scope) => new Tally(scope.Network.Head, scope.Classes);

    private sealed class Tally(Head head, int classes) : ClassTally
    {
        private readonly ClassMeans means = new(classes);

        internal override void AddTrain(int[] labels, Outputs outputs, Tensor map)
        {
            Tensor targets = Transfer.Up(Array.ConvertAll(labels, label => (long)label), map.device);
            means.Add(labels, Transfer.Down<float>(FeatureGradient.Norms(head, map, targets)));
        }

        internal override void EndTrain(Ranks ranks) => means.Sum(ranks);

        internal override IReadOnlyList<double?> Values(ConfusionMatrix train, ConfusionMatrix test) => means.Means;
    }
}
