using System.Globalization;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>Reads what is to be tuned from text, and refuses what could not be trained or compared.</summary>
internal static partial class SpaceText
{
    private static readonly string Option = Named("over");
    private const string Logarithmic = ":log";

    /// <summary>With these the trials would be scored on different images, so that their scores could not be compared.</summary>
    private static readonly string[] ChoosesImages =
    [
        "data.imbalance",
        "data.rho",
        "data.seed",
        "data.held_out",
        "data.held_out_folds",
        "data.held_out_split",
        "data.tiered",
    ];

    internal static SearchSpace Parse(Recipe recipe, IReadOnlyList<string> texts)
    {
        const string candidate = $"{SearchSpace.CandidateKey} ";
        if (texts.All(text => text.StartsWith(candidate, StringComparison.Ordinal)))
        {
            return Candidates(recipe, texts, [.. texts.Select(text => Candidate.Parse(text[candidate.Length..]))]);
        }

        (string Key, string Values)[] parts = [.. texts.Select(Split)];
        string? methods = parts.FirstOrDefault(part => part.Key == SearchSpace.MethodKey).Values;
        Recipe[] candidates = methods is null
            ? [recipe]
            : [.. List(methods).Select(names => Try(recipe, new Assignment(SearchSpace.MethodKey, names)))];
        IReadOnlyCollection<string> keys = RecipeText.Keys(candidates);
        parts = [.. parts.Select(part => (ShortKey.Full(part.Key, keys, Option), part.Values))];
        if (parts.GroupBy(part => part.Key).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"{Option} names {twice.Key} twice; name each key once.");
        }

        IEnumerable<Dimension> dimensions = parts
            .OrderBy(part => part.Key == SearchSpace.MethodKey ? 0 : 1)
            .Select(part => Read(part.Key, part.Values, [.. Owners(candidates, part.Key)]));
        return new SearchSpace(recipe, texts, [.. dimensions]);
    }

    private static SearchSpace Candidates(Recipe recipe, IReadOnlyList<string> texts, Candidate[] candidates)
    {
        foreach (Candidate candidate in candidates)
        {
            _ = SearchSpace.Apply(recipe, candidate.Settings).Resolve();
        }

        return new SearchSpace(
            recipe,
            texts,
            [
                new ListDimension(
                    SearchSpace.CandidateKey,
                    new ValueList<string>([.. candidates.Select(candidate => candidate.Name)])
                ),
            ]
        )
        {
            Candidates = candidates,
        };
    }

    /// <summary>Whether a recipe has a key: a method's needs the method.</summary>
    internal static bool Has(Recipe recipe, string key)
    {
        string owner = key.Split('.')[0];
        return MethodCatalogue.All.All(method => method.Name != owner)
            || recipe.Methods.Any(method => method.Name == owner);
    }

    /// <summary>The recipes that a key is tried on; where none has it, setting it says why.</summary>
    private static Recipe[] Owners(Recipe[] candidates, string key) =>
        candidates.Where(recipe => Has(recipe, key)).ToArray() is { Length: > 0 } owners ? owners : candidates[..1];

    private static Dimension Read(string key, string values, Recipe[] recipes)
    {
        if (ChoosesImages.Contains(key))
        {
            throw new UsageException(
                $"{Option} {key} decides which images are trained and held out, so trials could not be compared; tune each on its own."
            );
        }

        return RangeForm().Match(values) is { Success: true } range
            ? Range(key, values, range, recipes)
            : Values(key, values, recipes);
    }

    private static ListDimension Values(string key, string values, Recipe[] recipes)
    {
        string[] list = List(values);
        if (list.GroupBy(value => value).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"{Option} {key} has {twice.Key} twice; list each value once.");
        }

        foreach (string value in list)
        {
            Array.ForEach(recipes, recipe => Try(recipe, new Assignment(key, value)));
        }

        return new ListDimension(key, new ValueList<string>(list));
    }

    private static RangeDimension Range(string key, string values, Match match, Recipe[] recipes)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        string low = match.Groups["low"].Value;
        string high = match.Groups["high"].Value;
        foreach (string end in new[] { low, high })
        {
            Array.ForEach(recipes, recipe => Try(recipe, new Assignment(key, end)));
        }

        Type type = RecipeText.Describe(recipes[0]).First(setting => setting.Key == key).Setting.Property.PropertyType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        bool isWhole = type == typeof(int) || type == typeof(ulong);
        if (!isWhole && type != typeof(double))
        {
            throw new UsageException($"{Option} {key}={values} is a range, but {key} is no number; list its values.");
        }

        var range = new RangeDimension(
            key,
            double.Parse(low, culture),
            double.Parse(high, culture),
            match.Groups["scale"].Value == Logarithmic,
            isWhole
        );
        return range.Low >= range.High
                ? throw new UsageException($"{Option} {key}={values} is empty; expected the smaller end first.")
            : range.IsLogarithmic && range.Low <= 0
                ? throw new UsageException(
                    $"{Option} {key}={values} begins at {low}, expected above 0 for a range of factors; drop {Logarithmic} or begin higher."
                )
            : range;
    }

    /// <summary>Sets a value and checks the recipe as a whole.</summary>
    private static Recipe Try(Recipe recipe, Assignment assignment)
    {
        Recipe changed = SearchSpace.Apply(recipe, [assignment]);
        try
        {
            _ = changed.Resolve();
            return changed;
        }
        catch (UsageException error)
        {
            throw new UsageException($"{Option} {assignment}: {error.Unspelled}", error);
        }
    }

    private static (string Key, string Values) Split(string text)
    {
        string[] parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        return parts is [{ Length: > 0 } key, { Length: > 0 } values]
            ? (key, values)
            : throw new UsageException(
                $"{Option} {text} is not of the form key=value,value,... or key=low..high, such as mfw.alpha=0.1,1,5 "
                    + "or training.learning_rate=0.01..0.3:log."
            );
    }

    /// <summary>Values between commas; those within brackets belong to a value.</summary>
    private static string[] List(string values) => [.. Comma().Split(values).Select(value => value.Trim())];

    [GeneratedRegex(@",(?![^\[]*\])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comma();

    [GeneratedRegex(
        @"^(?<low>[-+]?[0-9.]*[0-9](e[-+]?[0-9]+)?)\.\.(?<high>[-+]?[0-9]*\.?[0-9]+(e[-+]?[0-9]+)?)(?<scale>:log)?$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex RangeForm();
}
