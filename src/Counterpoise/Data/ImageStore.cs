namespace Counterpoise.Data;

/// <summary>Where the pixels of image files are kept between reads.</summary>
public enum ImageStore
{
    /// <summary>In memory where they take less than half of it, else nowhere.</summary>
    Auto,

    /// <summary>In memory, decoded once.</summary>
    Memory,

    /// <summary>Nowhere: files are decoded whenever they are read.</summary>
    Stream,
}
