using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Results.Export;

namespace Counterpoise.Tests.Results;

public sealed class ClassifierDescriptionTests
{
    private static readonly ImageReading Newest = new(new ImageGeometry(16, 20, ResizeRule.ShorterSide));

    [Fact]
    public void How_files_are_read_goes_with_a_classifier_in_a_format_that_older_tools_refuse()
    {
        foreach (
            ImageReading reading in new[]
            {
                Newest,
                Newest with
                {
                    Background = BackgroundColour.Parse("#102030"),
                    Range = PixelRange.File,
                },
                Newest with
                {
                    Rules = DecodingRules.First,
                    Background = BackgroundColour.Parse("white"),
                },
            }
        )
        {
            IReadOnlyDictionary<string, string> metadata = Describe(reading).ToMetadata();
            Assert.Equal("2", metadata["counterpoise_format"]);
            Assert.Equal(reading, ClassifierDescription.Read(metadata).Images.Reading);
        }
    }

    [Fact]
    public void A_classifier_of_the_first_rules_is_written_and_read_as_before()
    {
        ImageReading first = Newest with { Rules = DecodingRules.First };
        IReadOnlyDictionary<string, string> metadata = Describe(first).ToMetadata();
        Assert.Equal("1", metadata["counterpoise_format"]);
        Assert.DoesNotContain("decoding", metadata.Keys);
        Assert.Equal(first, ClassifierDescription.Read(metadata).Images.Reading);
    }

    [Fact]
    public void What_is_resized_once_more_and_its_frozen_network_go_with_a_classifier()
    {
        var geometry = new ImageGeometry(32, 32, ResizeRule.Square);
        ClassifierDescription described = Describe(new ImageReading(geometry)) with
        {
            Features = ("some.onnx", "abc 112"),
        };
        described = described with { Images = described.Images with { ResizedTo = 112 } };

        IReadOnlyDictionary<string, string> metadata = described.ToMetadata();
        var read = ClassifierDescription.Read(metadata);

        Assert.Equal("3", metadata["counterpoise_format"]);
        Assert.Equal(("112", "32"), (metadata["image_size"], metadata["stored_size"]));
        Assert.Equal(described.Images, read.Images);
        Assert.Equal(112, read.Images.Size);
        Assert.Equal(described.Features, read.Features);
    }

    [Theory]
    [InlineData("background", "pink", "expected black, white or #rrggbb")]
    [InlineData("range", "some", "expected full or file")]
    [InlineData("decoding", "3", "expected 1 to 2")]
    [InlineData("counterpoise_format", "5", "expected 1 to 4")]
    public void What_is_not_known_is_refused(string key, string value, string message)
    {
        var metadata = new Dictionary<string, string>(Describe(Newest).ToMetadata()) { [key] = value };
        Assert.Contains(
            message,
            Assert.Throws<FormatException>(() => ClassifierDescription.Read(metadata)).Message,
            StringComparison.Ordinal
        );
        metadata.Remove(key);
        Assert.Contains(
            $"lacks '{key}'",
            Assert.Throws<FormatException>(() => ClassifierDescription.Read(metadata)).Message,
            StringComparison.Ordinal
        );
    }

    private static ClassifierDescription Describe(ImageReading reading) =>
        new(["a", "b"], new ImagePreparation(reading, Normalisation.Cifar), [3, 4], [0.5, 0.5], "resnet8", "erm");
}
