namespace Counterpoise.Benchmarks.Measuring;

/// <summary>One of the things that are measured in turn, and the turns it has taken.</summary>
/// <remarks>
/// A shared machine is slower at one time than at another. What is compared is therefore measured in turn, A B A B, and
/// ratios are formed within a round, whose turns lie next to each other.
/// </remarks>
/// <param name="name">What it is, for progress.</param>
/// <param name="takeTurn">Does the work once and measures it.</param>
internal sealed class Contestant(string name, Func<Turn> takeTurn)
{
    private readonly List<Turn> turns = [];

    /// <summary>The turns that count, one a round.</summary>
    internal IReadOnlyList<Turn> Turns => turns;

    internal IEnumerable<double> PerSecond => turns.Select(turn => turn.PerSecond);

    internal IEnumerable<double> Seconds => turns.Select(turn => turn.Seconds);

    internal IEnumerable<double> Milliseconds => turns.Select(turn => turn.Milliseconds);

    /// <summary>Lets all take turns; a first round warms up and does not count. Every other round goes backwards, so that nobody always follows the same one.</summary>
    internal static void TakeTurns(int rounds, IEnumerable<Contestant> contestants)
    {
        Contestant[] distinct = [.. contestants.Distinct()];
        for (int round = 0; round <= rounds; round++)
        {
            foreach (Contestant contestant in round % 2 == 0 ? distinct : distinct.Reverse())
            {
                contestant.TakeTurn(round == 0 ? "warm-up" : $"round {round} of {rounds}", counts: round > 0);
            }
        }
    }

    private void TakeTurn(string round, bool counts)
    {
        Turn turn = takeTurn();
        Console.Error.WriteLine($"{round}: {name} {turn.Seconds:G4} s");
        if (counts)
        {
            turns.Add(turn);
        }
    }
}
