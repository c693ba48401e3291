using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>The classifier on top of a network's stages: from the last feature map to logits.</summary>
/// <remarks>
/// What a head learns or gathers is a parameter or a buffer, so that checkpoints hold it. Parameters and logits are
/// float32 whatever the precision of the map.
/// </remarks>
public abstract class Head : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates the head.</summary>
    /// <param name="name">What kind of head it is.</param>
    protected Head(string name)
        : base(name) { }

    /// <summary>Whether larger weights make larger logits, so that a penalty on them means something.</summary>
    internal virtual bool HasScale => true;

    /// <summary>Whether each class's logit depends on its own row of every parameter alone, and nothing is gathered while training.</summary>
    internal virtual bool HasRows => false;

    /// <summary>Logits [N, classes] for testing, from the last stage's map [N, C, H, W] of any precision.</summary>
    public abstract override Tensor forward(Tensor input);

    /// <summary>Logits and all that a loss needs for training; may gather what the head keeps in buffers.</summary>
    /// <param name="maps">The last stage's map [N, C, H, W] of each of the sampler's streams.</param>
    /// <param name="labels">The labels [N], int64, of each stream.</param>
    /// <param name="context">Where training stands.</param>
    public virtual HeadOutput Train(IReadOnlyList<Tensor> maps, IReadOnlyList<Tensor> labels, in StepContext context) =>
        new(call(maps[0]));

    /// <summary>Global average pooling in float32, or in float64 where the map is: from [N, C, H, W] to [N, C].</summary>
    protected internal static Tensor Pool(Tensor map)
    {
        Tensor exact = map.dtype == ScalarType.Float64 ? map : map.to(ScalarType.Float32);
        return map.shape is [_, _, 1, 1] ? exact.flatten(1) : exact.mean([2, 3]); // One place is its own mean.
    }
}

/// <summary>What a head gives in training.</summary>
/// <param name="Logits">[N, classes], float32.</param>
/// <param name="Auxiliary">A loss of the head's own, a scalar, added to that of the logits; null for none.</param>
/// <param name="Shares">The share of each stream's labels in the loss; null where there is one stream.</param>
public readonly record struct HeadOutput(Tensor Logits, Tensor? Auxiliary = null, IReadOnlyList<double>? Shares = null);
