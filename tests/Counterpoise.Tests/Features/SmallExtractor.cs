using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Features;

/// <summary>A network as somebody else might have written it: it takes normalised images and gives a vector.</summary>
internal static class SmallExtractor
{
    internal const int Length = 9;
    private static readonly string[] Names = [.. Enumerable.Range(0, Length).Select(i => $"{i}")];

    /// <summary>Its ONNX file, which declares an image size.</summary>
    internal static byte[] Content(int size)
    {
        using StagedNetwork network = Network();
        ImagePreparation images = new(
            new ImageReading(new ImageGeometry(size, size, ResizeRule.Square)),
            Normalisation.Cifar
        );
        return OnnxModel
            .Of(
                network,
                new ClassifierDescription(
                    Names,
                    images,
                    [.. Names.Select(_ => 1)],
                    [.. Names.Select(_ => 0.1)],
                    "small",
                    "erm"
                ),
                new OnnxOptions()
            )
            .Content;
    }

    internal static OnnxExtractor Open(int size) =>
        new("small", Content(32), FeaturePreparation.ImageNet with { Size = size }, threads: 1);

    /// <summary>Writes it as programs did in earlier versions of the operators, with all that they say of themselves.</summary>
    internal static void MakeOlder(ModelProto model, int opset)
    {
        model.OpsetImport[0].Version = opset;
        model.IrVersion = 3;
        foreach (TensorProto constant in model.Graph.Initializer)
        {
            (constant.FloatData, constant.RawData) = (constant.RawData, ByteString.Empty);
            model.Graph.Input.Add(new ValueInfoProto { Name = constant.Name });
        }

        foreach (NodeProto node in model.Graph.Node)
        {
            switch (node.OpType)
            {
                case "Conv" or "MaxPool":
                    AttributeProto margins = node.Attribute.Single(attribute => attribute.Name == "pads");
                    if (node.OpType == "Conv" && margins.Ints[0] == 3)
                    {
                        margins.Ints[2] = margins.Ints[3] = 2; // As an even size needs them.
                    }

                    if (node.OpType == "Conv" || opset >= 10)
                    {
                        node.Attribute.Add(OnnxAttribute.Of("dilations", 1, 1));
                    }

                    node.Attribute.Add(Text("auto_pad", "NOTSET"));
                    break;
                case "BatchNormalization":
                    if (opset < 9)
                    {
                        node.Attribute.Add(OnnxAttribute.Of("spatial", 1L));
                    }

                    node.Attribute.Add(OnnxAttribute.Of("momentum", 0.9f));
                    break;
                case "Gemm":
                    node.Attribute.Add(OnnxAttribute.Of("alpha", 1f));
                    node.Attribute.Add(OnnxAttribute.Of("beta", 1f));
                    node.Attribute.Add(OnnxAttribute.Of("transA", 0L));
                    break;
                case "Flatten":
                    node.Attribute.Clear();
                    break;
            }
        }

        static AttributeProto Text(string name, string value) =>
            new()
            {
                Name = name,
                Type = AttributeProto.Types.AttributeType.String,
                S = ByteString.CopyFromUtf8(value),
            };
    }

    /// <summary>Lets an operator of one input and one output come last.</summary>
    internal static void End(ModelProto model, string operation)
    {
        var node = new NodeProto { OpType = operation, Name = "last" };
        node.Input.Add(model.Graph.Output[0].Name);
        node.Output.Add("last");
        model.Graph.Node.Add(node);
        model.Graph.Output[0].Name = "last";
    }

    /// <summary>What the network gives for images [N, 3, H, W], float32, in the caller's dispose scope.</summary>
    internal static Tensor Logits(Tensor images)
    {
        using StagedNetwork network = Network();
        using var noGradient = no_grad();
        return network.call(images);
    }

    /// <summary>Images of noise, [N, 3, size, size].</summary>
    internal static byte[] Pixels(int count, int size)
    {
        DrawStream draws = new Draws(1).At(DrawPurpose.Order, 0, 0);
        byte[] pixels = new byte[count * 3 * size * size];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)draws.NextInt(256);
        }

        return pixels;
    }

    private static StagedNetwork Network()
    {
        StagedNetwork network = NetworkCatalogue.Find("resnet10").Create(Length, new Draws(5));
        network.eval();
        return network;
    }
}
