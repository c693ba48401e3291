namespace Counterpoise.Data;

/// <summary>How a data set is opened.</summary>
public sealed record OpenOptions
{
    /// <summary>Height and width, in pixels, that the images of a folder are resized to.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Whether unreadable images are left out, and said so in the notes, instead of failing.</summary>
    public bool SkipUnreadable { get; init; }

    /// <summary>The data seed: which images become the test part where there is none, and the synthetic images.</summary>
    public ulong Seed { get; init; }

    /// <summary>Receives how many files are read out of how many; called from several threads.</summary>
    public IProgress<(int Done, int Total)>? Progress { get; init; }
}
