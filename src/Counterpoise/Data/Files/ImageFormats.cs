namespace Counterpoise.Data.Files;

/// <summary>The kinds of image files that are read.</summary>
internal static class ImageFormats
{
    /// <summary>What names of image files end with. It only says which files are looked at: what a file is, its content says.</summary>
    internal static IReadOnlyList<string> Endings { get; } =
    [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"];

    private static readonly string[] FirstEndings = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    private static readonly string[] Unread =
    [
        ".heic",
        ".heif",
        ".avif",
        ".jxl",
        ".jp2",
        ".j2k",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
        ".tga",
        ".ico",
        ".psd",
        ".svg",
        ".exr",
        ".hdr",
        ".dng",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".orf",
        ".raf",
        ".rw2",
        ".dcm",
        ".npy",
    ];

    /// <summary>Those that were read by a version of the rules.</summary>
    internal static IReadOnlyList<string> EndingsOf(int? decoding) =>
        decoding == DecodingRules.First ? FirstEndings : Endings;

    /// <summary>Whether a file is looked at, by its name.</summary>
    internal static bool IsNamedLikeOne(ReadOnlySpan<char> name) =>
        Endings.Contains(Path.GetExtension(name).ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file is an image by its name, read or not.</summary>
    internal static bool IsNamedLikeAny(ReadOnlySpan<char> name) =>
        IsNamedLikeOne(name) || Unread.Contains(Path.GetExtension(name).ToString(), StringComparer.OrdinalIgnoreCase);
}
