using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>Proposes what to try next.</summary>
internal interface ISearch
{
    /// <summary>The settings of a trial: a function of the seed, the arguments and nothing else.</summary>
    /// <param name="number">The trial's number, from 0.</param>
    /// <param name="attempt">How many proposals for this trial had been tried before.</param>
    /// <param name="scored">The trials that have a score.</param>
    /// <returns>Null where there is nothing more to propose.</returns>
    ValueList<Assignment>? Propose(int number, int attempt, IReadOnlyList<ScoredSettings> scored);
}

/// <summary>What was tried, and how it did.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Score">The larger the better; negative infinity where training diverged.</param>
internal sealed record ScoredSettings(ValueList<Assignment> Settings, double Score);
