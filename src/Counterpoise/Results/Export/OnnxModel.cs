using System.Reflection;
using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Networks;
using Google.Protobuf;
using static Counterpoise.Basics.FormatRequirement;
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

    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    private OnnxModel(ModelProto message, ClassifierDescription classifier)
    {
        Classifier = classifier;
        TakesPixels = message.Graph.Input[0].Name == PixelInput;
        GivesProbabilities = message.Graph.Output[0].Name == ProbabilityOutput;
        Content = message.ToByteArray();
    }

    /// <summary>What the classifier is.</summary>
    internal ClassifierDescription Classifier { get; }

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
                $"{network.GetName()} classifies features of a frozen network, which an export does not hold yet; expected a run on pixels."
            );
        }

        if (options.Opset is < OnnxOptions.LeastOpset or > OnnxOptions.LastOpset)
        {
            throw new UsageException(
                $"opset is {options.Opset}, expected {OnnxOptions.LeastOpset} to {OnnxOptions.LastOpset}, the versions of ONNX's operators that can be written."
            );
        }

        ModelProto message = Message(network, classifier, options);
        OnnxCheck.Types(message); // What is written must be what can be read.
        return new OnnxModel(message, classifier);
    }

    /// <summary>Writes the model to a file, whole or not at all.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => stream.Write(Content));

    /// <summary>Reads and checks a file that <see cref="Write"/> wrote, or another program after it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CounterpoiseException">
    /// It cannot be read, is damaged, or is no classifier of this library: each operator, type and size is checked.
    /// </exception>
    public static OnnxModel Read(string path)
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
            return Parse(content);
        }
        catch (FormatException fault)
        {
            throw new CounterpoiseException($"{path}: cannot be used: {fault.Message}. {Advice}", fault);
        }
    }

    /// <summary>Reads and checks a model.</summary>
    /// <exception cref="FormatException">It is damaged or no classifier of this library; the message says why.</exception>
    internal static OnnxModel Parse(byte[] content)
    {
        try
        {
            return Checked(content);
        }
        catch (FormatException fault) when (fault.Message.Any(char.IsControl))
        {
            // Names come from the file, and a message is one line.
            throw new FormatException(string.Concat(fault.Message.Select(c => char.IsControl(c) ? '?' : c)), fault);
        }
    }

    private static OnnxModel Checked(byte[] content)
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

        (OnnxType input, OnnxType output) = OnnxCheck.Types(message);
        message.Graph.ValueInfo.Clear(); // What the file says of types was not looked at.
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in message.MetadataProps)
        {
            Require(metadata.TryAdd(entry.Key, entry.Value), "its metadata has a key twice");
        }

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
    }

    private static ModelProto Message(StagedNetwork network, ClassifierDescription classifier, OnnxOptions options)
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

        OnnxValue logits = network.Head.Export(graph, map);
        graph.Output(
            options.IncludeSoftmax ? graph.Softmax(logits, axis: 1) : logits,
            options.IncludeSoftmax ? ProbabilityOutput : LogitOutput,
            classifier.Classes.Count
        );
        if (options.FoldBatchNormalisation)
        {
            NormalisationFolding.Fold(graph.Message);
        }

        return Described(graph.Message, classifier, options);
    }

    private static ModelProto Described(GraphProto graph, ClassifierDescription classifier, OnnxOptions options)
    {
        var model = new ModelProto
        {
            IrVersion = FormatFor(options.Opset),
            ProducerName = "counterpoise",
            ProducerVersion =
                typeof(OnnxModel)
                    .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                    ?.InformationalVersion
                ?? "",
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = options.Opset });
        IEnumerable<KeyValuePair<string, string>> entries =
        [
            .. classifier.ToMetadata(),
            new(InputKey, graph.Input[0].Name),
            new(OutputKey, graph.Output[0].Name),
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
