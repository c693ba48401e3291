using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class ImageRowsTests
{
    [Fact]
    public void An_image_and_its_views_weigh_one_together()
    {
        var rows = new ImageRows(4, [2, 0, 2, 2, 3]);

        double[] ofImages = new double[rows.Images];
        foreach ((int row, double share) in rows.Shares.Index())
        {
            ofImages[rows[row]] += share;
        }

        Assert.Equal(9, rows.Count);
        Assert.All(ofImages, weight => Assert.Equal(1, weight, 1e-15));
        Assert.Equal([0.5, 1, 0.25, 0.5, 0.25, 0.5, 0.25, 0.25, 0.5], rows.Shares);
        Assert.Equal(["a", "b", "c", "d", "c", "a", "c", "c", "d"], rows.Spread(["a", "b", "c", "d"]));
        Assert.Equal([1.0, 1.0], new ImageRows(2, []).Shares);
    }

    [Fact]
    public void Some_images_have_their_own_views_alone()
    {
        var rows = new ImageRows(4, [2, 0, 2, 2, 3]);

        (ImageRows some, int[] from) = rows.At([3, 1, 2]);

        Assert.Equal(3, some.Images);
        Assert.Equal([0, 2, 2, 2], some.Views);
        Assert.Equal([3, 1, 2, 8, 4, 6, 7], from);
        Assert.Equal([2, 4, 6, 7], Enumerable.Range(0, rows.CountOf(2)).Select(view => rows.RowOf(2, view)));
        Assert.Equal(1, rows.CountOf(1));
    }
}
