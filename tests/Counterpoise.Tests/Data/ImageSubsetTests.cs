using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class ImageSubsetTests
{
    [Fact]
    public void A_subset_shows_the_chosen_images_and_labels_and_leaves_the_source_open()
    {
        using InMemoryImages images = TestImages.Random(5, 3, 3);
        ImageSubset subset = new(images, [3, 1, 4]);
        Assert.Equal(3, subset.Count);
        Assert.Equal([1, 1, 0], subset.Labels);
        Assert.Equal(images.Classes, subset.Classes);
        Assert.Equal(TestImages.Bytes(images, 4, 3), TestImages.Bytes(subset, 2, 0));
        subset.Dispose();
        Assert.Equal(27, TestImages.Bytes(images, 0).Length);
    }

    [Fact]
    public void A_subset_of_a_subset_reads_through_both()
    {
        using InMemoryImages images = TestImages.Random(5, 3, 3);
        ImageSubset inner = new(images, [4, 2, 0]);
        ImageSubset outer = new(inner, [2, 1]);
        Assert.Equal(TestImages.Bytes(images, 0, 2), TestImages.Bytes(outer, 0, 1));
    }

    [Fact]
    public void Positions_outside_are_refused()
    {
        using InMemoryImages images = TestImages.Random(2, 3, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSubset(images, [2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSubset(images, [1]).Read([1]));
    }
}
