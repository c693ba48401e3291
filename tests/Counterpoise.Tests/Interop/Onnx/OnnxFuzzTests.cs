using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using CsCheck;
using Google.Protobuf;

namespace Counterpoise.Tests.Interop.Onnx;

/// <summary>Files that are damaged, or were made to do damage, are refused; what passes, OnnxRuntime can compute.</summary>
[Collection(CountsTensors.Name)]
public sealed class OnnxFuzzTests
{
    private const int Classes = 3;
    private const int Size = 8;
    private static readonly byte[] Whole = Written();

    [Fact]
    public void Changed_bytes_are_refused_or_make_a_model_that_runs() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, Whole.Length - 1].Array[4], Gen.Byte.Array[4], Gen.Int[0, 5])
            .Sample((count, places, values, way) => Try(Changed(count, places, values, way)), iter: Fuzzing.Cases);

    [Fact]
    public void Changed_messages_are_refused_or_make_a_model_that_runs() =>
        Gen.Select(
                Gen.Int[0, 11],
                Gen.Int[0, 1 << 20],
                Gen.OneOf(Gen.Long, Gen.Long[-4, 40], Gen.Int[0, EdgeSizes.Length - 1].Select(i => EdgeSizes[i]))
            )
            .Sample((way, place, value) => Try(Rewritten(way, place, value)), iter: Fuzzing.Cases);

    [Fact]
    public void Any_bytes_are_refused() =>
        Gen
            .Byte.Array[0, 300]
            .Sample(bytes => Assert.Throws<FormatException>(() => OnnxModel.Parse(bytes)), iter: Fuzzing.Cases);

    [Fact]
    public void Lists_and_parts_without_end_take_no_memory_to_refuse()
    {
        var many = new ModelProto { Graph = new GraphProto() };
        many.Graph.Node.AddRange(Enumerable.Range(0, 1 << 17).Select(_ => new NodeProto()));
        Assert.Contains("more than 65536 parts", Refused(many.ToByteArray()), StringComparison.Ordinal);

        var longList = new ModelProto { Graph = new GraphProto() };
        var tensor = new TensorProto();
        tensor.Dims.AddRange(Enumerable.Repeat(1L, 3 << 20));
        longList.Graph.Initializer.Add(tensor);
        Assert.Contains(
            "more than 2 MB beside its parameters",
            Refused(longList.ToByteArray()),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("opset 99", "its operators have version 99, expected 17 to 23")]
    [InlineData("a class more", "its output is declared as float[batch, 4], but is float[batch, 3]")]
    [InlineData("a class less", "its output is float[batch, 3], but its metadata names 2 classes")]
    [InlineData("no metadata", "its metadata lacks 'counterpoise_format', which classifiers of counterpoise have")]
    [InlineData("unknown operator", "operator 'Loop' is not one that classifiers are made of")]
    [InlineData("an attribute more", "has an attribute 'auto_pad', which is not expected")]
    [InlineData("a huge margin", "has another attribute 'pads' than 4 whole numbers from 0 to 65536")]
    [InlineData("a huge constant", "has a shape of more than 2 GB")]
    [InlineData("a short constant", "bytes, but its shape takes")]
    [InlineData("a cycle", "which nothing before it gives")]
    public void What_is_wrong_is_said(string change, string fault)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Whole);
        NodeProto convolution = model.Graph.Node.First(node => node.OpType == "Conv");
        switch (change)
        {
            case "opset 99":
                model.OpsetImport[0].Version = 99;
                break;
            case "a class more":
                model.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue++;
                break;
            case "a class less":
                foreach (StringStringEntryProto entry in model.MetadataProps)
                {
                    entry.Value = entry.Key switch
                    {
                        "classes" => """["a", "b"]""",
                        "class_counts" => "[1, 2]",
                        "prior" => "[0.5, 0.5]",
                        _ => entry.Value,
                    };
                }

                break;
            case "no metadata":
                model.MetadataProps.Clear();
                break;
            case "unknown operator":
                convolution.OpType = "Loop";
                break;
            case "an attribute more":
                convolution.Attribute.Add(new AttributeProto { Name = "auto_pad" });
                break;
            case "a huge margin":
                convolution.Attribute.Single(attribute => attribute.Name == "pads").Ints[0] = long.MaxValue;
                break;
            case "a huge constant":
                model.Graph.Initializer[0].Dims[0] = long.MaxValue;
                break;
            case "a short constant":
                model.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[8]);
                break;
            default:
                convolution.Input[0] = model.Graph.Node[^1].Output[0];
                break;
        }

        Assert.Contains(fault, Refused(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_none_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x.onnx"], "no model");
        Assert.Equal(
            $"{folder["x.onnx"]}: cannot be used: it is no ONNX model, or damaged. Export the run again.",
            Assert.Throws<CounterpoiseException>(() => OnnxModel.Read(folder["x.onnx"])).Message
        );
        Assert.EndsWith(
            "could not be read: it does not exist. Check the path.",
            Assert.Throws<CounterpoiseException>(() => OnnxModel.Read(folder["none.onnx"])).Message,
            StringComparison.Ordinal
        );
    }

    private static long[] EdgeSizes =>
        [0, 1, -1, int.MaxValue, (long)int.MaxValue + 1, long.MaxValue, long.MinValue, 1L << 62, 65_536, 65_537];

    private static string Refused(byte[] content)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<FormatException>(() => OnnxModel.Parse(content)).Message;
        AssertFewAllocated(before, content.Length);
        return message;
    }

    private static void Try(byte[] content)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        OnnxModel model;
        try
        {
            model = OnnxModel.Parse(content);
        }
        catch (FormatException refusal)
        {
            Assert.DoesNotContain(refusal.Message, char.IsControl);
            AssertFewAllocated(before, content.Length);
            return;
        }

        AssertFewAllocated(before, content.Length);
        int size = model.Classifier.Images.Size;
        float[] output = OnnxRun.Output(model.Content, model.InputName, TorchSharp.torch.zeros(2, 3, size, size));
        Assert.Equal(2 * model.Classifier.Classes.Count, output.Length);
    }

    /// <summary>A few times the file, and what the types of its values take.</summary>
    private static void AssertFewAllocated(long before, int length)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < (4L * length) + (8 << 20), $"{allocated} bytes for a file of {length}");
    }

    private static byte[] Changed(int count, int[] places, byte[] values, int way)
    {
        List<byte> bytes = [.. Whole];
        for (int i = 0; i < count; i++)
        {
            int place = Math.Min(places[i], bytes.Count - 1);
            switch (way)
            {
                case 0:
                    bytes[place] ^= (byte)(1 << (values[i] % 8));
                    break;
                case 1:
                    bytes[place] = values[i];
                    break;
                case 2:
                    bytes.Insert(place, values[i]);
                    break;
                case 3:
                    bytes.RemoveAt(place);
                    break;
                case 4: // The structure is at the end: the weights before it take most of the bytes.
                    bytes[^(1 + (place % Math.Min(bytes.Count, 4000)))] = values[i];
                    break;
                default:
                    bytes.RemoveRange(place, bytes.Count - place);
                    return [.. bytes];
            }
        }

        return [.. bytes];
    }

    private static byte[] Rewritten(int way, int place, long value)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Whole);
        GraphProto graph = model.Graph;
        NodeProto node = graph.Node[place % graph.Node.Count];
        TensorProto constant = graph.Initializer[place % graph.Initializer.Count];
        AttributeProto? attribute = node.Attribute.ElementAtOrDefault(place / 7 % Math.Max(1, node.Attribute.Count));
        switch (way)
        {
            case 0 when constant.Dims.Count > 0:
                constant.Dims[place / 3 % constant.Dims.Count] = value;
                break;
            case 1 when attribute?.Ints.Count > 0:
                attribute.Ints[place % attribute.Ints.Count] = value;
                break;
            case 2 when attribute is { HasI: true }:
                attribute.I = value;
                break;
            case 3:
                node.OpType = graph.Node[(int)((ulong)value % (ulong)graph.Node.Count)].OpType;
                break;
            case 4 when node.Input.Count > 0:
                node.Input[place % node.Input.Count] = graph.Node[(int)((ulong)value % (ulong)graph.Node.Count)].Output[
                    0
                ];
                break;
            case 5:
                graph.Node.Remove(node);
                break;
            case 6:
                graph.Initializer.Remove(constant);
                break;
            case 7:
                constant.DataType = (TensorProto.Types.DataType)(value % 20);
                break;
            case 8:
                TensorShapeProto shape = (place % 2 == 0 ? graph.Input : graph.Output)[0].Type.TensorType.Shape;
                shape.Dim[place / 2 % shape.Dim.Count].DimValue = value;
                break;
            case 9:
                StringStringEntryProto entry = model.MetadataProps[place % model.MetadataProps.Count];
                entry.Value = value % 3 == 0 ? "" : value.ToString(CultureInfo.InvariantCulture);
                break;
            case 10 when constant.RawData.Length > 0:
                constant.RawData = ByteString.CopyFrom(
                    constant.RawData.Span[..(int)((ulong)value % (ulong)constant.RawData.Length)]
                );
                break;
            default:
                graph.Node.Insert(place % graph.Node.Count, graph.Node[^1].Clone());
                break;
        }

        return model.ToByteArray();
    }

    private static byte[] Written()
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(Classes, new Draws(0));
        return OnnxModel.Of(network, OnnxRun.Describe(network, Classes, Size)).Content;
    }
}
