namespace Counterpoise.Data;

/// <summary>Cuts a pass over all images into reads of bounded memory.</summary>
internal static class ImageChunks
{
    private const long MostBytes = 64 << 20;
    private const long MostImages = 512;

    /// <summary>All positions of a source, in order, in chunks of at most 512 images or about 64 MB.</summary>
    public static IEnumerable<int[]> Of(IImageSource images) => Of(images, images.Count);

    /// <summary>The numbers below <paramref name="count"/> in such chunks.</summary>
    public static IEnumerable<int[]> Of(IImageSource images, int count)
    {
        long imageBytes = Math.Max(1, 3L * images.Height * images.Width);
        return Enumerable.Range(0, count).Chunk((int)Math.Clamp(MostBytes / imageBytes, 1, MostImages));
    }
}
