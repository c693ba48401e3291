using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>The exponential moving average of what a phase changes: parameters and running statistics.</summary>
/// <remarks>
/// After t steps of the phase it is sum_i k^(t - i) w_i / sum_i k^(t - i) of the weights w_i after each step i, from 1:
/// what the phase began with has no part in it, as with the bias correction of Adam. A step is
/// a = a + (1 - k) / (1 - k^t) (w - a).
/// </remarks>
internal sealed class WeightAverage : IDisposable
{
    private const string Prefix = "ema.";
    private readonly double keeps;
    private readonly string[] names;
    private readonly Tensor[] weights;
    private readonly Tensor[] averages;

    /// <param name="keeps">k: what the average keeps at a step, 0 to below 1.</param>
    /// <param name="weights">What is averaged, by its full name in the network.</param>
    /// <param name="before">The average of fewer weights that goes on; null where a phase begins. The rest did not change so far.</param>
    internal WeightAverage(
        double keeps,
        IReadOnlyList<(string Name, Tensor Weight)> weights,
        WeightAverage? before = null
    )
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        this.keeps = keeps;
        names = [.. weights.Select(pair => pair.Name)];
        this.weights = [.. weights.Select(pair => pair.Weight)];
        averages =
        [
            .. weights.Select(pair => (before?.Of(pair.Name) ?? pair.Weight).detach().clone().DetachFromDisposeScope()),
        ];
    }

    /// <summary>The averages, under their names in checkpoints.</summary>
    internal IEnumerable<(string Name, Tensor Kept)> State =>
        names.Zip(averages, (name, kept) => (Prefix + name, kept));

    /// <summary>The average of a weight; null where it is not averaged.</summary>
    internal Tensor? Of(string name) => Array.IndexOf(names, name) is >= 0 and var place ? averages[place] : null;

    /// <summary>Adds the weights as they are after a step.</summary>
    /// <param name="step">The step within the phase, from 0.</param>
    internal void Add(long step)
    {
        using var noGradient = no_grad();
        TensorLists.Approach(averages, weights, (1 - keeps) / (1 - Math.Pow(keeps, step + 1)));
    }

    /// <summary>Begins anew at the weights as they are.</summary>
    internal void Restart()
    {
        using var noGradient = no_grad();
        TensorLists.Copy(averages, weights);
    }

    /// <summary>Makes the averages the network's weights.</summary>
    internal void Take()
    {
        using var noGradient = no_grad();
        TensorLists.Copy(weights, averages);
    }

    /// <summary>Exchanges the network's weights and their averages; a second time puts them back.</summary>
    internal void Exchange()
    {
        using var noGradient = no_grad();
        for (int i = 0; i < weights.Length; i++)
        {
            using var scope = NewDisposeScope();
            Tensor weight = weights[i].clone();
            weights[i].copy_(averages[i]);
            averages[i].copy_(weight);
        }
    }

    public void Dispose() => Array.ForEach(averages, average => average.Dispose());
}
