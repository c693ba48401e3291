using Counterpoise.Data.Files;

namespace Counterpoise.Data;

/// <summary>How a data set is opened.</summary>
internal sealed record OpenOptions
{
    /// <summary>Height and width, in pixels, of what the network gets.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Whether images of a form that has a size of its own may keep it: whoever reads them resizes them.</summary>
    public bool TakesOwnSize { get; init; }

    /// <summary>The length that image files are resized to before they are cropped to that size; null for the size itself.</summary>
    public int? Resize { get; init; }

    /// <summary>Which sides get that length.</summary>
    public ResizeRule ResizeRule { get; init; }

    /// <summary>What transparent pixels are laid over.</summary>
    public BackgroundColour Background { get; init; }

    /// <summary>What values of 16 bits are scaled by.</summary>
    public PixelRange Range { get; init; }

    /// <summary>The version of the rules that image files are read by; null for the newest, or for a packed file's own.</summary>
    public int? Decoding { get; init; }

    /// <summary>Which image files are used, and how their labels and parts are found.</summary>
    public ListingOptions Listing { get; init; } = new();

    /// <summary>Where the pixels of image files are kept. It changes speed and memory, never a result.</summary>
    public ImageStore Store { get; init; }

    /// <summary>Whether unreadable images are left out, and said so in the notes, instead of failing.</summary>
    public bool SkipUnreadable { get; init; }

    /// <summary>The data seed: which images become the test part where there is none, and the synthetic images.</summary>
    public ulong Seed { get; init; }

    /// <summary>Receives how many files are read out of how many; called from several threads.</summary>
    public IProgress<(int Done, int Total)>? Progress { get; init; }

    /// <summary>Receives what is told while it lasts, such as that another process is waited for.</summary>
    public IProgress<string>? Messages { get; init; }

    /// <summary>Whether images without a part are all tested on, instead of a fifth of them: nothing is trained on these.</summary>
    public bool TestsAll { get; init; }

    /// <summary>Whether the data is only looked at: rows that are wrong are counted, where they would be refused.</summary>
    public bool Inspects { get; init; }

    /// <summary>Whether every file is read once in any case, so that files with the same bytes are looked for.</summary>
    public bool ReadsAll { get; init; }

    /// <summary>Whether images that look the same are looked for, too, where data is only looked at.</summary>
    public bool Compares { get; init; }

    /// <summary>Which step of the protocol is opened where the data is Tiered-ImageNet's.</summary>
    public TieredStep Tiered { get; init; }

    internal ImageGeometry Geometry => new(ImageSize, Resize ?? ImageSize, ResizeRule);

    /// <summary>How image files are read.</summary>
    internal ImageReading Reading =>
        new(Geometry)
        {
            Background = Background,
            Range = Range,
            Rules = Decoding ?? DecodingRules.Newest,
        };
}
