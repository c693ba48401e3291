using Counterpoise.Basics;
using Counterpoise.Data.Features;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Counterpoise.Tests.Features;

/// <summary>Networks that somebody else made: what can be checked is, and the rest needs trust.</summary>
public sealed class ForeignNetworkTests
{
    private const int Size = 32;

    [Fact]
    public void Operators_of_other_sets_need_trust()
    {
        FrozenNetwork odd = Changed(model =>
        {
            SmallExtractor.End(model, "Gelu");
            model.Graph.Node[^1].Domain = "com.microsoft";
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        });

        Assert.Equal(
            "small.onnx: cannot make features: its operator 'Gelu' is of the set 'com.microsoft', not of ONNX's own, which cannot be checked; give data.features_trusted if you trust where it comes from.",
            Refused(odd)
        );
        using var extractor = new OnnxExtractor(odd with { IsTrusted = true }, threads: 1);
        Assert.Equal(SmallExtractor.Length, extractor.Length);
    }

    [Fact]
    public void Operators_of_other_sets_are_found_within_others()
    {
        FrozenNetwork odd = Changed(model =>
        {
            var inner = new GraphProto();
            inner.Node.Add(new NodeProto { OpType = "Odd", Domain = "some.where" });
            model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", G = inner });
        });

        Assert.Contains("its operator 'Odd' is of the set 'some.where'", Refused(odd));
    }

    [Fact]
    public void Operators_made_of_operators_need_trust() =>
        Assert.Contains(
            "it has operators made of operators, which cannot be checked",
            Refused(Changed(model => model.Functions.Add(ByteString.CopyFrom(1, 2))))
        );

    [Fact]
    public void Parameters_in_another_file_are_refused_whoever_made_it()
    {
        FrozenNetwork odd = Changed(model =>
        {
            model.Graph.Initializer[0].DataLocation = 1;
            model
                .Graph.Initializer[0]
                .ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "../weights.bin" });
        });

        Assert.Contains("is in another file (../weights.bin), expected one file", Refused(odd));
        Assert.Contains("expected one file", Refused(odd with { IsTrusted = true }));
    }

    [Fact]
    public void Features_that_depend_on_the_images_beside_are_refused()
    {
        FrozenNetwork odd = Changed(model =>
        {
            string vectors = model.Graph.Output[0].Name;
            var mean = new NodeProto { OpType = "ReduceMean", Name = "mean" };
            mean.Attribute.Add(OnnxAttribute.Of("axes", [0L]));
            mean.Input.Add(vectors);
            mean.Output.Add("mean");
            var rest = new NodeProto { OpType = "Sub", Name = "rest" };
            rest.Input.AddRange([vectors, "mean"]);
            rest.Output.Add("rest");
            model.Graph.Node.AddRange([mean, rest]);
            model.Graph.Output[0].Name = "rest";
        });

        Assert.Contains("small.onnx: gives features of an image beside another that are up to", Refused(odd));
    }

    [Fact]
    public void Features_that_are_no_numbers_are_refused() =>
        Assert.Contains(
            "small.onnx: a feature is NaN, expected a finite number",
            Refused(Changed(model => SmallExtractor.End(model, "Sqrt")))
        );

    [Fact]
    public void One_of_several_values_is_named()
    {
        FrozenNetwork odd = Changed(model =>
        {
            ValueInfoProto other = model.Graph.Output[0].Clone();
            other.Name = model.Graph.Node.Single(node => node.OpType == "Flatten").Output[0];
            model.Graph.Output.Add(other);
        });
        string pooled = ModelProto.Parser.ParseFrom(odd.Content).Graph.Output[1].Name;

        Assert.Contains($"it gives 2 values (logits, {pooled}), expected one", Refused(odd));
        Assert.Contains(
            "it has no value 'none', which data.features_output names",
            Refused(odd with { Output = "none" })
        );
        using var extractor = new OnnxExtractor(odd with { Output = pooled }, threads: 1);
        using var whole = new OnnxExtractor(odd with { Output = "logits" }, threads: 1);
        Assert.Equal((512, SmallExtractor.Length), (extractor.Length, whole.Length));
        Assert.NotEqual(extractor.Identity, whole.Identity);
    }

    private static string Refused(FrozenNetwork frozen)
    {
        string message = Assert.Throws<CounterpoiseException>(() => new OnnxExtractor(frozen, threads: 1)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static FrozenNetwork Changed(Action<ModelProto> change)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SmallExtractor.Content(Size));
        change(model);
        return new FrozenNetwork("small.onnx", model.ToByteArray(), FeaturePreparation.ImageNet with { Size = Size });
    }
}
