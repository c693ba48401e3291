using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Counterpoise.Tests.Features;

/// <summary>What images a network in a file takes, said in the recipe, beside it, in it or nowhere.</summary>
public sealed class FrozenPreparationTests : IDisposable
{
    private const string Hub = """
        { "do_resize": true, "size": { "shortest_edge": 48 }, "resample": 3, "do_center_crop": true,
          "crop_size": { "height": 40, "width": 40 }, "do_rescale": true, "rescale_factor": 0.00392156862745098,
          "do_normalize": true, "image_mean": [0.5, 0.25, 0.125], "image_std": [0.5, 0.25, 1] }
        """;

    private const string Timm = """
        { "architecture": "some", "pretrained_cfg": { "input_size": [3, 40, 40], "mean": [0.5, 0.25, 0.125],
          "std": [0.5, 0.25, 1], "interpolation": "bicubic", "crop_pct": 0.875, "crop_mode": "center" } }
        """;

    private const string Own = """
        { "image_size": 40, "resize": 48, "resize_rule": "shorter_side", "mean": [0.5, 0.25, 0.125], "std": [0.5, 0.25, 1], "order": "bgr" }
        """;

    private readonly TemporaryFolder folder = new();

    private string Model => folder["net.onnx"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("preprocessor_config.json", Hub, 48)]
    [InlineData("config.json", Timm, 45)]
    [InlineData("net.json", Own, 48)]
    [InlineData("net.json", Hub, 48)]
    public void A_file_beside_it_says_what_images_it_takes(string file, string content, int resize)
    {
        Write();
        File.WriteAllText(folder[file], content);

        DataSettings settings = FeatureExtractors.Sized(new DataSettings { Features = Model });
        FrozenNetwork frozen = FeatureExtractors.Find(settings);

        Assert.Equal((40, resize, ResizeRule.ShorterSide), (settings.ImageSize, settings.Resize, settings.ResizeRule));
        Assert.Equal([0.5f, 0.25f, 0.125f], frozen.Preparation.Mean);
        Assert.Equal([0.5f, 0.25f, 1f], frozen.Preparation.Std);
        Assert.Equal(content == Own, frozen.Preparation.BlueFirst);
        Assert.Contains($"mean 0.5, 0.25, 0.125, deviation 0.5, 0.25, 1", frozen.Notes[0]);
        Assert.Contains($"from {file}", frozen.Notes[0]);
        Assert.Contains(
            $"images of 40 pixels, resized to {resize} in the shorter side as {file} asks for",
            frozen.Notes[1]
        );
        string[] undone = content == Own ? [] : [content == Hub ? "resample 3" : "interpolation bicubic"];
        Assert.Equal(undone.Length, frozen.Notes.Count - 2);
        Assert.All(undone, what => Assert.Contains($"{file} asks for {what}, which is not done", frozen.Notes[2]));
    }

    [Fact]
    public void The_recipe_wins_over_the_file_beside_it_over_its_own_metadata_over_what_is_usual()
    {
        Write(("mean", "[0.1, 0.2, 0.3]"), ("std", "[0.4, 0.5, 0.6]"), ("Image.BitmapPixelFormat", "Bgr8"));
        File.WriteAllText(folder["net.json"], """{ "mean": [0.5, 0.5, 0.5] }""");
        var settings = new DataSettings { Features = Model, FeaturesStd = "1, 2, 3" };

        FrozenNetwork frozen = FeatureExtractors.Find(settings);
        FrozenNetwork other = FeatureExtractors.Find(
            settings with
            {
                FeaturesStd = "",
                FeaturesOrder = ChannelOrder.Rgb,
            }
        );

        Assert.Equal([0.5f, 0.5f, 0.5f], frozen.Preparation.Mean);
        Assert.Equal([1f, 2f, 3f], frozen.Preparation.Std);
        Assert.True(frozen.Preparation.BlueFirst);
        Assert.Equal(
            $"{Model}: mean 0.5, 0.5, 0.5 from net.json; deviation 1, 2, 3 from the recipe; channels bgr from the file itself.",
            frozen.Notes[0]
        );
        Assert.Equal([0.4f, 0.5f, 0.6f], other.Preparation.Std);
        Assert.False(other.Preparation.BlueFirst);

        File.Delete(folder["net.json"]);
        Write();
        FrozenNetwork plain = FeatureExtractors.Find(settings with { FeaturesStd = "" });
        Assert.Equal(
            FeaturePreparation.ImageNet with
            {
                Size = 32,
            },
            plain.Preparation with
            {
                Mean = FeaturePreparation.ImageNet.Mean,
                Std = FeaturePreparation.ImageNet.Std,
            }
        );
        Assert.Equal(FeaturePreparation.ImageNet.Mean, plain.Preparation.Mean);
        Assert.Equal(FeaturePreparation.ImageNet.Std, plain.Preparation.Std);
        Assert.Contains("from what is usual for ImageNet, as nothing else says it", plain.Notes[0]);
    }

