namespace Counterpoise.Phases;

/// <summary>When a method or a setting acts, in epochs of what is trained.</summary>
/// <param name="What">The method's name, or the setting's key.</param>
/// <param name="From">How many epochs come before it acts.</param>
/// <param name="When">The same in words, such as <c>it begins after epoch 160</c>.</param>
internal sealed record ActingTime(string What, int From, string When)
{
    /// <summary>After how many epochs it acts no more.</summary>
    internal int Until { get; init; } = int.MaxValue;

    /// <summary>Whether it acts in none of so many epochs.</summary>
    internal bool IsNever(int epochs) => From >= Math.Min(Until, epochs);

    /// <summary>How many of a phase's epochs come before the first one that a share of them lies behind: as <see cref="Basics.StepContext.Progress"/> says it.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <param name="epochs">The number of epochs of the phase.</param>
    internal static int EpochsBefore(double share, int epochs) =>
        Enumerable.Range(0, epochs).Count(epoch => (double)epoch / epochs < share);
}
