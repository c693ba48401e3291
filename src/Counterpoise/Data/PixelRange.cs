namespace Counterpoise.Data;

/// <summary>What the values of image files of 16 bits are scaled by.</summary>
public enum PixelRange
{
    /// <summary>All that 16 bits can hold: 0 becomes 0 and 65535 becomes 255.</summary>
    Full,

    /// <summary>Each file's own values: the smallest becomes 0 and the largest 255.</summary>
    File,
}
