using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Networks;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Counterpoise.Results.Export;

/// <summary>A frozen network and the classifier of its features as one graph, from pixels to logits.</summary>
/// <remarks>
/// Where all operators of the frozen network are known, they are rewritten in the version that is wanted, and the whole is
/// checked like any other classifier. Where not, they stay as they are, in their own version, which the classifier is then
/// written in, too.
/// </remarks>
internal static class JointGraph
{
    /// <summary>The first version in which all operators of a classifier can be written.</summary>
    internal const int LeastOpset = 13;

    /// <summary>Joins both.</summary>
    /// <param name="frozen">The frozen network.</param>
    /// <param name="network">The classifier of its features.</param>
    /// <param name="scaling">What features are normalised with.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="options">How it is written.</param>
    /// <returns>The model, without metadata, and the version of its operators.</returns>
    /// <exception cref="UsageException">The frozen network's operators cannot be joined with those of a classifier.</exception>
    internal static (ModelProto Message, int Opset) Of(
        FrozenNetwork frozen,
        StagedNetwork network,
        Normalisation scaling,
        int classes,
        OnnxOptions options
    )
    {
        ExtractorGraph extractor = Graph(frozen);
        string reason = $"{PlainOperators.Least} to {OnnxOptions.LastOpset} can be read";
        if (extractor.Opset is >= PlainOperators.Least and <= OnnxOptions.LastOpset)
        {
            try
            {
                return (
                    Known(extractor, Head(network, scaling, classes, options.Opset, options), options),
                    options.Opset
                );
            }
            catch (FormatException unknown)
            {
                reason = unknown.Message;
            }
        }

        if (extractor.Opset is < LeastOpset or > OnnxOptions.LastOpset)
        {
            throw new UsageException(
                $"{frozen.Name}: its operators have version {extractor.Opset} and cannot be written in version {options.Opset} ({reason}); "
                    + $"export it anew with version {LeastOpset} to {OnnxOptions.LastOpset}, and train on its features."
            );
        }

        if (options.FoldBatchNormalisation)
        {
            throw new UsageException(
                $"{frozen.Name}: batch normalisation cannot be made part of convolutions where an operator is not known ({reason}); export without that."
            );
        }

        int opset = (int)extractor.Opset;
        return (Joined(extractor.Message, Head(network, scaling, classes, opset, options)), opset);
    }

    private static ExtractorGraph Graph(FrozenNetwork frozen)
    {
        try
        {
            return ExtractorGraph.Of(frozen);
        }
        catch (FormatException fault)
        {
            throw new CounterpoiseException($"{frozen.Name}: cannot make features: {fault.Message}.", fault);
        }
    }

    /// <summary>The classifier alone: from features to logits or probabilities.</summary>
    private static GraphProto Head(
        StagedNetwork network,
        Normalisation scaling,
        int classes,
        int opset,
        OnnxOptions options
    )
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = new OnnxGraph(network.GetName(), NetworkParameters.Of(network), opset);
        OnnxValue vectors = graph.Input(ExtractorGraph.Output, TensorProto.Types.DataType.Float, network.Features);
        OnnxValue mean = graph.Constant(PerFeature(scaling.Mean, value => value));
        OnnxValue scale = graph.Constant(PerFeature(scaling.Std, value => 1 / value));
        OnnxValue map = graph.Reshape(vectors, 0, network.Features, 1, 1);
        map = graph.Product(graph.Difference(map, mean), scale);
        map = network is FeatureNetwork features ? features.ExportInput(graph, map) : map;
        OnnxModel.Finish(graph, network.Head.Export(graph, map), classes, options);
        return graph.Message;
    }

    /// <summary>The whole in the operators and the version of this library.</summary>
    /// <exception cref="FormatException">An operator of the frozen network is not known in that form.</exception>
    private static ModelProto Known(ExtractorGraph extractor, GraphProto head, OnnxOptions options)
    {
        // What is not known is left behind, and the original stays as it is.
        ModelProto model = OnnxModel.Parser.ParseFrom(Joined(extractor.Message, head).ToByteArray());
        foreach (TensorProto constant in model.Graph.Initializer.Where(constant => !constant.FloatData.IsEmpty))
        {
            constant.RawData = constant.FloatData;
            constant.FloatData = ByteString.Empty;
        }

        model.OpsetImport.Clear();
        model.OpsetImport.Add(new OperatorSetIdProto { Version = options.Opset });
        OnnxCheck.Types(model, (node, inputs) => PlainOperators.Rewrite(node, inputs, extractor.Opset));
        if (options.FoldBatchNormalisation)
        {
            NormalisationFolding.Fold(model.Graph);
            OnnxCheck.Types(model);
        }

        return model;
    }

    private static ModelProto Joined(ModelProto frozen, GraphProto head)
    {
        ModelProto model = frozen.Clone();
        model.MetadataProps.Clear();
        model.Graph.Name = head.Name;
        model.Graph.Initializer.AddRange(head.Initializer);
        model.Graph.Node.AddRange(head.Node);
        model.Graph.Output.Clear();
        model.Graph.Output.AddRange(head.Output);
        return model;
    }

    private static Tensor PerFeature(IReadOnlyList<float> values, Func<float, float> change) =>
        tensor(values.Select(change).ToArray()).reshape(-1, 1, 1);
}
