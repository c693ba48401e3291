using Counterpoise.Basics;
using Counterpoise.Recipes;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>The recipe keys that are tuned, and the recipe that they change.</summary>
internal sealed class SearchSpace
{
    /// <summary>The key that names the methods.</summary>
    internal const string MethodKey = "method";

    /// <summary>What stands for all that a candidate sets.</summary>
    internal const string CandidateKey = "candidate";

    private readonly Recipe recipe;

    internal SearchSpace(Recipe recipe, IReadOnlyList<string> texts, IReadOnlyList<Dimension> dimensions)
    {
        this.recipe = recipe;
        Texts = texts;
        Dimensions = dimensions;
    }

    /// <summary>What was asked for, a text a key.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The keys: the method first, since others may belong to one.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>Ways to train that are compared as a whole; none where keys are tuned.</summary>
    internal IReadOnlyList<Candidate> Candidates { get; init; } = [];

    /// <summary>Candidates to choose from, each of which is tried on the recipe.</summary>
    /// <exception cref="UsageException">One cannot be trained.</exception>
    internal static SearchSpace Of(Recipe recipe, IReadOnlyList<Candidate> candidates) =>
        SpaceText.Parse(recipe, [.. candidates.Select(candidate => $"{CandidateKey} {candidate}")]);

    /// <summary>Reads what is to be tuned, and tries every listed value and every end of a range.</summary>
    /// <param name="recipe">The recipe that is tuned, not resolved.</param>
    /// <param name="texts">Each <c>key=value,value,...</c> or <c>key=low..high</c>, with <c>:log</c> for factors.</param>
    /// <exception cref="UsageException">A form, key, value or range is wrong; nothing was trained.</exception>
    public static SearchSpace Parse(Recipe recipe, IReadOnlyList<string> texts) => SpaceText.Parse(recipe, texts);

    /// <summary>The paper's search: the grid over the alpha of the method that mixes.</summary>
    /// <exception cref="UsageException">The recipe has no such method.</exception>
    public static string PaperGrid(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        string? key = recipe.Phases[0].Mixer is { By: var method } ? $"{method}.alpha" : null;
        return RecipeText.Describe(recipe).Any(setting => setting.Key == key)
            ? $"{key}=0.1,0.2,0.5,1,5"
            : throw new UsageException(
                $"{Named("over")}: {recipe.MethodNames} mixes nothing, so there is no alpha to tune; say what to tune, "
                    + $"such as {Named("over")} training.learning_rate=0.03,0.1,0.3."
            );
    }

    /// <summary>The recipe with a trial's settings, not resolved.</summary>
    /// <exception cref="UsageException">A value is not allowed.</exception>
    public Recipe Apply(IEnumerable<Assignment> settings) =>
        Apply(
            recipe,
            settings.SelectMany(setting =>
                setting.Key == CandidateKey
                    ? Candidates.First(candidate => candidate.Name == setting.Value).Settings
                    : new ValueList<Assignment>([setting])
            )
        );

    internal static Recipe Apply(Recipe recipe, IEnumerable<Assignment> settings) =>
        settings.Aggregate(recipe, (changed, setting) => RecipeText.Set(changed, $"{setting}", Named("over")));

    /// <summary>Whether a key has a meaning, given the settings before it: a method's needs the method.</summary>
    internal bool Applies(Dimension dimension, IReadOnlyList<Assignment> before) =>
        SpaceText.Has(before.Count > 0 && before[0].Key == MethodKey ? Apply(before.Take(1)) : recipe, dimension.Key);

    /// <summary>Chooses a value for every key that has a meaning.</summary>
    /// <param name="choose">Gives the value of the dimension, which has this index.</param>
    internal ValueList<Assignment> Choose(Func<Dimension, int, string> choose)
    {
        List<Assignment> settings = [];
        for (int i = 0; i < Dimensions.Count; i++)
        {
            if (Applies(Dimensions[i], settings))
            {
                settings.Add(new Assignment(Dimensions[i].Key, choose(Dimensions[i], i)));
            }
        }

        return new ValueList<Assignment>(settings);
    }
}