    [Theory]
    [InlineData("""{ "do_normalize": false, "size": 40 }""", 0, 1)]
    [InlineData("""{ "do_rescale": false, "do_normalize": false, "size": 40 }""", 0, 1 / 255.0)]
    [InlineData(
        """{ "do_rescale": false, "image_mean": [127.5, 127.5, 127.5], "image_std": [51, 51, 51], "size": 40 }""",
        0.5,
        0.2
    )]
    public void Rescaling_and_normalising_can_each_be_left_out(string content, double mean, double std)
    {
        Write();
        File.WriteAllText(folder["preprocessor_config.json"], content);

        FeaturePreparation preparation = FeatureExtractors.Find(new DataSettings { Features = Model }).Preparation;

        Assert.All(preparation.Mean, value => Assert.Equal(mean, value, 1e-6));
        Assert.All(preparation.Std, value => Assert.Equal(std, value, 1e-6));
    }

    [Fact]
    public void Another_size_than_is_asked_for_is_said()
    {
        Write();
        File.WriteAllText(folder["net.json"], Own);

        FrozenNetwork frozen = FeatureExtractors.Find(new DataSettings { Features = Model, ImageSize = 32 });

        Assert.Equal(
            $"{Model}: net.json asks for images of 40 pixels, resized to 48 in the shorter side, the recipe for images of 32 pixels, resized to 32 in both sides, which is done.",
            frozen.Notes[1]
        );
    }

    [Theory]
    [InlineData(
        "preprocessor_config.json",
        """{ "size": 40, "image_mean": [0.5, 0.5] }""",
        "'image_mean' is [0.5,0.5], expected three finite numbers"
    )]
    [InlineData(
        "preprocessor_config.json",
        """{ "size": 40, "image_std": [0.5, 0, 0.5] }""",
        "'image_std' is [0.5,0,0.5], expected three numbers above 0"
    )]
    [InlineData("preprocessor_config.json", """{ "size": { "height": 40, "width": 50 } }""", "'size' is")]
    [InlineData("preprocessor_config.json", """{ "size": 4000000 }""", "'size' is 4000000, expected 8 to 4096 pixels")]
    [InlineData(
        "preprocessor_config.json",
        """{ "size": 40, "rescale_factor": 0 }""",
        "'rescale_factor' is 0, expected a number above 0"
    )]
    [InlineData("config.json", """{ "pretrained_cfg": { "input_size": [1, 28, 28] } }""", "'input_size' is")]
    [InlineData(
        "config.json",
        """{ "pretrained_cfg": { "input_size": [3, 40, 40], "crop_pct": 2 } }""",
        "'crop_pct' is 2"
    )]
    [InlineData("net.json", """{ "order": "rbg" }""", "'order' is")]
    [InlineData("net.json", """{ "image_size": 2000 }""", "'image_size' is 2000, expected 8 to 1024 pixels")]
    [InlineData("net.json", """{ "image_size": 40, "resize": 30 }""", "'resize' is 30, expected at least image_size")]
    [InlineData("preprocessor_config.json", """{ "size": 2000 }""", "'size' is 2000, expected at most 1024 pixels")]
    [InlineData("net.json", "[1, 2]", "expected a JSON object")]
    public void A_value_that_makes_no_sense_is_refused(string file, string content, string named)
    {
        Write();
        File.WriteAllText(folder[file], content);

        string message = Assert
            .Throws<CounterpoiseException>(() => FeatureExtractors.Find(new DataSettings { Features = Model }))
            .Message;

        Assert.StartsWith(folder[file], message, StringComparison.Ordinal);
        Assert.Contains(named, message);
        Assert.DoesNotContain("the run is damaged", message);
    }

    [Fact]
    public void Metadata_that_makes_no_sense_is_refused()
    {
        Write(("mean", "[0.1, 0.2]"));

        Assert.Contains(
            "its metadata has 'mean' '[0.1, 0.2]', expected three finite numbers",
            Assert
                .Throws<CounterpoiseException>(() => FeatureExtractors.Find(new DataSettings { Features = Model }))
                .Message
        );
    }

    [Theory]
    [InlineData("0.5, 0.5", "", "data.features_mean is '0.5, 0.5', expected three finite numbers")]
    [InlineData("", "1, 1, 0", "data.features_std is '1, 1, 0', expected three numbers above 0")]
    public void A_setting_that_makes_no_sense_is_refused(string mean, string std, string named) =>
        Assert.Contains(
            named,
            Assert
                .Throws<UsageException>(() =>
                    new DataSettings
                    {
                        Features = "net.onnx",
                        FeaturesMean = mean,
                        FeaturesStd = std,
                    }.Resolve()
                )
                .Message
        );

    [Fact]
    public void A_setting_of_a_network_that_is_not_there_is_refused() =>
        Assert.Contains(
            "data.features_order is set, but data.features is empty",
            Assert.Throws<UsageException>(() => new DataSettings { FeaturesOrder = ChannelOrder.Bgr }.Resolve()).Message
        );

    [Fact]
    public void Other_files_beside_it_say_nothing()
    {
        Write();
        File.WriteAllText(folder["config.json"], """{ "model_type": "vit" }""");

        Assert.Contains(
            "what is usual for ImageNet",
            FeatureExtractors.Find(new DataSettings { Features = Model }).Notes[0]
        );
    }

    private void Write(params (string Key, string Value)[] metadata)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(SmallExtractor.Content(32));
        model.MetadataProps.Clear();
        model.MetadataProps.AddRange(
            metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value })
        );
        File.WriteAllBytes(Model, model.ToByteArray());
    }
}
