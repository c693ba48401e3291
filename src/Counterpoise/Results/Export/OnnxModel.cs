using System.Reflection;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Networks;
using Google.Protobuf;
using static Counterpoise.Basics.FormatRequirement;
using static Counterpoise.Basics.SettingName;
using static TorchSharp.torch;

namespace Counterpoise.Results.Export;

/// <summary>A trained classifier as an ONNX model, with all that is needed to use it.</summary>
/// <remarks>
/// The input is <c>image</c>, float32 [batch, 3, size, size], red, green and blue normalised, or <c>pixels</c>, uint8 of
/// the same shape from 0 to 255; the output <c>logits</c> or <c>probabilities</c>, float32 [batch, classes]. The batch
/// is free. Class names, sizes and the normalisation are in the model's metadata.
/// </remarks>
public sealed class OnnxModel
{
    private const string InputKey = "input";
    private const string OutputKey = "output";
    private const string NormalisedInput = "image";
    private const string PixelInput = "pixels";
    private const string LogitOutput = "logits";
    private const string ProbabilityOutput = "probabilities";
    private const string Advice = "Export the run again.";

    /// <summary>Leaves behind what is not known.</summary>
    internal static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    private OnnxModel(ModelProto message, ClassifierDescription classifier)
    {
        Classifier = classifier;
        TakesPixels = message.Graph.Input[0].Name == PixelInput;
        GivesProbabilities = message.Graph.Output[0].Name == ProbabilityOutput;
        Opset = message.OpsetImport.First(set => set.Domain is "" or "ai.onnx").Version;
        Content = message.ToByteArray();
    }

    /// <summary>What the classifier is.</summary>
    internal ClassifierDescription Classifier { get; }

    /// <summary>The version of ONNX's operators.</summary>
    internal long Opset { get; }

    /// <summary>Whether the input is <c>pixels</c> of uint8; otherwise <c>image</c>, normalised float32.</summary>
    public bool TakesPixels { get; }

    /// <summary>Whether the output is <c>probabilities</c>; otherwise <c>logits</c>.</summary>
    public bool GivesProbabilities { get; }

    /// <summary>The name of the input.</summary>
    public string InputName => TakesPixels ? PixelInput : NormalisedInput;

    /// <summary>The name of the output.</summary>
    public string OutputName => GivesProbabilities ? ProbabilityOutput : LogitOutput;

    /// <summary>The model as a file has it. Of a file that was read, what was checked and nothing else.</summary>
    public byte[] Content { get; }

    /// <summary>Writes a network as ONNX operators, in float32 and evaluation mode.</summary>
    /// <param name="network">The network; it is not changed.</param>
    /// <param name="classifier">What goes into the metadata.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="UsageException">
    /// The operators' version is not one that can be written, or the network or its head has no form in ONNX.
    /// </exception>
    internal static OnnxModel Of(StagedNetwork network, ClassifierDescription classifier, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(classifier);
        options ??= new OnnxOptions();
        if (network.Stages.Count == 1)
        {
            throw new UsageException(
                $"{network.GetName()} classifies features of a frozen network, which is not given; expected both, as FeatureExtractors.ToOnnx of the package Counterpoise.Features joins them."
            );
        }

        RequireOpset(options);
        ModelProto message = Described(
            new ModelProto { Graph = Graph(network, classifier, options) },
            options.Opset,
            classifier
        );
        OnnxCheck.Types(message); // What is written must be what can be read.
        return new OnnxModel(message, classifier);
    }

    /// <summary>Writes a frozen network and the classifier of its features as one model that takes pixels.</summary>
    /// <param name="frozen">The frozen network.</param>
    /// <param name="scaling">What its features are normalised with.</param>
    /// <param name="network">The classifier.</param>
    /// <param name="classifier">What goes into the metadata.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="UsageException">One of them has no form in the version of the operators.</exception>
    /// <exception cref="CounterpoiseException">The frozen network cannot be read.</exception>
    internal static OnnxModel Of(
        FrozenNetwork frozen,
        Normalisation scaling,
        StagedNetwork network,
        ClassifierDescription classifier,
        OnnxOptions? options = null
    )
    {
        options ??= new OnnxOptions();
        RequireOpset(options);
        (ModelProto message, int opset) = JointGraph.Of(frozen, network, scaling, classifier.Classes.Count, options);
        return new OnnxModel(Described(message, opset, classifier), classifier);
    }

