using Counterpoise.Data;
using Counterpoise.Data.Formats;
using TorchSharp;

namespace Counterpoise.Tests.Data;

public sealed class ImagePreparationTests
{
    private static readonly Normalisation Constants = new([0.4f, 0.5f, 0.6f], [0.1f, 0.2f, 0.3f]);

    [Theory]
    [InlineData(ResizeRule.Square, 16, 20)]
    [InlineData(ResizeRule.ShorterSide, 16, 24)]
    [InlineData(ResizeRule.ShorterSide, 16, 16)]
    public void A_file_becomes_what_a_test_image_becomes(ResizeRule rule, int size, int resize)
    {
        using var folder = new TemporaryFolder();
        foreach (
            string path in new[] { "test/a/x.png", "test/b/x.png", "train/a/y.png", "train/b/y.png" }.Select(name =>
                folder[name]
            )
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            TestFiles.Write(path, 37, 53, (x, y) => new SkiaSharp.SKColor((byte)(x * 5), (byte)(y * 3), (byte)(x * y)));
        }

        var options = new OpenOptions
        {
            ImageSize = size,
            Resize = resize,
            ResizeRule = rule,
        };
        using ImageData data = ImageDataSource.Open(folder.Path, options);
        using torch.Tensor wanted = data.Test.Read([0]);
        var preparation = new ImagePreparation(new ImageReading(new ImageGeometry(size, resize, rule)), Constants);

        byte[] fromPath = new byte[preparation.Bytes];
        byte[] fromBytes = new byte[preparation.Bytes];
        Assert.Null(preparation.Read(folder["test/a/x.png"], fromPath));
        Assert.Null(preparation.Read(File.ReadAllBytes(folder["test/a/x.png"]), fromBytes));

        Assert.Equal(wanted.bytes.ToArray(), fromPath);
        Assert.Equal(fromPath, fromBytes);
    }

    [Fact]
    public void Channels_are_normalised_each_by_its_own()
    {
        var preparation = new ImagePreparation(new ImageReading(new ImageGeometry(8, 8, ResizeRule.Square)), Constants);
        byte[] planes = [.. Enumerable.Range(0, preparation.Bytes).Select(i => (byte)(i * 7))];
        float[] input = new float[preparation.Bytes];
        preparation.Normalise(planes, input);
        for (int i = 0; i < input.Length; i++)
        {
            int channel = i / 64;
            Assert.Equal(((planes[i] / 255.0) - Constants.Mean[channel]) / Constants.Std[channel], input[i], 1e-5);
        }
    }

    [Fact]
    public void Too_many_pixels_are_refused_before_they_are_decoded()
    {
        using var folder = new TemporaryFolder();
        TestFiles.Write(folder["x.png"], 30, 40, (_, _) => SkiaSharp.SKColors.Red);
        var preparation = new ImagePreparation(new ImageReading(new ImageGeometry(8, 8, ResizeRule.Square)), Constants);
        byte[] file = File.ReadAllBytes(folder["x.png"]);
        byte[] planes = new byte[preparation.Bytes];
        Assert.Null(preparation.Read(file, planes, mostPixels: 1200));
        Assert.Equal(
            "the image is 30x40, more than 0.001199 megapixels",
            preparation.Read(file, planes, mostPixels: 1199)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => preparation.Read(file, planes.AsSpan(1)));
    }
}
