using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Recipes;

/// <summary>The methods and networks that a recipe may name: the library's, and those of a program of one's own.</summary>
public sealed record Vocabulary
{
    private Vocabulary(IReadOnlyList<Method> methods, IReadOnlyList<NetworkDescription> networks)
    {
        Methods = methods;
        Networks = networks;
    }

    /// <summary>The library's own.</summary>
    public static Vocabulary BuiltIn { get; } = new(MethodCatalogue.All, NetworkCatalogue.All);

    /// <summary>The methods, with their default settings.</summary>
    public IReadOnlyList<Method> Methods { get; }

    /// <summary>The networks.</summary>
    public IReadOnlyList<NetworkDescription> Networks { get; }

    /// <summary>These and more.</summary>
    /// <param name="methods">Methods with their default settings; null for none.</param>
    /// <param name="networks">Networks; null for none.</param>
    /// <exception cref="UsageException">A name is that of another method or network.</exception>
    public Vocabulary With(IEnumerable<Method>? methods = null, IEnumerable<NetworkDescription>? networks = null)
    {
        Method[] moreMethods = [.. methods ?? []];
        NetworkDescription[] moreNetworks = [.. networks ?? []];
        RequireNew("method", Methods.Select(own => own.Name), moreMethods.Select(own => own.Name));
        RequireNew("model", Networks.Select(own => own.Name), moreNetworks.Select(own => own.Name));
        return new Vocabulary([.. Methods, .. moreMethods], [.. Networks, .. moreNetworks]);
    }

    /// <summary>The library's, and those that a recipe has of a program's own.</summary>
    internal static Vocabulary Of(Recipe recipe) =>
        BuiltIn.With(
            recipe.Methods.Where(method => MethodCatalogue.All.All(own => own.Name != method.Name)),
            NetworkCatalogue.All.Contains(recipe.Network) ? [] : [recipe.Network]
        );

    /// <summary>The methods of a composition such as <c>mfw+drw</c>, with their default settings.</summary>
    /// <param name="names">Names joined by '+'.</param>
    /// <exception cref="UsageException">A name is not known; the message suggests the nearest.</exception>
    internal IReadOnlyList<Method> Compose(string names) =>
        [.. names.Split('+', StringSplitOptions.TrimEntries).Select(Find)];

    private Method Find(string name) =>
        Methods.FirstOrDefault(method => method.Name == name)
        ?? throw new UsageException(
            $"method '{name}' is not known; {Nearest.Hint(name, [.. Methods.Select(method => method.Name)])}"
        );

    private static void RequireNew(string what, IEnumerable<string> known, IEnumerable<string> more)
    {
        HashSet<string> taken = [.. known];
        if (more.FirstOrDefault(name => !taken.Add(name)) is { } twice)
        {
            throw new UsageException($"there is a {what} '{twice}' already; give yours another name.");
        }
    }
}
