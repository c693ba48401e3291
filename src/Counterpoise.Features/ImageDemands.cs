using Counterpoise.Data;

namespace Counterpoise.Features;

/// <summary>What one source says of the images that a frozen network takes; null is what it does not say.</summary>
/// <param name="Source">Where it is said, for people.</param>
internal sealed record ImageDemands(string Source)
{
    /// <summary>The smallest length of any side, in pixels.</summary>
    internal const int LeastSize = 8;

    /// <summary>The largest height and width of what a network gets, in pixels.</summary>
    internal const int LargestSize = 1024;

    /// <summary>The largest length that images are resized to, in pixels.</summary>
    internal const int LargestResize = 4096;

    /// <summary>Height and width of what the network gets, in pixels.</summary>
    public int? Size { get; init; }

    /// <summary>The length that images are resized to before they are cropped to that size, in pixels.</summary>
    public int? Resize { get; init; }

    /// <summary>Which sides get that length.</summary>
    public ResizeRule? Rule { get; init; }

    /// <summary>The means of red, green and blue, in units where 255 is 1.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>The standard deviations of red, green and blue, in the same units.</summary>
    public IReadOnlyList<float>? Std { get; init; }

    /// <summary>The order in which the network takes the channels.</summary>
    public ChannelOrder? Order { get; init; }

    /// <summary>What is asked for and not done, for people.</summary>
    public IReadOnlyList<string> Undone { get; init; } = [];

    /// <summary>Whether anything is said at all.</summary>
    public bool IsEmpty => this == new ImageDemands(Source) { Undone = Undone } && Undone.Count == 0;
}
