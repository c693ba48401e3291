using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>probe</c>: fits classifiers on the features of a frozen network, and tabulates what they come to.</summary>
internal static class ProbeVerb
{
    private const int UsualEpochs = 50;
    private const string Plain = "erm";

    internal static Command Create()
    {
        var options = new TrainOptions();
        var methods = new Option<string>("--methods")
        {
            Description = "Methods to fit, separated by commas, each joined by '+'",
            HelpName = "names",
            DefaultValueFactory = _ => $"{Plain},class-balanced,logit-adjustment,ldam,nearest-mean,lda,mfw",
        };
        var views = new SettingOption("--augment-views", "data.views") { HelpName = "number" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder of the run folders",
            HelpName = "folder",
            DefaultValueFactory = _ => Path.Combine("runs", "probe"),
        };
        var markdown = new Option<string?>("--markdown")
        {
            Description = "Write the table to this file as Markdown, too [default: none]",
            HelpName = "file",
        };
        var command = new Command("probe", "Fit classifiers on the features of a frozen network, and tabulate them.")
        {
            options.Recipe.File,
        };
        command.Add([methods, views, options.Execution.Parallel, output, markdown]);
        command.Add(options.All);
        command.SetAction(parsed =>
            Run(
                parsed,
                options,
                parsed.GetRequiredValue(methods),
                views,
                parsed.GetRequiredValue(output),
                parsed.GetValue(markdown)
            )
        );
        return command;
    }

    private static int Run(
        ParseResult parsed,
        TrainOptions options,
        string methods,
        SettingOption views,
        string output,
        string? markdown
    )
    {
        bool json = parsed.GetValue(options.Json);
        TextWriter said = Messages.Writer(json);
        Recipe[] recipes = Recipes(parsed, options, methods, views, said, out bool choosesScale);
        Allocator.KeepFreedMemory();
        TrainingPlan first = options.Specify(parsed, recipes[0]);
        using ImageData images = ReopenedData.Open(first, output);
        TrainingData data = TrainingData.Prepare(images, first.Recipe.Data);
        foreach (string note in data.Notes.Concat(recipes.SelectMany(recipe => Trainer.Check(recipe, data))).Distinct())
        {
            said.WriteLine(note);
        }

        // What is fitted to convergence first: its penalty is that of those that are trained by steps.
        ListedTraining[] fitted = [.. recipes.Where(IsFitted).Select(Listed)];
        bool finished = Train(fitted);
        ListedTraining[] stepped = [];
        if (finished && recipes.Any(recipe => !IsFitted(recipe)))
        {
            ListedTraining? plain = fitted.FirstOrDefault(training => training.Name == Plain);
            EpochHistory? found = plain is null ? null : RunHistory.Read(plain.Path).Result;
            double? penalty = SaysDecay(parsed, options) ? null : found?.Penalty;
            stepped =
            [
                .. recipes
                    .Where(recipe => !IsFitted(recipe))
                    .Select(recipe => Listed(With(recipe, penalty, choosesScale ? found?.FeatureScale : null))),
            ];
            finished = Train(stepped);
        }

        ProbedRow[] rows =
        [
            .. fitted
                .Concat(stepped)
                .Where(training => training.IsFinished)
                .Select(training => ProbedRow.Of(training.Path, ClassCounts.Of(data.Test))),
        ];
        Show(
            [.. rows.OrderBy(row => Array.FindIndex(recipes, recipe => recipe.MethodNames == row.Methods))],
            data,
            first.Recipe,
            json,
            markdown
        );
        if (!finished)
        {
            Console.Error.WriteLine("stopped; the same command goes on where it was");
        }

        return finished ? 0 : Failures.Interrupted;

        ListedTraining Listed(Recipe recipe) =>
            new(
                options.Specify(parsed, recipe),
                Path.Combine(output, $"{recipe.MethodNames}-seed{recipe.Seed}"),
                recipe.MethodNames,
                data
            );

        bool Train(ListedTraining[] list) =>
            list.Length == 0 || new SeveralTrainings(list, json, said).Train(options.Execution.AtATime(parsed));
    }

