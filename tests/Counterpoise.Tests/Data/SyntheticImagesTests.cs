using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Tests.Data;

public sealed class SyntheticImagesTests
{
    [Fact]
    public void The_set_has_ten_classes_of_the_size_asked()
    {
        using ImageData data = SyntheticImages.Open(0, trainPerClass: 12, testPerClass: 5);
        Assert.Equal(10, data.Train.Classes.Count);
        Assert.All(ClassPositions.Of(data.Train.Labels, 10), positions => Assert.Equal(12, positions.Length));
        Assert.All(ClassPositions.Of(data.Test.Labels, 10), positions => Assert.Equal(5, positions.Length));
        Assert.StartsWith("synthetic: recognised the built-in set", data.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_depends_on_the_seed_the_part_and_its_position_alone()
    {
        using ImageData few = SyntheticImages.Open(1, 2, 2);
        using ImageData many = SyntheticImages.Open(1, 4, 4);
        using ImageData other = SyntheticImages.Open(2, 2, 2);
        int[] first = [.. Enumerable.Range(0, 20)];
        Assert.Equal(TestImages.Bytes(few.Train, first), TestImages.Bytes(many.Train, first));
        Assert.Equal(TestImages.Bytes(few.Test, first), TestImages.Bytes(many.Test, first));
        Assert.NotEqual(TestImages.Bytes(few.Train, first), TestImages.Bytes(few.Test, first));
        Assert.NotEqual(TestImages.Bytes(few.Train, first), TestImages.Bytes(other.Train, first));
    }

    [Fact]
    public void It_opens_by_name_in_its_own_size_only()
    {
        using ImageData data = ImageDataSource.Open("synthetic", new OpenOptions { Seed = 4 });
        Assert.Equal(10 * SyntheticImages.TrainPerClass, data.Train.Count);
        Assert.Equal(10 * SyntheticImages.TestPerClass, data.Test.Count);
        Assert.Equal([SyntheticImages.TestPerClass], ImageDataSource.Inspect("synthetic").TestCounts.Distinct());
        UsageException error = Assert.Throws<UsageException>(() =>
            ImageDataSource.Open("synthetic", new OpenOptions { ImageSize = 64 })
        );
        Assert.StartsWith(
            "synthetic has images of 32x32 that are not resized",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_shape_covers_part_of_its_frame()
    {
        for (int label = 0; label < 10; label++)
        {
            int inside = 0;
            for (int i = 0; i < 441; i++)
            {
                inside += SyntheticShape.Distance(label, ((i % 21) - 10) / 10.0, ((i / 21) - 10) / 10.0) < 0 ? 1 : 0;
            }

            Assert.InRange(inside / 441.0, 0.15, 0.8);
        }
    }
}
