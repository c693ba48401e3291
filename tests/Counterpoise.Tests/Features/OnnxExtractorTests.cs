using Counterpoise.Basics;
using Counterpoise.Data.Features;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx.Messages;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Features;

public sealed class OnnxExtractorTests
{
    private const int Size = 32;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Features_are_what_the_network_makes_of_prepared_images(bool blueFirst)
    {
        using var scope = NewDisposeScope();
        byte[] pixels = SmallExtractor.Pixels(5, Size);
        FeaturePreparation preparation = FeaturePreparation.ImageNet with { Size = Size, BlueFirst = blueFirst };
        using var extractor = new OnnxExtractor("small", SmallExtractor.Content(Size), preparation, threads: 1);
        float[] features = new float[5 * extractor.Length];

        extractor.Extract(pixels, features);

        Tensor images = tensor(pixels, dtype: float32).view(5, 3, Size, Size) / 255;
        images = (images - Channels(preparation.Mean)) / Channels(preparation.Std);
        Tensor expected = SmallExtractor.Logits(blueFirst ? images.flip(1) : images);
        Assert.Equal(SmallExtractor.Length, extractor.Length);
        Assert.Equal(expected.data<float>().ToArray(), features, (a, b) => Math.Abs(a - b) < 1e-4 * (1 + Math.Abs(a)));
    }

    [Fact]
    public void A_batch_changes_nothing_about_an_image()
    {
        byte[] pixels = SmallExtractor.Pixels(7, Size);
        using OnnxExtractor extractor = SmallExtractor.Open(Size);
        float[] together = new float[7 * extractor.Length];
        extractor.Extract(pixels, together);
        float[] last = new float[extractor.Length];

        extractor.Extract(pixels.AsSpan(6 * 3 * Size * Size), last);

        Assert.Equal(together[^extractor.Length..], last, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    public void Layers_that_slide_take_images_of_another_size(int size)
    {
        using var scope = NewDisposeScope();
        byte[] pixels = SmallExtractor.Pixels(2, size);
        using OnnxExtractor extractor = SmallExtractor.Open(size);
        float[] features = new float[2 * extractor.Length];

        extractor.Extract(pixels, features);

        Tensor images = tensor(pixels, dtype: float32).view(2, 3, size, size) / 255;
        images = (images - Channels(FeaturePreparation.ImageNet.Mean)) / Channels(FeaturePreparation.ImageNet.Std);
        Assert.Equal(
            SmallExtractor.Logits(images).data<float>().ToArray(),
            features,
            (a, b) => Math.Abs(a - b) < 1e-4 * (1 + Math.Abs(a))
        );
    }

    [Fact]
    public void Another_network_or_preparation_is_another_identity()
    {
        using OnnxExtractor one = SmallExtractor.Open(Size);
        using OnnxExtractor same = SmallExtractor.Open(Size);
        using OnnxExtractor larger = SmallExtractor.Open(64);
        using var blue = new OnnxExtractor(
            "small",
            SmallExtractor.Content(Size),
            FeaturePreparation.ImageNet with
            {
                Size = Size,
                BlueFirst = true,
            },
            threads: 1
        );

        Assert.Equal(one.Identity, same.Identity);
        Assert.Equal(3, new[] { one.Identity, larger.Identity, blue.Identity }.Distinct().Count());
    }

    public static TheoryData<string, string> Damages =>
        new()
        {
            { "bytes", "it is no ONNX model" },
            { "empty", "it has no operators" },
            { "two outputs", "it gives 2 values" },
            { "vectors", "is not of images" },
            { "bytes in", "expected float32" },
            { "two inputs", "it takes 2 inputs" },
            { "fixed", "may depend on their size" },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public void What_makes_no_features_is_refused(string damage, string named)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SmallExtractor.Content(Size));
        GraphProto graph = model.Graph;
        int size = Size;
        switch (damage)
        {
            case "empty":
                graph.Node.Clear();
                break;
            case "two outputs":
                graph.Output.Add(graph.Output[0].Clone());
                break;
            case "vectors":
                graph.Input[0].Type.TensorType.Shape.Dim.RemoveAt(3);
                break;
            case "bytes in":
                graph.Input[0].Type.TensorType.ElemType = TensorProto.Types.DataType.Uint8;
                break;
            case "two inputs":
                graph.Input.Add(graph.Input[0].Clone());
                graph.Input[1].Name = "other";
                break;
            case "fixed":
                graph.Node[^1].OpType = "Reshape";
                size = 64;
                break;
        }

        byte[] content = damage == "bytes" ? [1, 2, 3, 255] : model.ToByteArray();

        string message = Assert
            .Throws<CounterpoiseException>(() =>
                new OnnxExtractor("small", content, FeaturePreparation.ImageNet with { Size = size }, threads: 1)
            )
            .Message;
        Assert.Contains(named, message);
        Assert.Contains("small", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_feature_that_is_no_number_is_refused() =>
        Assert.Contains(
            "is the preparation (mean, std, channel order) that of the network",
            Assert
                .Throws<CounterpoiseException>(() =>
                    new OnnxExtractor(
                        "small",
                        SmallExtractor.Content(Size),
                        FeaturePreparation.ImageNet with
                        {
                            Size = Size,
                            Std = [1e-45f, 1, 1],
                        },
                        threads: 1
                    )
                )
                .Message
        );

    [Fact]
    public void The_network_that_comes_along_tells_pictures_apart_in_both_sizes()
    {
        using IFeatureExtractor large = FeatureExtractors.Open(FeatureExtractors.ResNet18, 224, threads: 2);
        using IFeatureExtractor small = FeatureExtractors.Open(FeatureExtractors.ResNet18, 112, threads: 2);
        Assert.Equal(512, large.Length);
        Assert.Equal(512, small.Length);
        Assert.Equal(224, FeatureExtractors.UsualSizeOf(FeatureExtractors.ResNet18));
        float[] features = new float[512];

        small.Extract(SmallExtractor.Pixels(1, 112), features);

        Assert.All(features, value => Assert.InRange(value, 0, 100)); // Means of what a rectifier let through.
        Assert.True(features.Count(value => value > 0.01) > 100);
    }

    [Fact]
    public void A_name_that_is_none_is_refused() =>
        Assert.Contains(
            "expected resnet18 or an ONNX file",
            Assert.Throws<UsageException>(() => FeatureExtractors.Open("resnet19", 224)).Message
        );

    private static Tensor Channels(IReadOnlyList<float> values) => tensor(values.ToArray()).view(3, 1, 1);
}
