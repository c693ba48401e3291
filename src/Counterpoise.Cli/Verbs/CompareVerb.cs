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
        var command = new Command("compare", "Train several methods alike and tabulate what they come to.")
        {
            options.Recipe.File,
        };
        command.Add([methods, .. several.All, output, csv]);
        command.Add(options.All);
        command.SetAction(parsed =>
        {
            var wanted = new Wanted(
                parsed.GetRequiredValue(methods),
                several.SeedCount(parsed),
                parsed.GetRequiredValue(output)
            );
            return Run(parsed, options, wanted, parsed.GetValue(several.Markdown), parsed.GetValue(csv));
        });
        return command;
    }

    private static int Run(ParseResult parsed, TrainOptions options, Wanted wanted, string? markdown, string? csv)
    {
        bool json = parsed.GetValue(options.Json);
        TextWriter said = Messages.Writer(json);
        Recipe[] recipes = Recipes(parsed, options, wanted);
        Allocator.KeepFreedMemory();
        TrainingPlan Specify(Recipe recipe) => options.Specify(parsed, recipe);
        TrainingPlan first = Specify(recipes[0]);
        using ImageData images = ImageDataSource.Open(first.Source, ReadingProgress.Told(first.OpenOptions));
        TrainingData data = TrainingData.Prepare(images, recipes[0].Data);
        foreach (string note in data.Notes.Concat(recipes.SelectMany(recipe => Trainer.Check(recipe, data))).Distinct())
        {
            said.WriteLine(note);
        }

        var runs = new ComparisonTrainings(
            recipe => Path.Combine(wanted.Output, $"{recipe.MethodNames}-seed{recipe.Seed}"),
            data,
            json,
            said
        );
        bool finished = runs.Train([.. recipes.Select(Specify)]);
        ComparedResult[] done = [.. recipes.Select(runs.Finished).OfType<ComparedResult>()];
        if (done.Length > 0)
        {
            string about = $"{data.Name}, rho = {data.Rho:0.##}, {recipes[0].Model}";
            Show(Comparison.Of(done), about, json, markdown, csv);
        }

        if (!finished)
        {
            Console.Error.WriteLine("stopped; the same command goes on where it was");
        }

        return finished ? 0 : Failures.Interrupted;
    }

    /// <summary>The resolved recipes, seed by seed.</summary>
    /// <exception cref="UsageException">A method, a setting or a number is wrong.</exception>
    private static Recipe[] Recipes(ParseResult parsed, TrainOptions options, Wanted wanted)
    {
        string[] names =
            wanted.Methods == Everything
                ? [.. MethodCatalogue.All.Select(method => method.Name)]
                : wanted.Methods.Split(',', StringSplitOptions.TrimEntries);
        Recipe common = options.Recipe.ComparedWithoutSet(parsed);
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
    private sealed record Wanted(string Methods, int Seeds, string Output);
}
