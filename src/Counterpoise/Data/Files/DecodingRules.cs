namespace Counterpoise.Data.Files;

/// <summary>
/// The versions of how image files are read. A run, a packed file and an exported classifier name theirs, so that one
/// network never sees images that were read in two ways.
/// </summary>
internal static class DecodingRules
{
    /// <summary>JPEG, PNG, WebP and BMP; EXIF orientation in JPEG and WebP, written as a short number.</summary>
    internal const int First = 1;

    /// <summary>
    /// Also TIFF and GIF, and nothing but these kinds; EXIF orientation in PNG, too, and written as a long number; images
    /// with one side more than 16 times the other are cut to their middle where the shape is kept.
    /// </summary>
    internal const int Newest = 2;
}
