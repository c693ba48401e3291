using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>The methods that a recipe can name.</summary>
public static class MethodCatalogue
{
    /// <summary>All methods with their default settings.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        new Erm(),
        new ClassBalanced(),
        new Drw(),
        new Ldam(),
        new Focal(),
        new Mixup(),
        new ManifoldMixup(),
        new Remix(),
        new Cdt(),
        new Seql(),
        new Crt(),
        new Lws(),
        new TauNorm(),
        new Bbn(),
        new Oltr(),
        new DeConfound(),
        new DeConfoundTde(),
        new Mfw(),
        new BalancedSoftmax(),
        new LogitAdjustment(),
        new ClassAware(),
        new SquareRoot(),
    ];

    /// <summary>The method of a name, with its default settings.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest name.</exception>
    public static Method Find(string name) =>
        All.FirstOrDefault(method => method.Name == name)
        ?? throw new UsageException(
            $"method '{name}' is not known; {Nearest.Hint(name, [.. All.Select(method => method.Name)])}"
        );

    /// <summary>The methods of a composition such as <c>mfw+drw</c>, with their default settings.</summary>
    /// <param name="names">Names joined by '+'.</param>
    /// <exception cref="UsageException">A name is not known.</exception>
    public static IReadOnlyList<Method> Compose(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return [.. names.Split('+', StringSplitOptions.TrimEntries).Select(Find)];
    }
}
