using System.Text;
using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Recipes;

/// <summary>Recipes as text: TOML files and single <c>key=value</c> settings.</summary>
internal static class RecipeText
{
    private const string MethodKey = "method";

    /// <summary>Writes a recipe as TOML that <see cref="Parse"/> reads back to an equal recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="comments">Whether each key is preceded by what it does and what is expected.</param>
    public static string Write(Recipe recipe, bool comments = false)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var text = new StringBuilder();
        if (comments)
        {
            text.Append("# Methods joined by '+': ")
                .AppendJoin(", ", MethodCatalogue.All.Select(m => m.Name))
                .Append('\n');
        }

        text.Append($"{MethodKey} = \"{recipe.MethodNames}\"\n");
        foreach ((string section, object settings) in Sections(recipe))
        {
            IReadOnlyList<Setting> own = Setting.Of(settings.GetType());
            text.Append(section.Length > 0 && own.Count > 0 ? $"\n[{section}]\n" : "");
            foreach (Setting setting in own)
            {
                text.Append(
                    comments ? $"# {setting.Documentation.Description}. Expected: {setting.Expectation}.\n" : ""
                );
                text.Append($"{setting.Key} = {setting.Write(settings)}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Reads a recipe; keys that are not given have their defaults.</summary>
    /// <param name="toml">The text.</param>
    /// <param name="file">The file's name, for error messages.</param>
    /// <param name="known">The methods and networks that it may name; null for the library's.</param>
    /// <exception cref="UsageException">Not TOML, an unknown key or name, or a value that is not allowed.</exception>
    public static Recipe Parse(string toml, string file, Vocabulary? known = null)
    {
        known ??= Vocabulary.BuiltIn;
        TomlTable table;
        try
        {
            SyntaxParser.ParseStrict(toml, validate: true); // The serializer alone lets the last of two equal keys win.
            table = TomlSerializer.Deserialize<TomlTable>(toml) ?? new TomlTable();
        }
        catch (TomlException error)
        {
            string reason = error.Message.ReplaceLineEndings(" ");
            throw new UsageException($"{file} is not valid TOML: {reason}; correct that line.", error);
        }

        Recipe recipe = Recipe.Default;
        if (table.TryGetValue(MethodKey, out object? names))
        {
            recipe = WithMethods(recipe, names, file, known);
        }

        foreach ((string key, object value) in table.Where(pair => pair.Key != MethodKey))
        {
            recipe = value switch
            {
                TomlTable { Count: > 0 } section => section.Aggregate(
                    recipe,
                    (r, pair) => Set(r, $"{key}.{pair.Key}", pair.Value, file)
                ),
                TomlTable => Empty(recipe, key, file),
                _ => Set(recipe, key, value, file),
            };
        }

        return known.Networks.FirstOrDefault(network => network.Name == recipe.Model) is { } network
            ? recipe.With(network)
            : recipe;
    }

    /// <summary>The recipe with one setting changed.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="assignment">Such as <c>training.epochs=40</c> or <c>mfw.alpha=0.5</c>.</param>
    /// <exception cref="UsageException">The form, the key or the value is wrong; the nearest key is suggested.</exception>
    public static Recipe Set(Recipe recipe, string assignment) => Set(recipe, assignment, Named("set"));

    /// <summary>The recipe with one setting changed by an option that names keys.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="assignment">Such as <c>training.epochs=40</c>.</param>
    /// <param name="option">The option that says so, for error messages.</param>
    /// <exception cref="UsageException">The form, the key or the value is wrong; the nearest key is suggested.</exception>
    public static Recipe Set(Recipe recipe, string assignment, string option)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        string[] parts = assignment.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2)
        {
            throw new UsageException(
                $"{option} {assignment} is not of the form key=value, such as training.epochs=40."
            );
        }

        string value = parts[1].Trim('"');
        return parts[0] == MethodKey
            ? WithMethods(recipe, value, option)
            : Set(recipe, ShortKey.Full(parts[0], Keys([recipe]), option), value, option);
    }

    /// <summary>The recipe with one setting changed by an option that stands for its key.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="key">Such as <c>training.epochs</c>.</param>
    /// <param name="value">The value, as text.</param>
    /// <param name="option">The option, which error messages name in the key's place.</param>
    /// <exception cref="UsageException">The value is wrong, or the recipe lacks the method that the key belongs to.</exception>
    public static Recipe SetKey(Recipe recipe, string key, string value, string option) =>
        Set(recipe, key, value, option, where: option);

    /// <summary>Recipes with one setting changed: a method's in those that have the method, any other in all.</summary>
    /// <param name="recipes">The recipes.</param>
    /// <param name="assignment">Such as <c>training.epochs=40</c> or <c>mfw.alpha=0.5</c>.</param>
    /// <exception cref="UsageException">The form, the key or the value is wrong, or no recipe has the method.</exception>
    public static IReadOnlyList<Recipe> SetWhereItApplies(IReadOnlyList<Recipe> recipes, string assignment)
    {
        ArgumentNullException.ThrowIfNull(recipes);
        ArgumentNullException.ThrowIfNull(assignment);
        string[] parts = assignment.Split('=', 2, StringSplitOptions.TrimEntries);
        parts[0] = ShortKey.Full(parts[0], Keys(recipes), Named("set"));
        assignment = string.Join('=', parts);
        string owner = parts[0].Split('.')[0];
        bool Has(Recipe recipe) => recipe.Methods.Any(method => method.Name == owner);
        bool Applies(Recipe recipe) => !recipes.Any(Has) || Has(recipe);
        return [.. recipes.Select(recipe => Applies(recipe) ? Set(recipe, assignment) : recipe)];
    }

    /// <summary>The keys that recipes have, each once.</summary>
    public static IReadOnlyCollection<string> Keys(IEnumerable<Recipe> recipes) =>
        [.. recipes.SelectMany(Describe).Select(described => described.Key).Distinct()];

    /// <summary>Every key of a recipe with its current value and documentation.</summary>
    public static IEnumerable<(string Key, string Value, Setting Setting)> Describe(Recipe recipe) =>
        Sections(recipe)
            .SelectMany(section =>
                Setting
                    .Of(section.Settings.GetType())
                    .Select(setting => (Join(section.Name, setting.Key), setting.Write(section.Settings), setting))
            );

    /// <summary>Refuses values that a program has set and that no text could: out of range, or absent.</summary>
    /// <exception cref="UsageException">A value is not allowed; the message names its key.</exception>
    internal static void Check(Recipe recipe)
    {
        foreach ((string section, object settings) in Sections(recipe))
        {
            foreach (Setting setting in Setting.Of(settings.GetType()))
            {
                setting.Check(settings, Join(section, setting.Key));
            }
        }
    }

    private static Recipe WithMethods(Recipe recipe, object names, string source, Vocabulary? known = null)
    {
        try
        {
            return recipe.WithMethods(
                names as string
                    ?? throw new UsageException($"method is {Setting.Show(names)}, expected text such as \"mfw+drw\"."),
                known
            );
        }
        catch (UsageException error)
        {
            throw new UsageException($"{source}: {error.Unspelled}", error);
        }
    }

    /// <summary>A section without keys changes nothing, but its name must be right.</summary>
    private static Recipe Empty(Recipe recipe, string section, string source)
    {
        string[] known = [.. Sections(recipe).Select(own => own.Name).Where(name => name.Length > 0)];
        string[] keys = [.. Setting.Of(typeof(Recipe)).Select(setting => setting.Key)];
        if (known.Contains(section))
        {
            return recipe;
        }

        throw keys.Contains(section)
            ? new UsageException(
                $"{source}: {section} is a section, expected a key {section} = ... above all sections."
            )
            : UnknownKey(
                recipe,
                $"[{section}]",
                source,
                $"section [{section}] is not known; {Nearest.Hint(section, known)}"
            );
    }

    /// <param name="recipe">The recipe.</param>
    /// <param name="key">The full key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="source">The file or option that says so.</param>
    /// <param name="where">What the value is called in messages; null for the key in its source.</param>
    private static Recipe Set(Recipe recipe, string key, object value, string source, string? where = null)
    {
        foreach ((string section, object settings) in Sections(recipe))
        {
            foreach (Setting setting in Setting.Of(settings.GetType()).Where(s => Join(section, s.Key) == key))
            {
                return Replace(recipe, section, setting.With(settings, value, where ?? $"{source}: {key}"));
            }
        }

        throw Sections(recipe).Any(section => section.Name == key)
            ? new UsageException($"{source}: {key} is {Setting.Show(value)}, expected a section [{key}].")
            : UnknownKey(recipe, key, source, $"key '{key}' is not known; {ShortKey.Hint(key, Keys([recipe]))}");
    }

    private static UsageException UnknownKey(Recipe recipe, string key, string source, string otherwise)
    {
        string owner = key.Split('.')[0].Trim('[', ']');
        bool belongsToMethod = MethodCatalogue.All.Any(method => method.Name == owner);
        return new UsageException(
            belongsToMethod && recipe.Methods.All(method => method.Name != owner)
                ? $"{source}: {key} belongs to {owner}, but the method is {recipe.MethodNames}; add it with {Named("method")} or remove {key}."
                : $"{source}: {otherwise}"
        );
    }

    private static IEnumerable<(string Name, object Settings)> Sections(Recipe recipe) =>
        [
            ("", recipe),
            ("data", recipe.Data),
            ("training", recipe.Training),
            ("mixing", recipe.Mixing),
            .. recipe.Methods.Select(method => (method.Name, (object)method)),
        ];

    private static Recipe Replace(Recipe recipe, string section, object settings) =>
        settings switch
        {
            Recipe whole => whole,
            Data.DataSettings data => recipe with { Data = data },
            TrainingSettings training => recipe with { Training = training },
            MixingSettings mixing => recipe with { Mixing = mixing },
            Method method => recipe.With(method),
            _ => throw new InvalidOperationException($"Section {section} cannot be set."),
        };

    private static string Join(string section, string key) => section.Length == 0 ? key : $"{section}.{key}";
}
