using Counterpoise.Basics;

namespace Counterpoise.Recipes;

/// <summary>Names that are shorter than the keys that are meant.</summary>
internal static class ShortKey
{
    private const int MostNamed = 4;

    /// <summary>The key that a name stands for: itself, or the only one that it is the last part of, as <c>epochs</c> is of <c>training.epochs</c>.</summary>
    /// <param name="name">A key, or its last part.</param>
    /// <param name="keys">The keys that there are.</param>
    /// <param name="source">The option that says so, for error messages.</param>
    /// <returns>The name itself where it is of no key.</returns>
    /// <exception cref="UsageException">It is the last part of several; the message names them.</exception>
    public static string Full(string name, IReadOnlyCollection<string> keys, string source)
    {
        string[] ending = keys.Contains(name)
            ? [name]
            : [.. keys.Where(key => key.EndsWith($".{name}", StringComparison.Ordinal))];
        return ending.Length < 2
            ? ending.FirstOrDefault(name)
            : throw new UsageException($"{source}: '{name}' is short for {string.Join(" and ", ending)}; write which.");
    }

    /// <summary>The keys that somebody means who writes a part of them: the last part, words that it begins with, initials, or its beginning.</summary>
    /// <param name="name">Such as <c>epochs</c>, <c>batch</c> or <c>lr</c>; words are separated by hyphens or underscores.</param>
    /// <param name="keys">The keys that there are.</param>
    public static IReadOnlyList<string> Meant(string name, IReadOnlyCollection<string> keys)
    {
        string plain = LastPart(name);
        Func<string, bool>[] ways =
        [
            part => part == plain,
            part => part.StartsWith($"{plain}_", StringComparison.Ordinal),
            part => plain.Length > 1 && string.Concat(part.Split('_').Select(word => word[..1])) == plain,
            part => plain.Length > 2 && part.StartsWith(plain, StringComparison.Ordinal),
        ];
        return ways.Select(way => keys.Where(key => way(LastPart(key))).ToArray())
                .FirstOrDefault(found => found.Length > 0)
            ?? [];
    }

    /// <summary>The keys that are meant or near, or all of them.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> keys)
    {
        IReadOnlyList<string> meant = Meant(name, keys);
        meant = meant.Count > 0 || Nearest.To(name, keys) is not null ? meant : Near(name, keys);
        return meant.Count is > 0 and <= MostNamed
            ? $"did you mean '{string.Join("' or '", meant)}'?"
            : Nearest.Hint(name, keys);
    }

    /// <summary>The keys whose last part is nearest to that of a mistyped name, if any is near.</summary>
    public static IReadOnlyList<string> Near(string name, IReadOnlyCollection<string> keys) =>
        Nearest.To(LastPart(name), keys.Select(LastPart)) is { } near ? Meant(near, keys) : [];

    private static string LastPart(string key) => key[(key.LastIndexOf('.') + 1)..].Replace('-', '_');
}
