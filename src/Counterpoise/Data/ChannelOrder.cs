namespace Counterpoise.Data;

/// <summary>The order in which a frozen network takes the channels of an image.</summary>
public enum ChannelOrder
{
    /// <summary>As the network's file says, or the file beside it; red, green, blue where neither does.</summary>
    Auto,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}
