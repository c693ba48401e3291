using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using TorchSharp;

namespace Counterpoise.Tests.Data.Features;

public sealed class FeatureImagesTests
{
    private const int Length = 6;

    [Fact]
    public void Vectors_are_read_in_place_of_pixels_and_pictures_are_the_images()
    {
        using FeatureImages images = Images("a");
        var half = new ImageSubset(images, [5, 2, 2]);

        using torch.Tensor read = half.Read([2, 0]);

        Assert.Equal([2, Length, 1, 1], read.shape);
        Assert.Equal([.. Row(2), .. Row(5)], read.data<float>().ToArray());
        Assert.Equal(Length, half.Features);
        using torch.Tensor picture = half.Pictures.Read([0]);
        using torch.Tensor expected = images.Pictures.Read([5]);
        Assert.Equal(expected.bytes.ToArray(), picture.bytes.ToArray());
        Assert.Equal(ExamplePicture.Png(images.Pictures, 5), ExamplePicture.Png(half, 0));
        Assert.Equal(images.Pictures.Labels[5], half.Labels[0]);
    }

    [Fact]
    public void Images_without_features_are_not_read()
    {
        using ImageData data = SyntheticImages.Open(0, trainPerClass: 1, testPerClass: 1);
        using torch.Tensor numbers = torch.tensor([.. Row(3), .. Row(1)]).view(2, Length);
        using var images = new FeatureImages(data.Train, [3, 1], numbers, "a");

        using torch.Tensor read = images.Read([1, 3]);

        Assert.Equal([.. Row(1), .. Row(3)], read.data<float>().ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => images.Read([1, 2]));
    }

    [Fact]
    public void Another_extractor_makes_other_data_of_the_same_images()
    {
        using FeatureImages one = Images("a");
        using FeatureImages same = Images("a");
        using FeatureImages other = Images("b");

        Assert.Equal(Fingerprint.Of(one), Fingerprint.Of(same));
        Assert.NotEqual(Fingerprint.Of(one), Fingerprint.Of(other));
        Assert.NotEqual(Fingerprint.Of(one), Fingerprint.Of(one.Pictures));
    }

    [Fact]
    public void They_are_centred_and_have_one_scale()
    {
        using FeatureImages images = Images("a");

        Normalisation found = Normalisation.Of(images);

        double[][] rows = [.. Enumerable.Range(0, images.Count).Select(i => Row(i).Select(v => (double)v).ToArray())];
        double[] means = [.. Enumerable.Range(0, Length).Select(d => rows.Average(row => row[d]))];
        double variance = Enumerable
            .Range(0, Length)
            .Average(d => rows.Average(row => (row[d] - means[d]) * (row[d] - means[d])));
        Assert.Equal(means, found.Mean.Select(mean => (double)mean), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.All(found.Std, std => Assert.Equal(Math.Sqrt(variance), std, 1e-5));
        Assert.False(found.IsOfPixels);
        Assert.NotEqual(found, found with { Unit = 255 });
    }

    [Fact]
    public void What_is_not_a_vector_an_image_is_refused()
    {
        using ImageData data = SyntheticImages.Open(0, trainPerClass: 1, testPerClass: 1);
        using torch.Tensor fewer = torch.zeros(3, Length);
        using torch.Tensor bytes = torch.zeros(data.Train.Count, Length, dtype: torch.uint8);

        Assert.Throws<ArgumentException>(() => new FeatureImages(data.Train, All(data), fewer, "a"));
        Assert.Throws<ArgumentException>(() => new FeatureImages(data.Train, All(data), bytes, "a"));
    }

    private static FeatureImages Images(string extractor)
    {
        ImageData data = SyntheticImages.Open(0, trainPerClass: 1, testPerClass: 1);
        data.Test.Dispose();
        float[] numbers = [.. Enumerable.Range(0, data.Train.Count).SelectMany(Row)];
        return new FeatureImages(data.Train, All(data), torch.tensor(numbers).view(-1, Length), extractor);
    }

    private static int[] All(ImageData data) => [.. Enumerable.Range(0, data.Train.Count)];

    private static float[] Row(int image) =>
        [
            .. Enumerable
                .Range(0, Length)
                .Select(d => (float)new Draws(3).At(DrawPurpose.Order, image, d).NextNormal() + (d * 2)),
        ];
}
