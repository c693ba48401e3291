using Counterpoise.Networks;
using Counterpoise.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>The L2 norm of each class's weights in the classifier; none where the head has no such weights.</summary>
/// <param name="key">Its key.</param>
internal sealed class WeightNorm(string key) : ClassStatistic(key)
{
    internal override ClassTally Begin(StatisticsScope scope) => new Tally(scope.Network.Head, scope.Classes);

    private sealed class Tally(Head head, int classes) : ClassTally
    {
        internal override IReadOnlyList<double?>? Values(ConfusionMatrix train, ConfusionMatrix test)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            Parameter? weight = head.named_parameters()
                .Where(named => named.name.EndsWith("weight", StringComparison.Ordinal))
                .Select(named => named.parameter)
                .FirstOrDefault(parameter => parameter.dim() == 2 && parameter.shape[0] == classes);
            return weight is null
                ? null
                : [.. Transfer.Down<float>(weight.norm(1, false, 2f)).Select(norm => (double?)norm)];
        }
    }
}
