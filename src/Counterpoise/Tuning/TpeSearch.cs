using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kegl, NeurIPS 2011): trials are split into the
/// better ones and the others, and for every key the candidate is taken that is likeliest among the better ones compared
/// with the others. A key that a trial does not have tells nothing about it.
/// </summary>
/// <param name="space">What is searched.</param>
/// <param name="seed">The seed of the proposals.</param>
internal sealed class TpeSearch(SearchSpace space, ulong seed) : ISearch
{
    /// <summary>Trials drawn evenly before results are looked at.</summary>
    internal const int RandomTrials = 10;

    private const double BetterShare = 0.25;
    private const int Candidates = 24;

    private readonly RandomSearch random = new(space, seed);

    /// <inheritdoc/>
    public ValueList<Assignment>? Propose(int number, int attempt, IReadOnlyList<ScoredSettings> scored)
    {
        if (scored.Count < RandomTrials)
        {
            return random.Propose(number, attempt, scored);
        }

        ScoredSettings[] ranked = [.. scored.OrderByDescending(trial => trial.Score)];
        int better = (int)Math.Ceiling(BetterShare * ranked.Length);
        return space.Choose(
            (dimension, index) =>
            {
                ValueDensity good = dimension.DensityOf(ValuesOf(dimension, ranked[..better]));
                ValueDensity others = dimension.DensityOf(ValuesOf(dimension, ranked[better..]));
                DrawStream draws = RandomSearch.DrawsOf(space, seed, number, attempt, index);
                string[] candidates = new string[Candidates];
                for (int i = 0; i < candidates.Length; i++)
                {
                    candidates[i] = good.Draw(ref draws);
                }

                return candidates.MaxBy(value => good.LogOf(value) - others.LogOf(value))!;
            }
        );
    }

    private static string[] ValuesOf(Dimension dimension, ScoredSettings[] trials) =>
        [
            .. trials
                .SelectMany(trial => trial.Settings)
                .Where(setting => setting.Key == dimension.Key)
                .Select(setting => setting.Value),
        ];
}
