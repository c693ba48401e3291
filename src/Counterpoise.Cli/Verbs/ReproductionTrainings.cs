using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Reproduction;
using Counterpoise.Results;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>The trainings of a table of the paper, with the data that they need.</summary>
internal sealed class ReproductionTrainings : IDisposable
{
    private readonly string output;
    private readonly TextWriter said;
    private readonly List<Row> rows = [];
    private readonly Dictionary<string, ImageData> opened = [];
    private readonly Dictionary<DataSettings, TrainingData> prepared = [];

    /// <summary>Opens the data and checks all recipes before anything is trained.</summary>
    /// <exception cref="UsageException">A name, a number or a setting is wrong, or no data is of the table.</exception>
    internal ReproductionTrainings(ParseResult parsed, ReproduceOptions options, PaperTable table, TextWriter said)
    {
        this.said = said;
        output = parsed.GetRequiredValue(options.Output);
        int seeds = options.Several.SeedCount(parsed);
        PaperCell[] cells = Chosen(table, parsed.GetValue(options.Only));
        Recipe[] recipes = [.. cells.Select(cell => RecipeOf(cell, parsed, options))];
        string[] assignments = parsed.GetValue(options.Set) ?? [];
        foreach (string assignment in assignments)
        {
            recipes = [.. RecipeText.SetWhereItApplies(recipes, assignment)];
        }

        string?[] sources = [.. cells.Zip(recipes, (cell, recipe) => SourceOf(cell, recipe, parsed, options))];
        foreach ((PaperCell cell, int i) in cells.Select((cell, i) => (cell, i)))
        {
            ListedTraining[] trainings = sources[i] is { } source
                ?
                [
                    .. Enumerable
                        .Range(0, seeds)
                        .Select(seed => Specify(recipes[i] with { Seed = (ulong)seed }, source, parsed, options))
                        .Select(plan => Listed(cell, plan)),
                ]
                : [];
            rows.Add(new Row(cell, recipes[i].Resolve(), trainings));
        }

        if (rows.All(row => row.Trainings.Length == 0))
        {
            string wanted = string.Join(" or ", cells.Select(cell => cell.Data).Distinct().Select(Describe));
            throw new UsageException($"--data is none that {table.Name} is made of, expected {wanted}.");
        }

        foreach (string warning in rows.SelectMany(Warnings).Distinct())
        {
            said.WriteLine(warning);
        }
    }

    /// <summary>How many trainings there are.</summary>
    internal int Count => rows.Sum(row => row.Trainings.Length);

    /// <summary>How many of them are not finished.</summary>
    internal int Missing => Unfinished.Count();

    /// <summary>The run folders.</summary>
    internal IReadOnlyList<string> Folders =>
        [.. rows.SelectMany(row => row.Trainings.Select(training => training.Path))];

    /// <summary>The paper's numbers and ours.</summary>
    internal IReadOnlyList<ReproducedCell> Cells =>
        [
            .. rows.Select(row =>
            {
                ComparedResult[] done = [.. row.Trainings.Select(training => training.Result).OfType<ComparedResult>()];
                SampleStatistic? accuracy = SampleStatistic.Of(done.Select(run => run.Accuracies[0]));
                return new ReproducedCell(row.Cell, row.Recipe, accuracy, done.FirstOrDefault()?.Epochs, Lacking(row));
            }),
        ];

    private IEnumerable<ListedTraining> Unfinished =>
        rows.SelectMany(row => row.Trainings).Where(training => !training.IsFinished);

