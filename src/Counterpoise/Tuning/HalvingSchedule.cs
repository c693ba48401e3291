namespace Counterpoise.Tuning;

/// <summary>
/// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all trials are trained to the first rung, the better ones to
/// the next, and the best to the end. Learning rates follow the whole training, so that whoever goes on loses nothing.
/// </summary>
/// <param name="Rungs">Epochs after which trials are compared, ascending; empty to train all to the end.</param>
/// <param name="Eta">One trial of so many goes on.</param>
internal sealed record HalvingSchedule(IReadOnlyList<int> Rungs, int Eta)
{
    /// <summary>No halving.</summary>
    public static HalvingSchedule None { get; } = new([], 1);

    /// <summary>The index of the last rung: the end of training.</summary>
    public int Last => Rungs.Count;

    /// <summary>As many rungs as the trials last for, the first an eta-th of an eta-th ... of the epochs.</summary>
    /// <param name="trials">The number of trials.</param>
    /// <param name="epochs">The epochs of the first phase.</param>
    /// <param name="eta">One trial of so many goes on, 2 or more.</param>
    public static HalvingSchedule Of(int trials, int epochs, int eta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(eta, 2);
        int first = epochs;
        int rungs = 0;
        for (int left = trials; left >= eta && first >= eta; left /= eta)
        {
            first /= eta;
            rungs++;
        }

        List<int> at = [];
        for (int i = 0, epoch = first; i < rungs; i++, epoch *= eta)
        {
            at.Add(epoch);
        }

        return new HalvingSchedule(at, eta);
    }

    /// <summary>The epochs until a rung; null for the end of training.</summary>
    public int? Until(int rung) => rung < Rungs.Count ? Rungs[rung] : null;

    /// <summary>How many trials of a rung go on.</summary>
    public int Survivors(int trials) => Math.Max(1, trials / Eta);
}
