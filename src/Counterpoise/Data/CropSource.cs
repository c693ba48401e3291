namespace Counterpoise.Data;

/// <summary>What random parts of training images are cut from.</summary>
public enum CropSource
{
    /// <summary>Images as they are stored: resized to one length. All stores give the same parts.</summary>
    Stored,

    /// <summary>Pictures as they are in their files, which are decoded whenever they are read.</summary>
    Original,
}