    /// <summary>The time that the missing trainings take one after the other, from a few steps of each network on each version of the data.</summary>
    internal TimeSpan Estimate()
    {
        var speeds = new Dictionary<(string, DataSettings), double>();
        double seconds = 0;
        foreach (ListedTraining training in Unfinished)
        {
            Recipe recipe = training.Plan.Recipe;
            var key = (recipe.Model, recipe.Data);
            if (!speeds.TryGetValue(key, out double speed))
            {
                speed = TrainingEstimate.Measure(recipe, training.Data, training.Plan.Execution).ImagesPerSecond;
                speeds[key] = speed;
            }

            seconds += (double)training.Data.Train.Count * training.Epochs / speed;
        }

        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Trains what is missing, seed by seed.</summary>
    /// <param name="atATime">How many at a time.</param>
    /// <param name="json">Whether standard output carries JSON alone.</param>
    /// <returns>Whether all are finished; false when stopped.</returns>
    internal bool Train(int atATime, bool json)
    {
        ListedTraining[] order =
        [
            .. rows.SelectMany(row => row.Trainings)
                .GroupBy(training => training.Plan.Recipe.Seed)
                .SelectMany(seed => seed),
        ];
        return new SeveralTrainings(order, json, said).Train(atATime);
    }

    public void Dispose()
    {
        foreach (ImageData images in opened.Values)
        {
            images.Dispose();
        }
    }

    private static PaperCell[] Chosen(PaperTable table, string? only)
    {
        if (only is null)
        {
            return [.. table.Cells];
        }

        string[] known = [.. table.Cells.Select(cell => cell.Set).Distinct()];
        string[] wanted = only.Split(',', StringSplitOptions.TrimEntries);
        return wanted.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? throw new UsageException(
                $"--only names '{unknown}', which {table.Name} has not; {Nearest.Hint(unknown, known)}"
            )
            : [.. table.Cells.Where(cell => wanted.Contains(cell.Set, StringComparer.OrdinalIgnoreCase))];
    }

    private static Recipe RecipeOf(PaperCell cell, ParseResult parsed, ReproduceOptions options)
    {
        Recipe recipe = ReadyRecipes.Find(cell.Recipe);
        return parsed.GetValue(options.Epochs) is { } epochs
            ? RecipeText.SetKey(recipe, "training.epochs", $"{epochs}", "--epochs")
            : recipe;
    }

    private static TrainingPlan Specify(Recipe recipe, string source, ParseResult parsed, ReproduceOptions options) =>
        new(
            recipe.Resolve(),
            source,
            SkipUnreadable: false,
            options.Execution.Resolve(parsed, recipe.Training.Precision)
        )
        {
            StatisticsEvery = options.Record.StatisticsEvery(parsed),
            Listing = options.Opening.Listing(parsed),
        };

    private static string Describe(PaperData data) => $"{data.Name} ({data.Classes} classes)";

    /// <summary>Which of the given data has the classes of a cell's; null where none has.</summary>
    private string? SourceOf(PaperCell cell, Recipe recipe, ParseResult parsed, ReproduceOptions options) =>
        parsed
            .GetRequiredValue(options.Data)
            .FirstOrDefault(source =>
            {
                if (!opened.TryGetValue(source, out ImageData? images))
                {
                    images = ReopenedData.Open(Specify(recipe, source, parsed, options), Path.Combine(output, "new"));
                    opened[source] = images;
                }

                return images.Train.Classes.Count == cell.Data.Classes;
            });

    private TrainingData Prepare(TrainingPlan run)
    {
        if (!prepared.TryGetValue(run.Recipe.Data, out TrainingData? data))
        {
            data = TrainingData.Prepare(opened[run.Source], run.Recipe.Data);
            prepared[run.Recipe.Data] = data;
        }

        return data;
    }

    private IEnumerable<string> Warnings(Row row)
    {
        if (row.Trainings is not [{ Plan: var run, Data: var data }, ..])
        {
            return [];
        }

        ImageData images = opened[run.Source];
        string[] other =
            images.Train.Count == row.Cell.Data.TrainingImages
                ? []
                :
                [
                    $"{run.Source} has {images.Train.Count} training images, the paper's {row.Cell.Data.Name} {row.Cell.Data.TrainingImages}: the numbers do not compare.",
                ];
        return [.. images.Notes, .. other, .. Trainer.Check(run.Recipe, data)];
    }

    private static string? Lacking(Row row) => row.Trainings.Length > 0 ? null : $"needs --data {row.Cell.Data.Name}";

    private ListedTraining Listed(PaperCell cell, TrainingPlan plan) =>
        new(
            plan,
            Path.Combine(output, $"{cell.Recipe}-{plan.Recipe.Training.Epochs}epochs-seed{plan.Recipe.Seed}"),
            $"{cell.Set}, {cell.Row}, seed {plan.Recipe.Seed}",
            Prepare(plan)
        );

    /// <summary>A cell's trainings, one a seed; none where its data was not given.</summary>
    private sealed record Row(PaperCell Cell, Recipe Recipe, ListedTraining[] Trainings);
}
