namespace Counterpoise.Data.Pixels;

/// <summary>What the user should know of an image that was decoded.</summary>
[Flags]
internal enum ImageTraits
{
    None = 0,

    /// <summary>Some pixels are not opaque.</summary>
    Transparent = 1,

    /// <summary>All pixels are equal.</summary>
    Flat = 2,

    /// <summary>The file has 16 bits a value.</summary>
    Deep = 4,

    /// <summary>Nearly all of that range is not used, so that the image is nearly of one colour.</summary>
    Narrow = 8,

    /// <summary>The file holds other pictures than the one that was decoded.</summary>
    Several = 16,
}
