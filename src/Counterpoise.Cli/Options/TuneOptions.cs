using System.CommandLine;
using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Options;

/// <summary>The options of <c>tune</c>, and the plan that they ask for.</summary>
internal sealed class TuneOptions
{
    /// <summary>How many trials a halving makes of one that goes on, unless told otherwise.</summary>
    private const int UsualEta = 3;

    internal TrainOptions Training { get; } = new();

    internal Option<string[]> Over { get; } =
        new("--over")
        {
            Description =
                "A recipe key and its values, such as mfw.alpha=0.1,1,5 or method=mfw,mixup, or a range, such as training.learning_rate=0.01..0.3:log; may be repeated [default: alpha of the method that mixes, in 0.1,0.2,0.5,1,5]",
            HelpName = "key=values",
        };

    internal Option<string?> Search { get; } =
        new("--search")
        {
            Description = "grid, random or tpe [default: grid, or tpe where there is a range]",
            HelpName = "name",
        };

    internal Option<int?> Trials { get; } =
        new("--trials")
        {
            Description = "How many settings to try at most [default: all of a grid, 20 otherwise]",
            HelpName = "number",
        };

    internal Option<int> Splits { get; } =
        new("--splits")
        {
            Description = "Choices of held-out images that every setting is trained on",
            HelpName = "number",
            DefaultValueFactory = _ => 1,
        };

    internal Option<string?> Halving { get; } =
        new("--halving")
        {
            Description =
                $"Stop hopeless trials early: of so many trials one goes on at each rung; {UsualEta} without a number [default: train all to the end]",
            HelpName = "eta",
            Arity = ArgumentArity.ZeroOrOne,
        };

    internal Option<bool> NoRetrain { get; } =
        new("--no-retrain") { Description = "Do not train on the full set with what was chosen" };

    internal Option<string?> Output { get; } =
        new("--output", "-o")
        {
            Description =
                "The study's folder; alone it goes on with a study, beside other processes if there are any [default: studies/<data>-<method>-<model>]",
            HelpName = "folder",
        };

    internal Option<bool> DryRun { get; } =
        new("--dry-run") { Description = "Print the trials and the expected time; train nothing" };

    internal TuneOptions()
    {
        Training.Data.Data.Required = false;
        Training.Data.Data.Description += "; without it a study is gone on with";
    }

    internal void AddTo(Command command)
    {
        command.Add(Training.Recipe.File);
        command.Add([Training.Recipe.Method, .. Training.All]);
        command.Add([Over, Search, Trials, Splits, Halving, Training.Execution.Parallel, NoRetrain, Output, DryRun]);
    }

    /// <summary>The plan of a new study.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="start">What is begun with without a recipe file.</param>
    /// <param name="hasValidation">Whether a data set has a validation part of its own; asked once the rest is known to be right.</param>
    /// <exception cref="UsageException">Something in it is wrong.</exception>
    internal StudyPlan Plan(ParseResult parsed, Recipe start, Func<TrainingPlan, bool> hasValidation)
    {
        Recipe recipe = Training.Recipe.ComparedWithoutSet(parsed, start);
        string[] over = parsed.GetValue(Over) ?? [];
        foreach (string assignment in parsed.GetValue(Training.Recipe.Set) ?? [])
        {
            recipe = RecipeText.Set(recipe, assignment);
        }

        TrainingPlan run = Training.Specify(parsed, recipe);
        StudyPlan Of(bool chosenOnValidation) =>
            StudyPlan.Of(
                run,
                over,
                SearchOf(parsed.GetValue(Search)),
                parsed.GetValue(Trials),
                parsed.GetValue(Splits),
                EtaOf(parsed),
                chosenOnValidation
            );
        StudyPlan plan = Of(false);
        return hasValidation(run with { Recipe = plan.Run.Recipe.Resolve() }) ? Of(true) : plan;
    }

    /// <summary>Refuses what only a new study can take, since <c>--data</c> is missing.</summary>
    /// <exception cref="UsageException">Such an option or a recipe is given, or no folder is.</exception>
    internal string FolderToGoOnWith(ParseResult parsed)
    {
        if (parsed.GetValue(Output) is not { } folder)
        {
            throw new UsageException(
                "--data is missing; give it and a recipe to begin a study, or --output with a study's folder to go on with one."
            );
        }

        Option[] allowed =
        [
            Output,
            NoRetrain,
            DryRun,
            .. Training.Execution.All,
            Training.Execution.Parallel,
            Training.Json,
        ];
        string? given =
            parsed.GetValue(Training.Recipe.File)
            ?? parsed
                .CommandResult.Command.Options.FirstOrDefault(option =>
                    !allowed.Contains(option) && parsed.GetResult(option) is { Implicit: false }
                )
                ?.Name;
        return given is null
            ? folder
            : throw new UsageException(
                $"{given} is given, but --data is not: a study is gone on with as it was begun; give --data as well, or {given} neither."
            );
    }

    private static SearchKind? SearchOf(string? name) =>
        name switch
        {
            null => null,
            "grid" => SearchKind.Grid,
            "random" => SearchKind.Random,
            "tpe" => SearchKind.Tpe,
            _ => throw new UsageException($"--search is {name}, expected grid, random or tpe."),
        };

    private int? EtaOf(ParseResult parsed) =>
        parsed.GetResult(Halving) is not { Implicit: false } ? null
        : parsed.GetValue(Halving) is not { } text ? UsualEta
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int eta) ? eta
        : throw new UsageException($"--halving is {text}, expected a whole number, 2 or more.");
}
