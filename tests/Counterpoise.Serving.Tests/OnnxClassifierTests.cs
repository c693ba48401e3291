using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Serving.Tests;

public sealed class OnnxClassifierTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Probabilities_are_those_of_the_network(bool normalisation, bool softmax)
    {
        var options = new OnnxOptions { IncludeNormalisation = normalisation, IncludeSoftmax = softmax };
        using OnnxClassifier classifier = Example.Classifier(options);
        int each = Example.Description.Images.Bytes;
        byte[] pixels = new byte[3 * each];
        for (int image = 0; image < 3; image++)
        {
            Assert.Null(Example.Description.Images.Read(Example.Picture(image), pixels.AsSpan(image * each, each)));
        }

        float[] probabilities = new float[9];
        classifier.Classify(pixels, 3, probabilities);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = Example.Network();
        Tensor images = tensor(pixels, ScalarType.Byte).reshape(3, 3, 16, 16).to(ScalarType.Float32);
        float[] wanted = network.call(((images / 255) - 0.5) / 0.25).softmax(1).data<float>().ToArray();
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i], probabilities[i], 1e-4);
        }

        Assert.Equal(9, wanted.Distinct().Count());
    }

    [Fact]
    public void Buffers_that_are_too_small_are_refused()
    {
        using OnnxClassifier classifier = Example.Classifier();
        byte[] pixels = new byte[Example.Description.Images.Bytes];
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Classify(pixels, 2, new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Classify(pixels, 1, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Classify(pixels, 0, new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Classify(pixels, int.MaxValue, new float[6]));
    }

    [Fact]
    public void Classes_are_ranked_by_probability()
    {
        RankedClass[] ranked = RankedClass.Of(["a", "b", "c", "d"], [0.1f, 0.4f, 0.4f, 0.1f], 3);
        Assert.Equal(["b", "c", "a"], ranked.Select(one => one.Class));
        Assert.Equal(0.4, ranked[0].Probability, 1e-6);
        Assert.Equal(2, RankedClass.Of(["a", "b"], [0.5f, 0.5f], 9).Length);
    }
}
