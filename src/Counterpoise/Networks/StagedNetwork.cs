using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>A network as an ordered list of named stages followed by a classifier head.</summary>
/// <remarks>
/// Stage 0 is the input itself, stage k the output of the k-th group of layers after its last activation; the stem
/// belongs to stage 1. Features can be mixed after any stage but only while training: that is the caller's decision.
/// Parameters are float32; the computation follows the precision of the images, and logits are always float32.
/// </remarks>
public abstract class StagedNetwork : nn.Module<Tensor, Tensor>
{
    private Head? head;

    /// <summary>Creates the network.</summary>
    /// <param name="name">The name in the catalogue, such as <c>resnet32</c>.</param>
    /// <param name="stages">The names of the stages, the input first.</param>
    protected StagedNetwork(string name, IReadOnlyList<string> stages)
        : base(name) => Stages = stages;

    /// <summary>The names of the stages, the input first: index k is "after stage k".</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>The number of channels of the last stage's map.</summary>
    public abstract int Features { get; }

    /// <summary>What the head's parameters are named after, as in the network's usual implementations.</summary>
    public virtual string HeadName => "linear";

    /// <summary>The first stage in which something learns, Stages.Count where that is the head: for those before nothing is remembered.</summary>
    internal int LearnsFrom { get; set; } = 1;

    /// <summary>The classifier: from the last stage's map to logits. A head that is replaced is the caller's to dispose of.</summary>
    public Head Head
    {
        get => head ?? throw new InvalidOperationException($"{GetName()} has no head yet.");
        set
        {
            if (head is not null)
            {
                register_module(HeadName, null!);
            }

            head = value;
            register_module(HeadName, value);
        }
    }

    /// <summary>What the input goes through before anything else: nothing, unless overridden.</summary>
    /// <param name="input">The images, or features.</param>
    private protected virtual Tensor Enter(Tensor input) => input;

    /// <summary>Runs one stage.</summary>
    /// <param name="stage">1 to Stages.Count - 1.</param>
    /// <param name="map">The output of the stage before, [N, C, H, W].</param>
    protected abstract Tensor RunStage(int stage, Tensor map);

    /// <summary>The stage that a layer or parameter below the head belongs to.</summary>
    /// <param name="name">Its full name, such as <c>layer2.0.conv1.weight</c>.</param>
    /// <returns>
    /// 1 to Stages.Count - 1: unless overridden, the stage that a part of the name is the name of, and 1 where there is none,
    /// as in a stem.
    /// </returns>
    protected virtual int StageOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] stages = [.. Stages];
        return name.Split('.').Select(part => Array.IndexOf(stages, part)).FirstOrDefault(stage => stage > 0, 1);
    }

    /// <summary>The stage that a layer, parameter or buffer belongs to; Stages.Count for the head's.</summary>
    internal int PlaceOf(string name) => IsOfHead(name) ? Stages.Count : StageOf(name);

    /// <summary>Whether a layer, parameter or buffer is the head or a part of it.</summary>
    internal bool IsOfHead(string name) =>
        name == HeadName || name.StartsWith($"{HeadName}.", StringComparison.Ordinal);

    /// <summary>Adds to an ONNX graph what <see cref="RunStage"/> computes in evaluation mode.</summary>
    /// <exception cref="UsageException">The network cannot be written as ONNX operators.</exception>
    internal virtual OnnxValue ExportStage(int stage, OnnxGraph graph, OnnxValue map) =>
        throw OnnxLayers.Inexpressible(this);

    /// <summary>Takes the last block of the last stage out of the network, for a head with blocks of its own.</summary>
    /// <returns>Makes blocks like it, with parameters yet to be drawn.</returns>
    /// <exception cref="NotSupportedException">The network is not made of blocks.</exception>
    public virtual Func<nn.Module<Tensor, Tensor>> TakeLastBlock() =>
        throw new NotSupportedException($"{GetName()} has no last block that could be taken out.");

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Head.call(Map(input, null));

    /// <summary>Runs all stages, mixing features on the way where asked to.</summary>
    /// <param name="images">[N, 3, H, W], normalised, float32 or bfloat16.</param>
    /// <param name="mix">Changes the map [N, C, H, W] after each stage, given the stage's index; null for nothing.</param>
    /// <returns>The last stage's map [N, C, H, W], of the images' type.</returns>
    public Tensor Map(Tensor images, Func<int, Tensor, Tensor>? mix = null)
    {
        Tensor map = Enter(images);
        map = mix is null ? map : mix(0, map);
        for (int stage = 1; stage < Stages.Count; stage++)
        {
            using var frozen = stage < LearnsFrom ? no_grad() : null;
            map = RunStage(stage, map);
            map = mix is null ? map : mix(stage, map);
        }

        return map;
    }

    /// <summary>The number of places H W of the last stage's map.</summary>
    /// <param name="imageSize">Height and width of the images, in pixels.</param>
    internal int PlacesOf(int imageSize)
    {
        bool wasTraining = training;
        eval();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (Stages.Count == 1)
        {
            return 1; // The input is a vector.
        }

        long[] shape = Map(zeros([1, 3, imageSize, imageSize], device: parameters().First().device)).shape;
        train(wasTraining);
        return (int)(shape[2] * shape[3]);
    }

    /// <summary>The number of trainable numbers.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());
}
