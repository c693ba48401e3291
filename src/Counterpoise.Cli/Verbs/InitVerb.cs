using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>init</c>: writes a recipe in which every key is explained.</summary>
internal static class InitVerb
{
    internal static Command Create()
    {
        var file = new Argument<string>("file")
        {
            Description = "The recipe to write",
            DefaultValueFactory = _ => "recipe.toml",
        };
        var method = new Option<string?>("--method")
        {
            Description = $"Methods joined by '+' [default: {Recipe.Default.MethodNames}]",
            HelpName = "names",
        };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists" };
        var command = new Command("init", "Write a recipe with every key explained.") { file, method, force };
        command.SetAction(parsed =>
            Run(parsed.GetRequiredValue(file), parsed.GetValue(method), parsed.GetValue(force))
        );
        return command;
    }

    private static int Run(string file, string? method, bool force)
    {
        if (File.Exists(file) && !force)
        {
            throw new UsageException($"{file} exists; choose another name or replace it with --force.");
        }

        Recipe recipe = method is null ? Recipe.Default : Recipe.Default.WithMethods(method);
        AtomicFile.WriteText(
            file,
            $"# A recipe for counterpoise. A key that is left out has the value shown here, and method is then mfw.\n"
                + $"# Train with: counterpoise train {file} --data FOLDER\n\n"
                + RecipeText.Write(recipe, comments: true)
        );
        Console.WriteLine($"wrote {file}; train with: counterpoise train {file} --data FOLDER");
        return 0;
    }
}
