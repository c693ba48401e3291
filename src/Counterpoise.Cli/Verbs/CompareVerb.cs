using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Results;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>compare</c>: trains several methods on the same data under the same protocol, and tabulates them.</summary>
internal static class CompareVerb
{
    internal const string Everything = "all";

    internal static Command Create()
    {
        var options = new TrainOptions();
        var methods = new Option<string>("--methods")
        {
            Description =
                $"Methods to compare, separated by commas, each joined by '+'; '{Everything}' is every method on its own",
            HelpName = "names",
            DefaultValueFactory = _ => "erm,mfw,mfw+drw",
        };
        var several = new SeveralOptions();
        var folds = new Option<int?>("--folds")
        {
            Description =
                "Divide the images into so many folds and train as often, each time tested on another fold: for sets too small for one test part [default: none]",
            HelpName = "number",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder of the run folders",
            HelpName = "folder",
            DefaultValueFactory = _ => Path.Combine("runs", "compare"),
        };
        var csv = new Option<string?>("--csv")
        {
            Description = "Write the table to this file as CSV, too [default: none]",
            HelpName = "file",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print what would be trained, and the expected time; train nothing",
        };
        var command = new Command("compare", "Train several methods alike and tabulate what they come to.")
        {
            options.Recipe.File,
        };
        command.Add([methods, .. several.All, options.Execution.Parallel, folds, output, csv, dryRun]);
        command.Add(options.All);
        command.SetAction(parsed =>
        {
            var wanted = new Wanted(
                parsed.GetRequiredValue(methods),
                several.SeedCount(parsed),
                parsed.GetValue(folds) is not { } count ? 0
                    : count >= 2 ? count
                    : throw new UsageException($"--folds is {count}, expected 2 or more."),
                parsed.GetRequiredValue(output)
            );
            ComparisonDryRun? dry = parsed.GetValue(dryRun) ? new(options.Execution.AtATime(parsed)) : null;
            return Run(parsed, options, wanted, parsed.GetValue(several.Markdown), parsed.GetValue(csv), dry);
        });
        return command;
    }

    private static int Run(
        ParseResult parsed,
        TrainOptions options,
        Wanted wanted,
        string? markdown,
        string? csv,
        ComparisonDryRun? dry
    )
    {
        bool json = parsed.GetValue(options.Json);
        TextWriter said = Messages.Writer(json);
        List<string> decided = [];
        Recipe[] recipes = Recipes(parsed, options, wanted, decided.Add);
        Allocator.KeepFreedMemory();
        List<ComparedResult> done = [];
        string about = "";
        bool finished = true;
        foreach (int fold in wanted.Folds == 0 ? [0] : Enumerable.Range(1, wanted.Folds))
        {
            TrainingPlan[] plans = [.. recipes.Select(recipe => Specify(parsed, options, recipe, fold, wanted.Folds))];
            using ImageData images = ReopenedData.Open(plans[0], wanted.Output);
            TrainingData data = TrainingData.Prepare(images, recipes[0].Data);
            foreach (
                string note in data
                    .Notes.Concat(decided)
                    .Concat(recipes.SelectMany(recipe => Trainer.Check(recipe, data)))
                    .Distinct()
            )
            {
                said.WriteLine(note);
            }

            string end = fold == 0 ? "" : $"-fold{fold}";
            ListedTraining[] trainings =
            [
                .. plans.Select(plan => new ListedTraining(
                    plan,
                    Path.Combine(wanted.Output, $"{plan.Recipe.MethodNames}-seed{plan.Recipe.Seed}{end}"),
                    $"{plan.Recipe.MethodNames}, seed {plan.Recipe.Seed}",
                    data
                )),
            ];

            // Within a seed those first that others can start from.
            ListedTraining[] order =
            [
                .. trainings
                    .GroupBy(training => training.Plan.Recipe.Seed)
                    .SelectMany(seed => seed.OrderBy(training => training.Plan.Recipe.Phases.Count)),
            ];
            if (dry is not null)
            {
                dry.Add(order);
                continue;
            }

            finished = new SeveralTrainings(order, json, said).Train(options.Execution.AtATime(parsed));
            done.AddRange(trainings.Select(training => training.Result).OfType<ComparedResult>());
            about =
                fold == 0
                    ? $"{data.Name}, rho = {data.Rho:0.##}, {recipes[0].Model}"
                    : $"{data.Name}, {recipes[0].Model}";
            if (!finished)
            {
                break;
            }
        }

        dry?.Print(json);
        if (done.Count > 0)
        {
            Show(Comparison.Of(done), about, json, markdown, csv);
        }

        if (!finished)
        {
            Console.Error.WriteLine("stopped; the same command goes on where it was");
        }

        return finished ? 0 : Failures.Interrupted;
    }

    private static TrainingPlan Specify(ParseResult parsed, TrainOptions options, Recipe recipe, int fold, int folds)
    {
        TrainingPlan plan = options.Specify(parsed, recipe);
        return plan with { Listing = plan.Listing with { Fold = fold, Folds = folds } };
    }

    /// <summary>The resolved recipes, seed by seed.</summary>
    /// <exception cref="UsageException">A method, a setting or a number is wrong.</exception>
    private static Recipe[] Recipes(ParseResult parsed, TrainOptions options, Wanted wanted, Action<string> say)
    {
        string[] names =
            wanted.Methods == Everything
                ? [.. MethodCatalogue.All.Select(method => method.Name)]
                : wanted.Methods.Split(',', StringSplitOptions.TrimEntries);
        Recipe start = StartingRecipe.Of(parsed, options, names, Ranks.Alone, say);
        Recipe common = options.Recipe.ComparedWithoutSet(parsed, start);
        Recipe[] recipes = [.. names.Select(name => common.WithMethods(name))];
        if (recipes.GroupBy(recipe => recipe.MethodNames).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"--methods names '{twice.Key}' twice; name each once.");
        }

        foreach (string assignment in parsed.GetValue(options.Recipe.Set) ?? [])
        {
            recipes = [.. RecipeText.SetWhereItApplies(recipes, assignment)];
        }

        return
        [
            .. Enumerable
                .Range(0, wanted.Seeds)
                .SelectMany(seed => recipes.Select(recipe => recipe with { Seed = recipe.Seed + (ulong)seed }))
                .Select(recipe => recipe.Resolve()),
        ];
    }

    private static void Show(IReadOnlyList<ComparisonRow> rows, string about, bool json, string? markdown, string? csv)
    {
        string note = ComparisonSheet.Note(rows, about);
        Sheet<ComparisonRow> sheet = ComparisonSheet.Of(rows);
        if (markdown is not null)
        {
            AtomicFile.WriteText(markdown, sheet.Markdown(note));
        }

        if (csv is not null)
        {
            AtomicFile.WriteText(csv, ComparisonSheet.Csv(rows));
        }

        if (json)
        {
            JsonObserver.WriteEvent("compared", ComparisonSheet.Json(rows, note));
            return;
        }

        sheet.Print();
        Console.WriteLine(note);
    }

    /// <summary>What is compared.</summary>
    /// <param name="Methods">Methods, separated by commas.</param>
    /// <param name="Seeds">How many training seeds.</param>
    /// <param name="Folds">How many folds; 0 for none.</param>
    /// <param name="Output">The folder of the run folders.</param>
    private sealed record Wanted(string Methods, int Seeds, int Folds, string Output);
}
