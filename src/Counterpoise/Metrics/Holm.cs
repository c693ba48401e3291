namespace Counterpoise.Metrics;

/// <summary>Several tests at once, by the step-down method of Holm (Scandinavian Journal of Statistics, 1979): the chance of even one false rejection stays below the level.</summary>
internal static class Holm
{
    /// <param name="chances">The p-value of each test.</param>
    /// <param name="level">The level, such as 0.05.</param>
    /// <returns>Whether each is rejected.</returns>
    internal static bool[] Rejected(IReadOnlyList<double> chances, double level)
    {
        bool[] rejected = new bool[chances.Count];
        foreach ((int rank, (int test, double chance)) in chances.Index().OrderBy(pair => pair.Item).Index())
        {
            if (chance > level / (chances.Count - rank))
            {
                break;
            }

            rejected[test] = true;
        }

        return rejected;
    }
}
