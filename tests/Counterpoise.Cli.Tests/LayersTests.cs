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
    [InlineData("Counterpoise.Features", "Counterpoise")]
    [InlineData("Counterpoise.Report", "Counterpoise")]
    [InlineData("Counterpoise.Serving", "Counterpoise")]
    [InlineData("Counterpoise.Watch", "Counterpoise")]
    [InlineData(
        "Counterpoise.Cli",
        "Counterpoise",
        "Counterpoise.Features",
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

    [Theory]
    [InlineData("Counterpoise")]
    [InlineData("Counterpoise.Report")]
    [InlineData("Counterpoise.Serving")]
    [InlineData("Counterpoise.Watch")]
    [InlineData("Counterpoise.Cli")]
    public void Folders_of_a_project_do_not_know_each_other_in_circles(string project)
    {
        Architecture architecture = new ArchLoader().LoadAssemblies(Assembly.Load(project)).Build();
        (string, string)[] known =
        [
            .. architecture
                .Types.SelectMany(type => type.Dependencies)
                .Where(dependency => IsOf(project, dependency.Origin) && IsOf(project, dependency.Target))
                .Select(dependency => (dependency.Origin.FullName, dependency.Target.FullName)),
        ];
        Assert.True(known.Length > 0 || project == "Counterpoise.Watch");
        string circle = Circle(known);
        Assert.True(circle.Length == 0, circle);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A.X A.Y, A.X B.X, B.X C.X, A.X C.X")]
    [InlineData("A.X A.B.X, A.B.X C.X")]
    [InlineData("A.X B.X, B.Y A.Z", "A.X -> B.X", "B.Y -> A.Z")]
    [InlineData("A.X B.X, B.Y C.X, C.Y B.X", "B.Y -> C.X", "C.Y -> B.X")]
    [InlineData("A.X B.X, B.X C.X, C.X D.X, D.X B.Y", "B.X -> C.X", "C.X -> D.X", "D.X -> B.Y")]
    [InlineData("A.X A.B.X, A.B.X A.Y", "A.X -> A.B.X", "A.B.X -> A.Y")]
    public void A_circle_of_folders_is_found_with_the_types_that_make_it(string known, params string[] circle) =>
        Assert.Equal(
            string.Join(Environment.NewLine, circle),
            Circle([
                .. known
                    .Split(", ", StringSplitOptions.RemoveEmptyEntries)
                    .Select(pair => pair.Split(' '))
                    .Select(pair => (pair[0], pair[1])),
            ])
        );

    /// <summary>The first circle of namespaces, a line a step with two types that make it; empty where there is none.</summary>
    /// <param name="known">Pairs of types by their full names, of which the first knows the second.</param>
    private static string Circle(IReadOnlyList<(string From, string To)> known)
    {
        static string Namespace(string type) => type[..type.LastIndexOf('.')];
        ILookup<string, (string From, string To)> steps = known
            .Where(pair => Namespace(pair.From) != Namespace(pair.To))
            .DistinctBy(pair => (Namespace(pair.From), Namespace(pair.To)))
            .ToLookup(pair => Namespace(pair.From));
        var left = new HashSet<string>(); // All that is known from these has been followed, without a circle.
        List<(string From, string To)>? From(string place, List<(string From, string To)> way)
        {
            if (way.FindIndex(step => Namespace(step.From) == place) is >= 0 and var start)
            {
                return way[start..];
            }

            List<(string From, string To)>? circle = left.Contains(place)
                ? null
                : steps[place]
                    .Select(step => From(Namespace(step.To), [.. way, step]))
                    .FirstOrDefault(c => c is not null);
            left.Add(place);
            return circle;
        }

        return string.Join(
            Environment.NewLine,
            steps
                .Select(step => From(step.Key, []))
                .FirstOrDefault(circle => circle is not null, [])!
                .Select(step => $"{step.From} -> {step.To}")
        );
    }

    /// <summary>Whether a type stands in a folder of a project.</summary>
    private static bool IsOf(string project, IType type) =>
        $"{type.Namespace?.FullName}.".StartsWith($"{project}.", StringComparison.Ordinal) && !IsTypeParameter(type);

    /// <summary>Type parameters of the same name are taken for one by the loader, whichever method has them.</summary>
    private static bool IsTypeParameter(IType type) => type.FullName.Contains("::", StringComparison.Ordinal);

    /// <summary>The place in the layers, from 0; -1 for what is not the library's own.</summary>
    private static int LayerOf(IType type)
    {
        string[] parts = type.Namespace?.FullName.Split('.') ?? [];
        return parts is [Library, var layer, ..] ? Array.IndexOf(Layers, layer) : -1;
    }
}
