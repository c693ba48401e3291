using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>Every value drawn evenly, independent of results (Bergstra and Bengio, JMLR 2012).</summary>
/// <param name="space">What is searched.</param>
/// <param name="seed">The seed of the proposals.</param>
internal sealed class RandomSearch(SearchSpace space, ulong seed) : ISearch
{
    /// <inheritdoc/>
    public ValueList<Assignment>? Propose(int number, int attempt, IReadOnlyList<ScoredSettings> scored) =>
        space.Choose(
            (dimension, index) =>
            {
                DrawStream draws = DrawsOf(space, seed, number, attempt, index);
                return dimension.Draw(ref draws);
            }
        );

    /// <summary>The draws for one value of a proposal.</summary>
    internal static DrawStream DrawsOf(SearchSpace space, ulong seed, int number, int attempt, int index) =>
        new Draws(seed).At(DrawPurpose.Proposal, (attempt * space.Dimensions.Count) + index, number);
}
