using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop.Onnx;

/// <summary>What OnnxRuntime computes from an exported network is what TorchSharp computes.</summary>
/// <remarks>
/// Whole networks are held against TorchSharp in float64: the rounding of fifty layers in float32, which this library's
/// own convolutions have more of, is then counted once.
/// </remarks>
public sealed class OnnxParityTests(ITestOutputHelper output)
{
    private const int Images = 3;
    private const int Classes = 5;
    private const double Bound = 1e-4;

    public static TheoryData<string> Networks => [.. NetworkCatalogue.All.Select(network => network.Name)];

    public static TheoryData<int> Opsets =>
        [.. Enumerable.Range(OnnxOptions.LeastOpset, OnnxOptions.LastOpset - OnnxOptions.LeastOpset + 1)];

    public static TheoryData<string> Heads => [.. EveryHead.Makers.Keys];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_network_gives_the_same_logits(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(Classes, new Draws(3));
        int size = network.Stages.Count > 4 && !network.GetName().Contains("cifar", StringComparison.Ordinal) ? 64 : 32;
        OnnxRun.Shake(network, 10, size);
        ClassifierDescription described = OnnxRun.Describe(network, Classes, size);
        Tensor images = Numbers.Normal(1, ScalarType.Float32, Images, 3, size, size);
        var outputs = new[] { false, true }.ToDictionary(
            folded => folded,
            folded =>
            {
                var options = new OnnxOptions { FoldBatchNormalisation = folded };
                return OnnxRun.Output(OnnxModel.Of(network, described, options).Content, "image", images);
            }
        );
        float[] own = network.call(images).data<float>().ToArray();
        float[] exact = OnnxRun.Exact(network, images);

        output.WriteLine(
            $"{name}: exported {OnnxRun.Apart(exact, outputs[false]):E1} from float64, folded {OnnxRun.Apart(exact, outputs[true]):E1}, "
                + $"computed here {OnnxRun.Apart(exact, own):E1}; logits up to {exact.Max(Math.Abs):F1}"
        );
        double bound = Bound * Math.Max(1, exact.Max(Math.Abs));
        Assert.True(OnnxRun.Apart(exact, outputs[false]) < bound);
        Assert.True(OnnxRun.Apart(exact, outputs[true]) < bound);
        Assert.True(exact.Distinct().Count() > exact.Length / 2, "the logits do not depend on the images");
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Every_head_gives_the_same_logits(string head)
    {
        using StagedNetwork network = Small();
        using Head before = network.Head;
        network.Head = EveryHead.Makers[head](network, Classes);
        Slow.Fill(network.Head, 40, 0.3);
        foreach ((string _, Tensor buffer) in network.Head.named_buffers())
        {
            using var noGradient = no_grad();
            if (buffer.dim() == 1)
            {
                buffer.copy_(Numbers.Normal(77, ScalarType.Float32, buffer.shape).abs() + 0.5);
            }
        }

        AssertSame(network, 16, new OnnxOptions());
        AssertSame(network, 16, new OnnxOptions { FoldBatchNormalisation = true, Opset = OnnxOptions.LastOpset });
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void Every_opset_gives_the_same_logits(int opset)
    {
        using StagedNetwork network = Small();
        AssertSame(network, 16, new OnnxOptions { Opset = opset });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Normalisation_and_softmax_can_be_inside(bool folded)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Small();
        ClassifierDescription described = OnnxRun.Describe(network, Classes, 16);
        var options = new OnnxOptions
        {
            IncludeNormalisation = true,
            IncludeSoftmax = true,
            FoldBatchNormalisation = folded,
        };
        var model = OnnxModel.Of(network, described, options);
        Tensor pixels = randint(0, 256, [Images, 3, 16, 16], ScalarType.Byte);
        Tensor mean = tensor(OnnxRun.Normalisation.Mean.ToArray()).reshape(3, 1, 1);
        Tensor deviation = tensor(OnnxRun.Normalisation.Std.ToArray()).reshape(3, 1, 1);
        Tensor normalised = ((pixels.to(ScalarType.Float32) / 255) - mean) / deviation;

        float[] found = OnnxRun.Output(model.Content, "pixels", pixels);

        network.eval();
        using var noGradient = no_grad();
        float[] wanted = network.call(normalised).softmax(1).data<float>().ToArray();
        Assert.True(OnnxRun.Apart(wanted, found) < Bound);
        Assert.True(
            model is { TakesPixels: true, GivesProbabilities: true, InputName: "pixels", OutputName: "probabilities" }
        );
    }

    [Fact]
    public void What_is_written_can_be_read_and_has_everything_in_its_metadata()
    {
        using var folder = new TemporaryFolder();
        using StagedNetwork network = Small();
        ClassifierDescription described = OnnxRun.Describe(network, Classes, 16);
        var model = OnnxModel.Of(network, described);
        model.Write(folder["model.onnx"]);

        var read = OnnxModel.Read(folder["model.onnx"]);

        Assert.Equal(model.Content, read.Content);
        Assert.Equal(described.Classes, read.Classifier.Classes);
        Assert.Equal(described.Images, read.Classifier.Images);
        Assert.Equal(described.ClassCounts, read.Classifier.ClassCounts);
        Assert.Equal(described.Prior, read.Classifier.Prior);
        Assert.Equal(("resnet8", "erm"), (read.Classifier.Network, read.Classifier.Methods));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    public void An_opset_that_cannot_be_written_is_refused(int opset)
    {
        using StagedNetwork network = Small();
        Assert.Equal(
            $"opset is {opset}, expected 17 to 23, the versions of ONNX's operators that can be written.",
            Assert
                .Throws<UsageException>(() =>
                    OnnxModel.Of(network, OnnxRun.Describe(network, Classes, 16), new OnnxOptions { Opset = opset })
                )
                .Message
        );
    }

    [Fact]
    public void A_head_that_has_no_form_in_ONNX_is_refused()
    {
        using StagedNetwork network = Small();
        using Head before = network.Head;
        network.Head = new OddHead();
        Assert.Equal(
            "the layer 'odd' (OddHead) cannot be written as ONNX operators; write a safetensors file instead, or a network and head of Counterpoise's own.",
            Assert.Throws<UsageException>(() => OnnxModel.Of(network, OnnxRun.Describe(network, Classes, 16))).Message
        );
    }

    private static StagedNetwork Small()
    {
        StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(Classes, new Draws(3));
        OnnxRun.Shake(network, 10, size: 16);
        return network;
    }

    private static void AssertSame(StagedNetwork network, int size, OnnxOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor images = Numbers.Normal(1, ScalarType.Float32, Images, 3, size, size);
        var model = OnnxModel.Of(network, OnnxRun.Describe(network, Classes, size), options);
        float[] found = OnnxRun.Output(model.Content, "image", images);
        network.eval();
        float[] wanted = network.call(images).data<float>().ToArray();
        double apart = OnnxRun.Apart(wanted, found);
        Assert.True(apart < Bound, $"{apart} apart, of {wanted.Max(Math.Abs)}");
        Assert.True(wanted.Distinct().Count() > wanted.Length / 2, "the logits do not depend on the images");
    }

    private sealed class OddHead() : Head("odd")
    {
        public override Tensor forward(Tensor input) => Pool(input);
    }
}
