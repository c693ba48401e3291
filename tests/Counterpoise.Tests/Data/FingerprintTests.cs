using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class FingerprintTests
{
    [Fact]
    public void Same_contents_give_the_same_print_whatever_holds_them()
    {
        using InMemoryImages images = TestImages.Random(600, 3, 3);
        ImageSubset view = new(images, [.. Enumerable.Range(0, 600)]);
        string print = Fingerprint.Of(images);
        Assert.Matches("^[0-9a-f]{64}$", print);
        Assert.Equal(print, Fingerprint.Of(view));
    }

    [Fact]
    public void Order_labels_names_shape_and_pixels_all_change_it()
    {
        byte[] bytes = [.. Enumerable.Range(0, 36).Select(i => (byte)i)];
        byte[] changed = [.. bytes[..35], 99];
        using InMemoryImages images = TestImages.Of(bytes, 2, 2, 3);
        using InMemoryImages turned = TestImages.Of(bytes, 2, 3, 2);
        using InMemoryImages edited = TestImages.Of(changed, 2, 2, 3);
        using InMemoryImages labelled = TestImages.Of(bytes, 2, 2, 3, classes: 1);
        string[] prints =
        [
            .. new IImageSource[] { images, turned, edited, labelled, new ImageSubset(images, [1, 0]) }.Select(
                Fingerprint.Of
            ),
        ];
        Assert.Equal(5, prints.Distinct().Count());
    }
}
