using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Understanding;
using Counterpoise.Features;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Options;

/// <summary>The recipe: a file, and options that win over it. Most options are keys of a recipe under a name of their own.</summary>
internal sealed class RecipeOptions
{
    private const string SetName = "--set";
    private const string FeaturesKey = StartingRules.Features;
    private const string SizeKey = StartingRules.ImageSize;
    private const string ModelKey = StartingRules.Model;

    private readonly IReadOnlyList<SettingOption> named =
    [
        new("--model", ModelKey, NetworkCatalogue.All.Select(network => network.Name))
        {
            HelpName = "name",
            ByImages = true,
        },
        new("--pretrained", "pretrained") { HelpName = "file|name" },
        new("--features", FeaturesKey) { HelpName = "name", ByImages = true },
        new("--image-size", SizeKey) { HelpName = "pixels", ByImages = true },
        new("--epochs", "training.epochs") { HelpName = "number" },
        new("--batch-size", "training.batch_size") { HelpName = "images" },
        new("--learning-rate", "training.learning_rate") { HelpName = "number" },
        new("--seed", "seed") { HelpName = "number" },
        new("--precision", "training.precision") { HelpName = "name" },
        new("--evaluate-every", "training.evaluate_every") { HelpName = "epochs" },
    ];

    private readonly Option<bool> trusts = TrustOption();

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
                $"Methods joined by '+': {string.Join(", ", MethodCatalogue.All.Select(m => m.Name))} [default: by the sizes of the classes, or {Recipe.Default.MethodNames}]",
            HelpName = "names",
        };

    internal Option<string?> Tau { get; } =
        new("--tau")
        {
            Description = "tau-norm's power of the norms [default: chosen on held-out images]",
            HelpName = "number",
        };

    internal Option<string[]> Set { get; } =
        new(SetName)
        {
            Description =
                "Change a recipe key, such as training.warmup=0 or mfw.alpha=0.5; its last part is enough where it is of one key alone; may be repeated",
            HelpName = "key=value",
        };

    internal RecipeOptions() => File.Takes("a recipe", Thing.Recipe);

    /// <summary>What every verb takes; methods are named by some in another way.</summary>
    internal IEnumerable<Option> All => [.. named, trusts, Set];

    /// <summary>Lets a frozen network be used that cannot be checked.</summary>
    internal static Option<bool> TrustOption() =>
        new("--trust-model")
        {
            Description =
                "Use a frozen network although not all of it can be checked: you trust where its file comes from",
        };

    /// <summary>The recipe file, or what is begun with without one, with the options applied and every automatic setting resolved.</summary>
    internal Recipe RecipeOf(ParseResult parsed, Recipe start) =>
        (parsed.GetValue(Set) ?? []).Aggregate(WithoutSet(parsed, start), RecipeText.Set).Resolve();

    /// <summary>The keys that options say something of. What is said of a method names it.</summary>
    internal IReadOnlySet<string> Given(ParseResult parsed) =>
        new HashSet<string>(
            [
                .. named.Where(option => parsed.GetValue(option) is not null).Select(option => option.Key),
                .. parsed.GetValue(Method) is null && parsed.GetValue(Tau) is null
                    ? (string[])[]
                    : [StartingRules.Method],
                .. (parsed.GetValue(Set) ?? []).Select(assignment =>
                    IsOfMethod(assignment) ? StartingRules.Method : KeyOf(assignment)
                ),
            ],
            StringComparer.Ordinal
        );

    /// <summary>What the options ask for apart from methods: the rest is as usual.</summary>
    internal Recipe Asked(ParseResult parsed) =>
        (parsed.GetValue(Set) ?? [])
            .Where(assignment => !IsOfMethod(assignment))
            .Aggregate(
                named
                    .Where(option => parsed.GetValue(option) is not null)
                    .Aggregate(
                        Recipe.Erm,
                        (r, option) => RecipeText.SetKey(r, option.Key, parsed.GetValue(option)!, option.Name)
                    ),
                RecipeText.Set
            );

    /// <summary>Settings as options of the command line.</summary>
    internal IEnumerable<string> Spelled(IEnumerable<(string Key, string Value)> settings) =>
        settings.SelectMany(setting =>
            setting.Key == StartingRules.Method ? (string[])[Method.Name, setting.Value]
            : named.FirstOrDefault(option => option.Key == setting.Key) is { } option ? [option.Name, setting.Value]
            : [Set.Name, $"{setting.Key}={setting.Value}"]
        );

    /// <summary>The size of images as an option of the command line.</summary>
    internal string SpelledSize(int size) => string.Join(' ', Spelled([(SizeKey, $"{size}")]));

    /// <summary>The key that <c>--set</c> changes, where it is none of a method.</summary>
    internal static string KeyOf(string assignment) =>
        ShortKey.Full(assignment.Split('=')[0].Trim(), RecipeText.Keys([Recipe.Erm]), SetName);

    /// <summary>Whether <c>--set</c> names methods or changes a key of one, as a last part does that no other key has.</summary>
    private static bool IsOfMethod(string assignment)
    {
        string key = KeyOf(assignment);
        string section = key.Split('.')[0];
        return section == key
            ? !RecipeText.Keys([Recipe.Erm]).Contains(key)
            : MethodCatalogue.All.Any(method => method.Name == section);
    }

    /// <summary>The recipe file, or what is begun with without one, with all options but <c>--set</c> applied.</summary>
    internal Recipe WithoutSet(ParseResult parsed, Recipe start)
    {
        Recipe recipe = parsed.GetValue(File) is { } file ? Read(file) : start;
        if (parsed.GetValue(Method) is { } methods)
        {
            recipe = recipe.WithMethods(methods);
        }

        recipe = named
            .Select(option => (Option: (Option<string?>)option, option.Key))
            .Append((Option: Tau, Key: "tau-norm.tau"))
            .Where(pair => parsed.GetValue(pair.Option) is not null)
            .Aggregate(
                recipe,
                (r, pair) => RecipeText.SetKey(r, pair.Key, parsed.GetValue(pair.Option)!, pair.Option.Name)
            );
        if (parsed.GetValue(trusts))
        {
            recipe = recipe with { Data = recipe.Data with { FeaturesTrusted = true } };
        }

        return parsed.GetValue(OptionOf(FeaturesKey)) is null ? recipe : OnFeatures(recipe, parsed);
    }

    /// <summary>What follows from training on features, where nothing else is said: images as the frozen network takes them, and a classifier of its features.</summary>
    private Recipe OnFeatures(Recipe recipe, ParseResult parsed, int? size = null)
    {
        // What is said of the network itself decides how long its vectors are.
        recipe = (parsed.GetValue(Set) ?? [])
            .Where(assignment => KeyOf(assignment).StartsWith($"{FeaturesKey}_", StringComparison.Ordinal))
            .Aggregate(recipe, RecipeText.Set);
        if (parsed.GetValue(OptionOf(SizeKey)) is null)
        {
            recipe = recipe with
            {
                Data = size is { } decided
                    ? recipe.Data with
                    {
                        ImageSize = decided,
                    }
                    : FeatureExtractors.Sized(recipe.Data),
            };
        }

        if (parsed.GetValue(OptionOf(ModelKey)) is not null)
        {
            return recipe;
        }

        using OnnxExtractor extractor = FeatureExtractors.Open(recipe.Data);
        return recipe with { Model = FeatureNetwork.NameOf(extractor.Length) };
    }

    /// <summary>The same where several trainings are compared, which test at the end alone unless somebody says otherwise.</summary>
    internal Recipe ComparedWithoutSet(ParseResult parsed, Recipe start)
    {
        Recipe recipe = WithoutSet(parsed, start);
        const string key = "training.evaluate_every";
        bool isSaid = parsed.GetValue(File) is not null || parsed.GetValue(OptionOf(key)) is not null;
        return isSaid ? recipe : RecipeText.Set(recipe, $"{key}=0");
    }

    /// <summary>The same on features, those of the frozen network that comes along unless somebody says otherwise.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="size">The size that it takes images in unless somebody says otherwise, in pixels; null for its usual one.</param>
    internal Recipe ProbedWithoutSet(ParseResult parsed, int? size)
    {
        Recipe recipe = ComparedWithoutSet(parsed, Recipe.Default);
        return recipe.Data.Features.Length > 0
            ? recipe
            : OnFeatures(RecipeText.Set(recipe, $"{FeaturesKey}={FeatureExtractors.ResNet18}"), parsed, size);
    }

    private SettingOption OptionOf(string key) => named.First(option => option.Key == key);

    private static Recipe Read(string file)
    {
        try
        {
            return RecipeText.Parse(System.IO.File.ReadAllText(file), file);
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            throw new UsageException(FileFailure.Reading(file, error).Unspelled, error);
        }
    }
}
