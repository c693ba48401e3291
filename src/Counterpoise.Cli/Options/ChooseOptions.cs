using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Options;

/// <summary>The options of <c>choose</c>.</summary>
internal sealed class ChooseOptions
{
    /// <summary>Classifiers on features of a frozen network.</summary>
    internal const string Probe = "probe";

    /// <summary>Networks that were trained on other images before.</summary>
    internal const string FineTune = "fine-tune";

    /// <summary>Networks that begin with random parameters.</summary>
    internal const string Scratch = "scratch";

    private const string Studies = "studies";

    private static readonly string[] AllKinds = [Probe, FineTune, Scratch];

    private static readonly string[] Differing = [SearchSpace.MethodKey, StartingRules.Features, "pretrained"];

    internal TrainOptions Training { get; } = new();

    internal Option<string> Budget { get; } = BudgetOption.Create();

    internal Option<int> Folds { get; } =
        new("--folds")
        {
            Description = "Folds of the training images that candidates are compared on, one after the other",
            HelpName = "number",
            DefaultValueFactory = _ => 5,
        };

    internal Option<string> Kinds { get; } =
        new("--kinds")
        {
            Description = "The kinds of candidates, separated by commas",
            HelpName = "kinds",
            DefaultValueFactory = _ => string.Join(',', AllKinds),
        };

    internal Option<string?> Features { get; } =
        new("--features")
        {
            Description = "The frozen network whose features are probed: a name or an ONNX file [default: resnet18]",
            HelpName = "name",
        };

    internal Option<string?> Pretrained { get; } =
        new("--pretrained")
        {
            Description =
                "Also fine-tune a network from these parameters: a name, such as resnet18, which is fetched [default: none]",
            HelpName = "name",
        };

    internal Option<string?> Output { get; } =
        new("--output", "-o")
        {
            Description =
                "The folder of the choice; alone it goes on with one, beside other processes if there are any [default: studies/<data>-choice]",
            HelpName = "folder",
        };

    internal ChooseOptions()
    {
        Training.Data.Data.Required = false;
        Training.Data.Data.Description += "; without it a choice is gone on with";
    }

    internal void AddTo(Command command)
    {
        command.Add([.. Training.Data.All, Budget, Folds, Kinds, Features, Pretrained, Training.Recipe.Set]);
        command.Add([.. Training.Execution.All, Training.Execution.Parallel, Output, Training.Json]);
    }

    /// <summary>The kinds of candidates that are wanted.</summary>
    /// <exception cref="UsageException">One is none.</exception>
    internal IReadOnlySet<string> WantedKinds(ParseResult parsed)
    {
        string given = parsed.GetRequiredValue(Kinds);
        var kinds = given.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        return kinds.IsSubsetOf(AllKinds)
            ? kinds
            : throw new UsageException($"--kinds is {given}, expected some of {string.Join(',', AllKinds)}.");
    }

    /// <summary>The keys that are set for all candidates.</summary>
    /// <exception cref="UsageException">Candidates differ in one.</exception>
    internal IReadOnlySet<string> Given(ParseResult parsed)
    {
        var keys = (parsed.GetValue(Training.Recipe.Set) ?? [])
            .Select(RecipeOptions.KeyOf)
            .ToHashSet(StringComparer.Ordinal);
        string? differing = Differing.FirstOrDefault(keys.Contains);
        return differing is null
            ? keys
            : throw new UsageException(
                $"--set {differing}: candidates differ in it; use 'counterpoise compare' for candidates of your own."
            );
    }

    /// <summary>What candidates change: plain training without a fold, tested at the end alone.</summary>
    /// <exception cref="UsageException">A number or a setting is wrong.</exception>
    internal Recipe Base(ParseResult parsed)
    {
        int folds = parsed.GetValue(Folds);
        if (folds < 2)
        {
            throw new UsageException($"--folds is {folds}, expected 2 or more.");
        }

        Recipe recipe = Recipe.Erm with
        {
            Data = Recipe.Erm.Data with { HeldOutFolds = folds },
            Training = Recipe.Erm.Training with { EvaluateEvery = 0 },
        };
        return (parsed.GetValue(Training.Recipe.Set) ?? []).Aggregate(recipe, RecipeText.Set);
    }

    /// <summary>The folder of the choice.</summary>
    /// <exception cref="UsageException">Neither it nor data is given.</exception>
    internal string Folder(ParseResult parsed) =>
        parsed.GetValue(Output) is { } given ? given
        : parsed.GetValue(Training.Data.Data) is { } data
            ? Path.Combine(
                Studies,
                $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)))}-choice"
            )
        : throw new UsageException(
            "--data is missing; give it to begin a choice, or --output with a choice's folder to go on with one."
        );
}
