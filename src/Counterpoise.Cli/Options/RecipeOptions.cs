using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Options;

/// <summary>The recipe: a file, and options that win over it. Most options are keys of a recipe under a name of their own.</summary>
internal sealed class RecipeOptions
{
    private readonly IReadOnlyList<(Option<string?> Option, string Key)> named =
    [
        Named("--model", "model", "name", NetworkCatalogue.All.Select(network => network.Name)),
        Named("--pretrained", "pretrained", "file"),
        Named("--image-size", "data.image_size", "pixels"),
        Named("--epochs", "training.epochs", "number"),
        Named("--batch-size", "training.batch_size", "images"),
        Named("--learning-rate", "training.learning_rate", "number"),
        Named("--seed", "seed", "number"),
        Named("--precision", "training.precision", "name"),
        Named("--evaluate-every", "training.evaluate_every", "epochs"),
    ];

    internal Argument<string?> File { get; } =
        new("recipe")
        {
            Description = "A recipe in TOML (see 'init'); options win over it",
            Arity = ArgumentArity.ZeroOrOne,
        };

    internal Option<string?> Method { get; } =
        new("--method")
        {
            Description =
                $"Methods joined by '+': {string.Join(", ", MethodCatalogue.All.Select(m => m.Name))} [default: {Recipe.Default.MethodNames}]",
            HelpName = "names",
        };

    internal Option<string?> Tau { get; } =
        new("--tau")
        {
            Description = "tau-norm's power of the norms [default: chosen on held-out images]",
            HelpName = "number",
        };

    internal Option<string[]> Set { get; } =
        new("--set")
        {
            Description = "Change a recipe key, such as training.warmup=0 or mfw.alpha=0.5; may be repeated",
            HelpName = "key=value",
        };

    /// <summary>What every verb takes; methods are named by some in another way.</summary>
    internal IEnumerable<Option> All => [.. named.Select(pair => pair.Option), Set];

    /// <summary>The recipe file, or the default recipe, with the options applied and every automatic setting resolved.</summary>
    internal Recipe RecipeOf(ParseResult parsed) =>
        (parsed.GetValue(Set) ?? []).Aggregate(WithoutSet(parsed), RecipeText.Set).Resolve();

    /// <summary>The recipe file, or the default recipe, with all options but <c>--set</c> applied.</summary>
    internal Recipe WithoutSet(ParseResult parsed)
    {
        Recipe recipe = parsed.GetValue(File) is { } file ? Read(file) : Recipe.Default;
        if (parsed.GetValue(Method) is { } methods)
        {
            recipe = recipe.WithMethods(methods);
        }

        return named
            .Append((Option: Tau, Key: "tau-norm.tau"))
            .Where(pair => parsed.GetValue(pair.Option) is not null)
            .Aggregate(
                recipe,
                (r, pair) => RecipeText.SetKey(r, pair.Key, parsed.GetValue(pair.Option)!, pair.Option.Name)
            );
    }

    /// <summary>The same where several trainings are compared, which test at the end alone unless somebody says otherwise.</summary>
    internal Recipe ComparedWithoutSet(ParseResult parsed)
    {
        Recipe recipe = WithoutSet(parsed);
        const string key = "training.evaluate_every";
        bool isSaid = parsed.GetValue(File) is not null || parsed.GetValue(OptionOf(key)) is not null;
        return isSaid ? recipe : RecipeText.Set(recipe, $"{key}=0");
    }

    private Option<string?> OptionOf(string key) => named.First(pair => pair.Key == key).Option;

    private static (Option<string?> Option, string Key) Named(
        string name,
        string key,
        string value,
        IEnumerable<string>? values = null
    )
    {
        (_, string usual, Setting setting) = RecipeText.Describe(Recipe.Default).Single(own => own.Key == key);
        string[] words = [.. values ?? setting.Choices];
        string among = words.Length > 0 ? $": {string.Join(", ", words)}" : "";
        string known = key.Contains('.', StringComparison.Ordinal) ? $" ({key})" : "";
        string unless = usual.Trim('"') is { Length: > 0 } text ? text : "none";
        var option = new Option<string?>(name)
        {
            Description = $"{setting.Documentation.Description}{among}{known} [default: {unless}]",
            HelpName = value,
        };
        return (option, key);
    }

    private static Recipe Read(string file)
    {
        try
        {
            return RecipeText.Parse(System.IO.File.ReadAllText(file), file);
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            throw new UsageException($"recipe {file} cannot be read: {error.Message}", error);
        }
    }
}
