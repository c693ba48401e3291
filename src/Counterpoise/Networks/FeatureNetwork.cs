using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>No more than a classifier on features that a frozen network has made: its only stage is the vector itself.</summary>
internal sealed class FeatureNetwork : StagedNetwork
{
    /// <summary>What the names of such networks begin with; the length of the vectors follows, as in <c>features512</c>.</summary>
    internal const string Prefix = "features";

    /// <summary>The longest vectors that there can be.</summary>
    internal const int MostFeatures = 1 << 20;

    private FeatureNetwork(int features, int classes, Draws draws, bool isScaled)
        : base(NameOf(features), [Prefix])
    {
        Features = features;
        Head = new LinearHead(features, classes);
        Initialisation.Kaiming(this, draws);
        if (isScaled)
        {
            Scaling = new FeatureScaling(features);
            register_module(Scaling.GetName(), Scaling);
        }
    }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <summary>What vectors go through before the classifier; null for nothing.</summary>
    internal FeatureScaling? Scaling { get; }

    /// <summary>The name of the network for vectors of a length.</summary>
    internal static string NameOf(int features) => FormattableString.Invariant($"{Prefix}{features}");

    /// <summary>The network for vectors of a length.</summary>
    /// <param name="features">The length.</param>
    /// <param name="isScaled">Whether it has a <see cref="FeatureScaling"/>.</param>
    internal static NetworkDescription Description(int features, bool isScaled = false) =>
        new(NameOf(features), $"a classifier on {features} features of a frozen network", 10, [Prefix], features)
        {
            HasLastBlock = false,
            Build = (classes, draws) => new FeatureNetwork(features, classes, draws, isScaled),
        };

    /// <summary>As ONNX operators: what vectors go through before the classifier.</summary>
    internal OnnxValue ExportInput(OnnxGraph graph, OnnxValue map) => Scaling?.Export(graph, map) ?? map;

    private protected override Tensor Enter(Tensor input) => Scaling?.call(input) ?? input;

    /// <summary>The input's: nothing but the head learns, and nothing is averaged.</summary>
    protected override int StageOf(string name) => 0;

    /// <inheritdoc/>
    protected override Tensor RunStage(int stage, Tensor map) =>
        throw new InvalidOperationException($"{GetName()} has no stage but its input.");
}
