namespace Counterpoise.Runs;

/// <summary>What is told anew when a run is gone on with or used once more; null leaves it as the run was started.</summary>
internal sealed record ResumeOptions
{
    /// <summary>Computes wherever it can: a network that was trained on a GPU can be used where there is none.</summary>
    public static ResumeOptions AnyDevice { get; } = new() { Device = "auto" };

    /// <summary>Threads within one operation; another number changes the last bits.</summary>
    public int? Threads { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>; another one changes the last bits.</summary>
    public string? Device { get; init; }

    /// <summary>Keep the checkpoint of every so many epochs, besides the last two.</summary>
    public int? KeepEvery { get; init; }

    /// <summary>Take the statistics of all classes every so many epochs; 0 for never.</summary>
    public int? StatisticsEvery { get; init; }

    /// <summary>Where the data is now, if it has moved.</summary>
    public string? Source { get; init; }

    /// <summary>Where the list that is tested on is now, if it has moved.</summary>
    public string? TestData { get; init; }

    /// <summary>Where the paths of lists start now, if the images have moved.</summary>
    public string? ImageRoot { get; init; }
}
