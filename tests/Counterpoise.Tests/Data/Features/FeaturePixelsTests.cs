using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Data.Features;

public sealed class FeaturePixelsTests
{
    private static readonly int[] Positions = [7, 0, 3];

    [Theory]
    [InlineData(112)]
    [InlineData(224)]
    [InlineData(20)]
    [InlineData(32)]
    public void A_file_of_an_image_becomes_the_pixels_that_were_trained_on(int size)
    {
        using ImageData data = SyntheticImages.Open(0, trainPerClass: 1, testPerClass: 1);
        byte[] wanted = FeaturePixels.Read(data.Train, Positions, size);
        using var folder = new TemporaryFolder();
        var preparation = new ImagePreparation(
            new ImageReading(new ImageGeometry(32, 32, ResizeRule.Square)),
            Normalisation.Imagenet
        )
        {
            ResizedTo = size,
        };

        foreach ((int at, int position) in Positions.Index())
        {
            using Tensor image = data.Train.Read([position]);
            byte[] planes = image.bytes.ToArray();
            TestFiles.Write(
                folder["image.png"],
                32,
                32,
                (x, y) => new SKColor(Channel(0, x, y), Channel(1, x, y), Channel(2, x, y))
            );
            byte[] found = new byte[preparation.Bytes];
            Assert.Null(preparation.Read(folder["image.png"], found));
            Assert.Equal(wanted[(at * found.Length)..][..found.Length], found);

            byte Channel(int channel, int x, int y) => planes[(((channel * 32) + y) * 32) + x];
        }
    }

    [Theory]
    [InlineData(112)]
    [InlineData(224)]
    [InlineData(20)]
    public void Resizing_is_bilinear_with_smoothing_where_images_get_smaller(int size)
    {
        using var scope = NewDisposeScope();
        using ImageData data = SyntheticImages.Open(0, trainPerClass: 1, testPerClass: 1);
        Tensor slow = nn.functional.interpolate(
            data.Train.Read(Positions).to(float32),
            [size, size],
            mode: InterpolationMode.Bilinear,
            align_corners: false,
            antialias: size < 32
        );

        Tensor found = tensor(FeaturePixels.Read(data.Train, Positions, size)).view(3, 3, size, size).to(float32);

        Assert.True((found - slow).abs().max().item<float>() < 0.51);
    }
}
