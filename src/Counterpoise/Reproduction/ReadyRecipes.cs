using System.Reflection;
using Counterpoise.Basics;
using Counterpoise.Recipes;

namespace Counterpoise.Reproduction;

/// <summary>The recipes that come with the project, one for each cell of the paper's tables.</summary>
internal static class ReadyRecipes
{
    private const string Ending = ".toml";
    private static readonly Assembly Own = typeof(ReadyRecipes).Assembly;

    /// <summary>Their names: the files' without the ending, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Own.GetManifestResourceNames()
            .Where(name => name.EndsWith(Ending, StringComparison.Ordinal))
            .Select(name => name[..^Ending.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>One of them, as it is written: automatic settings are not resolved.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static Recipe Find(string name)
    {
        using Stream content =
            Own.GetManifestResourceStream(name + Ending)
            ?? throw new UsageException($"there is no ready recipe '{name}'; {Nearest.Hint(name, [.. Names])}");
        using var reader = new StreamReader(content);
        return RecipeText.Parse(reader.ReadToEnd(), name + Ending);
    }
}
