using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using Counterpoise.Tests.Features;
using Counterpoise.Tests.Networks;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop.Onnx;

/// <summary>A frozen network and the classifier of its features in one file give what both give one after the other.</summary>
public sealed class JointModelTests
{
    private const int Images = 3;
    private const int Classes = 5;
    private const int Size = 32;
    private const double Bound = 1e-4;

    /// <summary>Those that need no more of a network than its features.</summary>
    public static TheoryData<string> Heads => [.. EveryHead.Makers.Keys.Where(name => name != nameof(BilateralHead))];

    [Theory]
    [MemberData(nameof(Heads))]
    public void Every_head_gives_the_same_logits(string head)
    {
        using StagedNetwork network = Network(512);
        using Head before = network.Head;
        network.Head = EveryHead.Makers[head](network, Classes);
        Slow.Fill(network.Head, 40, 0.3);
        network.eval();

        AssertSame(Pooled(), network, new OnnxOptions());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(2.5, false)]
    [InlineData(2.5, true)]
    public void Scaled_features_give_the_same_logits(double length, bool hasUnknown)
    {
        using StagedNetwork network = FeatureNetwork
            .Description(SmallExtractor.Length, isScaled: true)
            .Create(Classes, new Draws(3));
        network.eval();
        using Tensor factors = arange(1, SmallExtractor.Length + 1, float32) / 3;
        ((FeatureNetwork)network).Scaling!.Set(factors, length);
        FrozenNetwork frozen = hasUnknown ? Changed(model => SmallExtractor.End(model, "Softsign")) : Small(64);

        OnnxModel model = AssertSame(frozen, network, new OnnxOptions { Opset = 17 }, isTrusted: hasUnknown);

        Assert.Equal(model.Content, OnnxModel.Parse(model.Content, isTrusted: hasUnknown).Content);
    }

    [Theory]
    [InlineData(17, false)]
    [InlineData(23, false)]
    [InlineData(20, true)]
    public void Every_version_of_operators_gives_the_same_logits(int opset, bool folded)
    {
        using StagedNetwork network = Network(SmallExtractor.Length);

        OnnxModel model = AssertSame(
            Small(64),
            network,
            new OnnxOptions { Opset = opset, FoldBatchNormalisation = folded }
        );

        Assert.Equal(opset, model.Opset);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    public void An_older_network_is_written_in_the_version_that_is_wanted(int opset)
    {
        using StagedNetwork network = Network(SmallExtractor.Length);
        FrozenNetwork older = Changed(model => SmallExtractor.MakeOlder(model, opset));

        OnnxModel model = AssertSame(older, network, new OnnxOptions());

        Assert.Equal(OnnxOptions.LeastOpset, model.Opset);
        AssertSame(older with { Preparation = older.Preparation with { Size = 45 } }, network, new OnnxOptions());
        AssertSame(older with { Preparation = older.Preparation with { Size = 64 } }, network, new OnnxOptions());
    }

    [Fact]
    public void The_network_that_comes_along_passes_every_check_of_classifiers()
    {
        const int size = 64;
        using StagedNetwork network = Network(512);
        FrozenNetwork frozen = FeatureExtractors.Find(
            new DataSettings { Features = FeatureExtractors.ResNet18, ImageSize = size }
        );

        AssertSame(frozen, network, new OnnxOptions());
        OnnxModel folded = AssertSame(frozen, network, new OnnxOptions { FoldBatchNormalisation = true, Opset = 21 });

        Assert.Equal("resnet18", OnnxModel.Parse(folded.Content).Classifier.Features!.Value.Name);
    }

    [Fact]
    public void What_is_not_known_stays_as_it_is_and_is_read_if_it_is_trusted()
    {
        using StagedNetwork network = Network(SmallExtractor.Length);
        FrozenNetwork odd = Changed(model => SmallExtractor.End(model, "Softsign"));

        OnnxModel model = AssertSame(odd, network, new OnnxOptions { Opset = 21 }, isTrusted: true);

        Assert.Equal(17, model.Opset);
        using var folder = new TemporaryFolder();
        model.Write(folder["joint.onnx"]);
        string message = Assert.Throws<CounterpoiseException>(() => OnnxModel.Read(folder["joint.onnx"])).Message;
        Assert.Contains("joint.onnx: the frozen network within it, 'small.onnx', cannot be checked", message);
        Assert.Contains("operator 'Softsign' is not one that classifiers are made of", message);
        Assert.Equal(model.Content, OnnxModel.Read(folder["joint.onnx"], trustModel: true).Content);
    }

    [Fact]
    public void What_is_not_known_and_older_is_refused()
    {
        using StagedNetwork network = Network(SmallExtractor.Length);
        FrozenNetwork odd = Changed(model =>
        {
            SmallExtractor.MakeOlder(model, 11);
            SmallExtractor.End(model, "Softsign");
        });

        string message = Assert.Throws<UsageException>(() => Joint(odd, network, new OnnxOptions())).Message;

        Assert.Contains("small.onnx: its operators have version 11 and cannot be written in version 17", message);
        Assert.Contains("export it anew with version 13 to 23", message);
    }

    [Fact]
    public void Parameters_in_another_file_are_read_by_nobody()
    {
        using StagedNetwork network = Network(SmallExtractor.Length);
        FrozenNetwork odd = Changed(model => SmallExtractor.End(model, "Softsign"));
        ModelProto joint = ModelProto.Parser.ParseFrom(Joint(odd, network, new OnnxOptions()).Content);
        joint.Graph.Initializer[0].DataLocation = 1;
        joint
            .Graph.Initializer[0]
            .ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "/etc/passwd" });

