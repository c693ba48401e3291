using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>Every combination of the listed values, the last key changing fastest.</summary>
internal sealed class GridSearch : ISearch
{
    /// <summary>More trials than anyone trains; a larger grid is a mistake.</summary>
    internal const int Most = 10_000;

    private readonly ValueList<Assignment>[] points;

    /// <exception cref="UsageException">A key has a range instead of a list, or there are too many combinations.</exception>
    internal GridSearch(SearchSpace space)
    {
        if (space.Dimensions.OfType<RangeDimension>().FirstOrDefault() is { } range)
        {
            throw new UsageException(
                $"{Named("over")} {range.Key} is a range, and a grid needs values; list them, or use {Named("search")} tpe or random."
            );
        }

        double count = space.Dimensions.OfType<ListDimension>().Aggregate(1.0, (n, list) => n * list.Values.Count);
        if (count > Most)
        {
            throw new UsageException(
                $"{Named("over")}: the grid has {count:F0} combinations, expected at most {Most}; list fewer values, or use {Named("search")} tpe or random."
            );
        }

        IEnumerable<ValueList<Assignment>> all = [new ValueList<Assignment>()];
        foreach (ListDimension dimension in space.Dimensions.OfType<ListDimension>())
        {
            all = all.SelectMany(point =>
                space.Applies(dimension, point)
                    ? dimension.Values.Select(value => new ValueList<Assignment>([.. point, new(dimension.Key, value)]))
                    : [point]
            );
        }

        points = [.. all];
    }

    /// <summary>The number of combinations.</summary>
    internal int Count => points.Length;

    /// <inheritdoc/>
    public ValueList<Assignment>? Propose(int number, int attempt, IReadOnlyList<ScoredSettings> scored) =>
        number < points.Length && attempt == 0 ? points[number] : null;
}
