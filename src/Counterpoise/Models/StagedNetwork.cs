using static TorchSharp.torch;

namespace Counterpoise.Models;

/// <summary>A network as an ordered list of named stages followed by a classifier head.</summary>
/// <remarks>
/// Stage 0 is the input itself, stage k the output of the k-th group of layers after its last activation; the stem
/// belongs to stage 1. Features can be mixed after any stage but only while training: that is the caller's decision.
/// Parameters are float32; the computation follows the precision of the images, and logits are always float32.
/// </remarks>
public abstract class StagedNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates the network.</summary>
    /// <param name="name">The name in the catalogue, such as <c>resnet32</c>.</param>
    /// <param name="stages">The names of the stages, the input first.</param>
    protected StagedNetwork(string name, IReadOnlyList<string> stages)
        : base(name) => Stages = stages;

    /// <summary>The names of the stages, the input first: index k is "after stage k".</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>The classifier: from the last stage's map to logits.</summary>
    public abstract nn.Module<Tensor, Tensor> Head { get; }

    /// <summary>Runs one stage.</summary>
    /// <param name="stage">1 to Stages.Count - 1.</param>
    /// <param name="map">The output of the stage before, [N, C, H, W].</param>
    protected abstract Tensor RunStage(int stage, Tensor map);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Classify(input, null);

    /// <summary>Classifies images, mixing features on the way where asked to.</summary>
    /// <param name="images">[N, 3, H, W], normalised, float32 or bfloat16.</param>
    /// <param name="mix">Changes the map [N, C, H, W] after each stage, given the stage's index; null for nothing.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public Tensor Classify(Tensor images, Func<int, Tensor, Tensor>? mix)
    {
        Tensor map = mix is null ? images : mix(0, images);
        for (int stage = 1; stage < Stages.Count; stage++)
        {
            map = RunStage(stage, map);
            map = mix is null ? map : mix(stage, map);
        }

        return Head.call(map);
    }

    /// <summary>The number of trainable numbers.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());
}
