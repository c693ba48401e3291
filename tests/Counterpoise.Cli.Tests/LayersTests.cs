using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Counterpoise.Recipes;
using Assembly = System.Reflection.Assembly;

namespace Counterpoise.Cli.Tests;

/// <summary>The folders of the library are layers, each of which imports only those below it; so are the projects.</summary>
public sealed class LayersTests
{
    private const string Library = "Counterpoise";
    private static readonly Assembly LibraryAssembly = typeof(Recipe).Assembly;

    /// <summary>From the lowest up, as docs/architecture.md draws them.</summary>
    private static readonly string[] Layers =
    [
        .. File.ReadLines(Path.Combine(DocumentedPage.Repository, "docs", "architecture.md"))
            .SkipWhile(line => !line.StartsWith("| layer", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(row => row.Split('`')[1].TrimEnd('/'))
            .Reverse(),
    ];

    [Fact]
    public void Every_folder_of_the_library_is_a_layer_of_the_picture()
    {
        string[] folders =
        [
            .. Directory
                .GetDirectories(Path.Combine(DocumentedPage.Repository, "src", Library))
                .Select(folder => Path.GetFileName(folder))
                .Where(folder => folder is not ("bin" or "obj" or "buildTransitive"))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(folders, Layers.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.Combine(DocumentedPage.Repository, "src", Library), "*.cs"));
    }

    [Fact]
    public void No_layer_of_the_library_knows_one_above_it()
    {
        Architecture architecture = new ArchLoader().LoadAssemblies(LibraryAssembly).Build();
        string[] upwards =
        [
            .. architecture
                .Types.SelectMany(type => type.Dependencies)
                .Select(dependency => (From: dependency.Origin, To: dependency.Target))
                .Where(pair => LayerOf(pair.To) > LayerOf(pair.From) && !IsTypeParameter(pair.To))
                .Select(pair => $"{pair.From.FullName} -> {pair.To.FullName}")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(upwards.Length == 0, string.Join(Environment.NewLine, upwards));
    }

    [Fact]
    public void The_check_of_layers_sees_what_types_know()
    {
        Architecture architecture = new ArchLoader().LoadAssemblies(LibraryAssembly).Build();
        IType recipe = architecture.Types.Single(type => type.FullName == typeof(Recipe).FullName);
        Assert.Contains(
            recipe.Dependencies.Select(dependency => dependency.Target),
            type => LayerOf(type) == Array.IndexOf(Layers, "Methods")
        );
        Assert.True(LayerOf(recipe) > Array.IndexOf(Layers, "Basics"));
    }

    [Theory]
    [InlineData("Counterpoise")]
    [InlineData("Counterpoise.Report", "Counterpoise")]
    [InlineData("Counterpoise.Serving", "Counterpoise")]
    [InlineData("Counterpoise.Watch", "Counterpoise")]
    [InlineData(
        "Counterpoise.Cli",
        "Counterpoise",
        "Counterpoise.Report",
        "Counterpoise.Serving",
        "Counterpoise.Watch"
    )]
    public void Projects_know_those_below_them_alone(string project, params string[] below) =>
        Assert.Equal(
            below,
            Assembly
                .Load(project)
                .GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name => name == Library || name.StartsWith($"{Library}.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );

    /// <summary>Type parameters of the same name are taken for one by the loader, whichever method has them.</summary>
    private static bool IsTypeParameter(IType type) => type.FullName.Contains("::", StringComparison.Ordinal);

    /// <summary>The place in the layers, from 0; -1 for what is not the library's own.</summary>
    private static int LayerOf(IType type)
    {
        string[] parts = type.Namespace?.FullName.Split('.') ?? [];
        return parts is [Library, var layer, ..] ? Array.IndexOf(Layers, layer) : -1;
    }
}