    /// <summary>The resolved recipes. What can be fitted to convergence is, unless something else is said.</summary>
    /// <exception cref="UsageException">A method, a setting or a number is wrong.</exception>
    private static Recipe[] Recipes(
        ParseResult parsed,
        TrainOptions options,
        string methods,
        SettingOption views,
        TextWriter said,
        out bool choosesScale
    )
    {
        string[] names = Names(methods); // Refused before images are looked at.
        Recipe common = options.Recipe.ProbedWithoutSet(parsed, StartingRecipe.SizeOfFeatures(parsed, options, said));
        if (parsed.GetValue(options.Recipe.File) is null && !options.Recipe.Given(parsed).Contains("training.epochs"))
        {
            common = common with { Training = common.Training with { Epochs = UsualEpochs } };
        }

        if (parsed.GetValue(views) is { } number)
        {
            common = RecipeText.SetKey(common, views.Key, number, views.Name);
        }

        string[] tried = names.Contains(Plain) ? names : [Plain, .. names];
        Recipe[] recipes = [.. tried.Select(name => Converging(common.WithMethods(name)))];
        foreach (string assignment in parsed.GetValue(options.Recipe.Set) ?? [])
        {
            recipes = [.. RecipeText.SetWhereItApplies(recipes, assignment)];
        }

        // What is trained by steps takes the scale that is chosen where plain training is fitted.
        bool isChosen = recipes.Any(recipe =>
            recipe.MethodNames == Plain && IsFitted(recipe) && recipe.Training.FeatureScale == FeatureScale.Auto
        );
        choosesScale = isChosen;
        recipes =
        [
            .. recipes.Select(recipe =>
                (isChosen && !IsFitted(recipe) ? WithScale(recipe, FeatureScale.Common) : recipe).Resolve()
            ),
        ];
        if (names.Contains(Plain))
        {
            return recipes;
        }

        if (recipes.All(IsFitted) || (SaysDecay(parsed, options) && !choosesScale))
        {
            return recipes[1..];
        }

        string[] taken =
        [
            .. SaysDecay(parsed, options) ? (string[])[] : ["penalty as weight decay"],
            .. choosesScale ? (string[])["scale of the features"] : [],
        ];
        said.WriteLine(
            $"{Plain} is fitted, too: methods that are trained by steps take its {string.Join(" and its ", taken)}."
        );
        return recipes;
    }

    private static string[] Names(string methods)
    {
        string[] names = methods.Split(',', StringSplitOptions.TrimEntries);
        return names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new UsageException($"--methods names '{twice.Key}' twice; name each once.")
            : names;
    }

    /// <summary>Whether somebody has chosen the weight decay of what is trained by steps.</summary>
    private static bool SaysDecay(ParseResult parsed, TrainOptions options) =>
        parsed.GetValue(options.Recipe.File) is not null
        || options.Recipe.Given(parsed).Contains("training.weight_decay");

    private static Recipe Converging(Recipe recipe) =>
        TrainingFit.CanConverge(recipe)
            ? recipe with
            {
                Training = recipe.Training with { Optimizer = OptimizerKind.Lbfgs },
            }
            : recipe;

    private static bool IsFitted(Recipe recipe) =>
        recipe.Phases.All(phase => phase.IsEstimated || phase.Training.Optimizer == OptimizerKind.Lbfgs);

    private static Recipe WithScale(Recipe recipe, FeatureScale scale) =>
        recipe with
        {
            Training = recipe.Training with { FeatureScale = scale },
        };

    /// <summary>Trained by steps with the penalty that was chosen for plain training, which is what weight decay is to them, and with its scale of the features.</summary>
    private static Recipe With(Recipe recipe, double? penalty, string? scale)
    {
        Recipe scaled = scale is null ? recipe : RecipeText.Set(recipe, $"training.feature_scale={scale}");
        return penalty is null
            ? scaled
            : scaled with
            {
                Training = scaled.Training with
                {
                    WeightDecay = penalty.Value,
                    WeightDecayOn = DecayedParameters.Kernels,
                },
            };
    }

    private static void Show(ProbedRow[] rows, TrainingData data, Recipe recipe, bool json, string? markdown)
    {
        string note =
            $"{data.Name}, rho = {data.Rho:0.##}, features of {recipe.Data.Features} at {recipe.Data.ImageSize} pixels{(data.Train.Views.Count > 0 ? $", with {data.Train.Views.Count} random views of {data.Train.Count} training images" : "")}. Balanced accuracy in percent ± its standard error by the {data.Test.Count} test images; "
            + "out of fold: of the training images, each by a classifier that has not seen it, to choose by.";
        Sheet<ProbedRow> sheet = ProbedRow.Sheet(rows);
        if (markdown is not null)
        {
            AtomicFile.WriteText(markdown, sheet.Markdown(note));
        }

        if (json)
        {
            JsonObserver.WriteEvent("probed", ProbedRow.Json(rows, note));
            return;
        }

        sheet.Print();
        Console.WriteLine(note);
    }
}
