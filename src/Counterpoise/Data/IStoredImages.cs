using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>Images as they are before cropping: what a packed file keeps.</summary>
internal interface IStoredImages : IImageSource
{
    /// <summary>Loads one image; may be called from several threads.</summary>
    /// <returns>Null, or the reason why it is unreadable.</returns>
    string? Load(int position, PixelBuffer image);

    /// <summary>Where an image comes from, for messages.</summary>
    string Describe(int position);

    /// <summary>What tells the bytes of an image, once it was loaded, from those of others; null where the source does not look.</summary>
    UInt128? ContentOf(int position) => null;

    /// <summary>32 bytes that identify an image, or null where its pixels do.</summary>
    byte[]? IdentityOf(int position);
}
