using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Options;

/// <summary>The options of <c>choose</c>.</summary>
internal sealed class ChooseOptions
{
    internal TrainOptions Training { get; } = new();

    internal Option<string> Budget { get; } = BudgetOption.Create();

    internal Option<int> Folds { get; } =
        new("--folds")
        {
            Description = "Folds of the training images that candidates are compared on, one after the other",
            HelpName = "number",
            DefaultValueFactory = _ => 5,
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
        command.Add([.. Training.Data.All, Budget, Folds, Features, Pretrained, Training.Recipe.Set]);
        command.Add([.. Training.Execution.All, Training.Execution.Parallel, Output, Training.Json]);
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

    /// <summary>The folder to go on with, where there is no data.</summary>
    /// <exception cref="UsageException">It is missing.</exception>
    internal string FolderToGoOnWith(ParseResult parsed) =>
        parsed.GetValue(Output)
        ?? throw new UsageException(
            "--data is missing; give it to begin a choice, or --output with a choice's folder to go on with one."
        );
}