        Assert.Contains(
            "is in another file (/etc/passwd)",
            Assert.Throws<FormatException>(() => OnnxModel.Parse(joint.ToByteArray(), isTrusted: true)).Message
        );
    }

    [Fact]
    public void The_value_that_is_the_features_can_lie_within()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Network(512);

        OnnxModel joint = AssertSame(Pooled(), network, new OnnxOptions());

        Assert.DoesNotContain(
            ModelProto.Parser.ParseFrom(joint.Content).Graph.Initializer,
            constant => constant.Name == "frozen.fc.weight"
        );
    }

    /// <summary>Holds the joint model against the features by themselves and the classifier on them.</summary>
    private static OnnxModel AssertSame(
        FrozenNetwork frozen,
        StagedNetwork network,
        OnnxOptions options,
        bool isTrusted = false
    )
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int size = frozen.Preparation.Size;
        byte[] pixels = SmallExtractor.Pixels(Images, size);
        using var extractor = new OnnxExtractor(frozen, threads: 1);
        float[] features = new float[Images * extractor.Length];
        extractor.Extract(pixels, features);
        Normalisation scaling = Scaling(extractor.Length);
        Tensor vectors = tensor(features).view(Images, extractor.Length, 1, 1);
        vectors =
            (vectors - tensor(scaling.Mean.ToArray()).view(-1, 1, 1)) / tensor(scaling.Std.ToArray()).view(-1, 1, 1);
        float[] wanted = network.call(vectors).data<float>().ToArray();

        OnnxModel model = Joint(frozen, network, options);
        float[] found = OnnxRun.Output(model.Content, "pixels", tensor(pixels).view(Images, 3, size, size));

        double apart = OnnxRun.Apart(wanted, found);
        double bound = Bound * Math.Max(1, wanted.Max(Math.Abs));
        Assert.True(apart < bound, $"{apart} apart, of {wanted.Max(Math.Abs)}");
        Assert.True(wanted.Distinct().Count() > wanted.Length / 2, "the logits do not depend on the images");
        Assert.Equal(model.Content, OnnxModel.Parse(model.Content, isTrusted).Content);
        return model;
    }

    private static OnnxModel Joint(FrozenNetwork frozen, StagedNetwork network, OnnxOptions options) =>
        OnnxModel.Of(
            frozen,
            Scaling(network.Features),
            network,
            OnnxRun.Describe(network, Classes, frozen.Preparation.Size) with
            {
                Features = (frozen.Name, frozen.Identity),
            },
            options
        );

    private static Normalisation Scaling(int length) =>
        new(
            [.. Enumerable.Range(0, length).Select(i => 0.1f * (i % 7))],
            [.. Enumerable.Repeat(0.5f, length)],
            Unit: 1
        );

    private static FrozenNetwork Small(int size) =>
        new("small.onnx", SmallExtractor.Content(Size), FeaturePreparation.ImageNet with { Size = size });

    /// <summary>Before its classifier.</summary>
    private static FrozenNetwork Pooled()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SmallExtractor.Content(Size));
        return Small(Size) with { Output = model.Graph.Node.Single(node => node.OpType == "Flatten").Output[0] };
    }

    private static FrozenNetwork Changed(Action<ModelProto> change)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SmallExtractor.Content(Size));
        change(model);
        return Small(Size) with { Content = model.ToByteArray() };
    }

    private static StagedNetwork Network(int features)
    {
        StagedNetwork network = NetworkCatalogue.Find($"features{features}").Create(Classes, new Draws(3));
        network.eval();
        return network;
    }
}
