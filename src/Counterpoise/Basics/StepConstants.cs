using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Basics;

/// <summary>What methods make of the class counts once and need in every step, on the device of a training.</summary>
internal sealed class StepConstants : IDisposable
{
    private readonly Dictionary<(object Owner, string Device), Tensor> kept = [];
    private IReadOnlyList<double> weights = [];
    private Tensor? weightsThere;

    /// <summary>A constant: what was made when it was first asked for.</summary>
    /// <param name="owner">Whose it is; it has one, which depends on nothing else than the owner's value and the class counts.</param>
    /// <param name="device">Where it must be.</param>
    /// <param name="make">Makes it.</param>
    internal Tensor Of(object owner, Device device, Func<Tensor> make)
    {
        (object, string) key = (owner, device.ToString());
        if (!kept.TryGetValue(key, out Tensor? constant))
        {
            using var scope = NewDisposeScope();
            kept[key] = constant = make().DetachFromDisposeScope();
        }

        return constant;
    }

    /// <summary>Weights of classes, which change with epochs if at all.</summary>
    /// <param name="now">The weights.</param>
    /// <param name="make">Makes them a tensor on the device.</param>
    internal Tensor Weights(IReadOnlyList<double> now, Func<Tensor> make)
    {
        if (weightsThere is null || !weights.SequenceEqual(now))
        {
            weightsThere?.Dispose();
            weightsThere = make().DetachFromDisposeScope();
            weights = [.. now];
        }

        return weightsThere;
    }

    public void Dispose()
    {
        foreach (Tensor constant in kept.Values)
        {
            constant.Dispose();
        }

        weightsThere?.Dispose();
    }
}