    /// <summary>Writes the model to a file, whole or not at all.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => stream.Write(Content));

    /// <summary>Reads and checks a file that <see cref="Write"/> wrote, or another program after it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trustModel">Whether a frozen network within it may have parts that cannot be checked.</param>
    /// <exception cref="CounterpoiseException">
    /// It cannot be read, is damaged, or is no classifier of this library: each operator, type and size is checked.
    /// </exception>
    public static OnnxModel Read(string path, bool trustModel = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] content;
        try
        {
            long length = new FileInfo(path).Length;
            content =
                length <= Array.MaxLength
                    ? File.ReadAllBytes(path)
                    : throw new CounterpoiseException($"{path}: has {length} bytes, which is more than a model has.");
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }

        try
        {
            return Parse(content, trustModel);
        }
        catch (FormatException fault)
        {
            throw new CounterpoiseException($"{path}: cannot be used: {fault.Message}. {Advice}", fault);
        }
        catch (UncheckedNetworkException part)
        {
            throw new CounterpoiseException(
                $"{path}: the frozen network within it, {part.Network}, cannot be checked: {part.Message}. Give {Named("trustModel")} if you trust where the file comes from.",
                part
            );
        }
    }

    /// <summary>Reads and checks a model.</summary>
    /// <exception cref="FormatException">It is damaged or no classifier of this library; the message says why.</exception>
    /// <exception cref="UncheckedNetworkException">It holds a frozen network that cannot be checked, and is not trusted.</exception>
    internal static OnnxModel Parse(byte[] content, bool isTrusted = false)
    {
        try
        {
            return Checked(content, isTrusted);
        }
        catch (FormatException fault) when (fault.Message.Any(char.IsControl))
        {
            // Names come from the file, and a message is one line.
            throw new FormatException(OneLine(fault.Message), fault);
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static OnnxModel Checked(byte[] content, bool isTrusted)
    {
        MessageCount.RequireFew(content, ModelProto.Descriptor);
        ModelProto message;
        try
        {
            message = Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new FormatException("it is no ONNX model, or damaged", failure);
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in message.MetadataProps)
        {
            Require(metadata.TryAdd(entry.Key, entry.Value), "its metadata has a key twice");
        }

        (OnnxType input, OnnxType output) = TypesOf(ref message);
        message.Graph.ValueInfo.Clear(); // What the file says of types was not looked at.
        var classifier = ClassifierDescription.Read(metadata);
        long size = classifier.Images.Size;
        bool pixels = Choice(metadata, InputKey, message.Graph.Input[0].Name, PixelInput, NormalisedInput);
        Choice(metadata, OutputKey, message.Graph.Output[0].Name, ProbabilityOutput, LogitOutput);
        var expected = new OnnxType(
            pixels ? TensorProto.Types.DataType.Uint8 : TensorProto.Types.DataType.Float,
            [OnnxType.Free, 3, size, size]
        );
        Require(
            input.Element == expected.Element && input.Shape.SequenceEqual(expected.Shape),
            $"its input is {input}, expected {expected} as its metadata says"
        );
        Require(
            output.Rank == 2 && output.Shape[1] == classifier.Classes.Count,
            $"its output is {output}, but its metadata names {classifier.Classes.Count} classes"
        );
        return new OnnxModel(message, classifier);

        (OnnxType Input, OnnxType Output) TypesOf(ref ModelProto model)
        {
            try
            {
                long opset = model.OpsetImport.FirstOrDefault()?.Version ?? 0;
                bool isJoint = metadata.ContainsKey(ClassifierDescription.FeaturesKey);
                return OnnxCheck.Types(
                    model,
                    isJoint ? (node, inputs) => PlainOperators.Rewrite(node, inputs, opset) : null
                );
            }
            catch (FormatException fault)
                when (metadata.TryGetValue(ClassifierDescription.FeaturesKey, out string? name))
            {
                if (!isTrusted)
                {
                    throw new UncheckedNetworkException(
                        ClassifierDescription.Shown(name),
                        OneLine(fault.Message),
                        fault
                    );
                }

                model = ModelProto.Parser.ParseFrom(content); // What is not known here may mean something there.
                ForeignParts.RequireWhole(model);
                return OnnxCheck.Declared(model);
            }
        }
    }

    /// <summary>Ends a graph with its output.</summary>
    internal static void Finish(OnnxGraph graph, OnnxValue logits, int classes, OnnxOptions options) =>
        graph.Output(
            options.IncludeSoftmax ? graph.Softmax(logits, axis: 1) : logits,
            options.IncludeSoftmax ? ProbabilityOutput : LogitOutput,
            classes
        );

    private static void RequireOpset(OnnxOptions options)
    {
        if (options.Opset is < OnnxOptions.LeastOpset or > OnnxOptions.LastOpset)
        {
            throw new UsageException(
                $"opset is {options.Opset}, expected {OnnxOptions.LeastOpset} to {OnnxOptions.LastOpset}, the versions of ONNX's operators that can be written."
            );
        }
    }

    private static GraphProto Graph(StagedNetwork network, ClassifierDescription classifier, OnnxOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = new OnnxGraph(network.GetName(), NetworkParameters.Of(network), options.Opset);
        long size = classifier.Images.Size;
        OnnxValue map;
        if (options.IncludeNormalisation)
        {
            map = graph.Input(PixelInput, TensorProto.Types.DataType.Uint8, 3, size, size);
            OnnxValue mean = graph.Constant(PerChannel(classifier.Images.Normalisation.Mean, value => 255 * value));
            OnnxValue scale = graph.Constant(
                PerChannel(classifier.Images.Normalisation.Std, value => 1 / (255 * value))
            );
            map = graph.Product(graph.Difference(graph.ToFloat(map), mean), scale);
        }
        else
        {
            map = graph.Input(NormalisedInput, TensorProto.Types.DataType.Float, 3, size, size);
        }

        for (int stage = 1; stage < network.Stages.Count; stage++)
        {
            map = network.ExportStage(stage, graph, map);
        }

        Finish(graph, network.Head.Export(graph, map), classifier.Classes.Count, options);
        if (options.FoldBatchNormalisation)
        {
            NormalisationFolding.Fold(graph.Message);
        }

        return graph.Message;
    }

    /// <summary>Says what a model is.</summary>
    private static ModelProto Described(ModelProto model, int opset, ClassifierDescription classifier)
    {
        model.IrVersion = Math.Max(model.IrVersion, FormatFor(opset));
        model.ProducerName = "counterpoise";
        model.ProducerVersion =
            typeof(OnnxModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "";
        if (model.OpsetImport.Count == 0)
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        }

        IEnumerable<KeyValuePair<string, string>> entries =
        [
            .. classifier.ToMetadata(),
            new(InputKey, model.Graph.Input[0].Name),
            new(OutputKey, model.Graph.Output[0].Name),
        ];
        foreach ((string key, string value) in entries)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        return model;
    }

    /// <summary>The version of the file format that the operators' version came with.</summary>
    private static int FormatFor(int opset) =>
        opset switch
        {
            <= 18 => 8,
            <= 20 => 9,
            <= 22 => 10,
            _ => 11,
        };

    private static Tensor PerChannel(IReadOnlyList<float> values, Func<float, float> change) =>
        tensor(values.Select(change).ToArray()).reshape(3, 1, 1);

    private static bool Choice(Dictionary<string, string> metadata, string key, string found, string one, string other)
    {
        Require(
            metadata.TryGetValue(key, out string? said) && said == found && (found == one || found == other),
            $"its {key} is not named {one} or {other} as its metadata should say"
        );
        return found == one;
    }
}
