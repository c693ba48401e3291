using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;
using Counterpoise.Training;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>tune</c>: tries settings on held-out images, chooses, and trains on the full set with the choice.</summary>
internal static class TuneVerb
{
    private const string Studies = "studies";

    internal static Command Create()
    {
        var options = new TuneOptions();
        var command = new Command("tune", "Choose hyper-parameters on held-out images, then train with them.");
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options));
        return command;
    }

    private static int Run(ParseResult parsed, TuneOptions options)
    {
        bool json = parsed.GetValue(options.Training.Json);
        bool retrains = !parsed.GetValue(options.NoRetrain);
        TextWriter said = Messages.Writer(json);
        Allocator.KeepFreedMemory();
        Ranks ranks = MpiLaunch.Join();
        if (!ranks.IsFirst)
        {
            return StudyWork.Help(ranks);
        }

        using Study? begun = parsed.GetValue(options.Training.Data.Data) is null
            ? StudyWork.GoOn("tune", options.FolderToGoOnWith(parsed), parsed, options.Training.Execution)
            : null;
        string place = parsed.GetValue(options.Output) ?? Path.Combine(Studies, "new");
        using var images = new TrialImages(run => ReopenedData.Open(run, place));
        List<string> decided = [];
        StudyPlan plan =
            begun?.Plan ?? options.Plan(parsed, Start(parsed, options, decided.Add), images.HaveValidation);
        TrainingData data = Prepare(plan, images, retrains, decided, said);
        if (parsed.GetValue(options.DryRun))
        {
            SeveralRanks.RequireAlone(ranks, "--dry-run");
            TuningDryRun.Print(plan, data, retrains, json);
            return 0;
        }

        int atATime = StudyWork.AtATime(parsed, options.Training.Execution, plan.Run.Execution, ranks);
        if (atATime > 1)
        {
            Stoppable.Run(stop =>
            {
                ParallelMemory.Require(Trials(plan, data), atATime, said.WriteLine, stop);
                return true;
            });
        }

        string path =
            parsed.GetValue(options.Output)
            ?? Path.Combine(Studies, $"{data.Name}-{plan.Run.Recipe.MethodNames}-{plan.Run.Recipe.Model}");
        begun?.RequireSameData(data);
        string about =
            $"{data.Name}, {plan.Run.Recipe.Model}; held out: {data.HeldOut!.Count} images, {(plan.UsesValidation ? "the data's validation part" : HeldOut(plan.Run.Recipe.Data))}";
        using Study? opened = begun is null ? Study.BeginOrOpen(path, plan, data) : null;
        return Work(begun ?? opened!, images, retrains, ranks, atATime, about, json, said);
    }

    /// <summary>What is tuned is the method's, so that it is never left to the images.</summary>
    private static Recipe Start(ParseResult parsed, TuneOptions options, Action<string> say) =>
        StartingRecipe.Of(
            parsed,
            options.Training,
            [parsed.GetValue(options.Training.Recipe.Method) ?? Recipe.Default.MethodNames],
            Ranks.Alone,
            say
        );

    private static int Work(
        Study study,
        TrialImages images,
        bool retrains,
        Ranks ranks,
        int atATime,
        string about,
        bool json,
        TextWriter said
    )
    {
        bool done = StudyWork.Run(study, images, retrains, ranks, atATime, json, said);
        StudyResult result = study.Result;
        if (json)
        {
            JsonObserver.WriteEvent("tuned", TuningFiles.Json(study, result, about));
        }
        else
        {
            TuningTable.Print(study, result, about);
        }

        if (!done)
        {
            Console.Error.WriteLine($"stopped; go on with: counterpoise tune -o {ShellWord.Quoted(study.Path)}");
            return Failures.Interrupted;
        }

        return result.Chosen is null ? throw NothingChosen(study)
            : result.FinalState == TrialState.Diverged
                ? throw new CounterpoiseException(
                    $"{study.FinalRun}: training on the full set diverged with what was chosen; see its log."
                )
            : 0;
    }

    private static string HeldOut(DataSettings settings) =>
        settings.HeldOutFolds > 0 ? $"a fold of {settings.HeldOutFolds}" : $"{settings.HeldOut} of a class";

    /// <summary>The trials that can be foreseen and take the images as they are.</summary>
    private static IEnumerable<ListedTraining> Trials(StudyPlan plan, TrainingData data) =>
        plan
            .Foreseen.Select(settings => plan.TrialRecipe(settings, 0))
            .Where(recipe => recipe.Data == plan.TrialRecipe(plan.Foreseen[0], 0).Data)
            .Select(recipe => new ListedTraining(plan.Specify(recipe), Path: "", recipe.MethodNames, data));

    private static CounterpoiseException NothingChosen(Study study) =>
        new($"{study.Path}: every trial diverged; lower training.learning_rate, or tune over other values.");

    /// <summary>Opens the data as the first trial does, and refuses what could be seen to fail later.</summary>
    /// <exception cref="UsageException">No image can be held out, or a trial or the final training cannot be.</exception>
    private static TrainingData Prepare(
        StudyPlan plan,
        TrialImages images,
        bool retrains,
        IEnumerable<string> decided,
        TextWriter said
    )
    {
        Recipe[] recipes = [.. plan.Foreseen.Select(settings => plan.TrialRecipe(settings, 0))];
        TrainingData data = images.Prepare(plan.Run with { Recipe = plan.Run.Recipe.Resolve() });
        DataSettings settings = plan.Run.Recipe.Data;
        string[] whole =
        [
            .. data.Train.Classes.Where((_, c) => !data.HeldOut!.Labels.Contains(c)).Select(name => $"'{name}'"),
        ];
        if (data.HeldOut!.Count == 0)
        {
            throw new UsageException(
                settings.HeldOutFolds > 0
                    ? $"{data.Name}: no class has images, or groups, in two folds, so none can be held out to choose by; give more images."
                    : $"{data.Name}: no class has more than {settings.HeldOut} training images, so none can be held out to choose by; "
                        + "give more images, or hold fewer out with --set data.held_out=1."
            );
        }

        string[] notes =
            whole.Length == 0
                ? []
                :
                [
                    plan.UsesValidation
                        ? $"{string.Join(", ", whole)}: no images in the validation part; the choice does not look at them"
                    : settings.HeldOutFolds > 0
                        ? $"{string.Join(", ", whole)}: no training images in this fold; the choice does not look at them there"
                    : $"{string.Join(", ", whole)}: no more than {settings.HeldOut} training images, which all stay in training; the choice does not look at them",
                ];
        foreach (
            string note in data
                .Notes.Concat(decided)
                .Concat(notes)
                .Concat(recipes.SelectMany(r => Trainer.Check(r, data)))
                .Distinct()
        )
        {
            said.WriteLine(note);
        }

        if (retrains)
        {
            RequireFinalRecipes(plan);
        }

        return data;
    }

    /// <summary>What is trained on the full set has no held-out images for a method to look at.</summary>
    private static void RequireFinalRecipes(StudyPlan plan)
    {
        foreach (var settings in plan.Foreseen)
        {
            try
            {
                _ = plan.FinalRecipe(settings);
            }
            catch (UsageException error)
            {
                throw new UsageException(
                    $"training on the full set would fail: {error.Unspelled} Or tune it with --over, or give --no-retrain.",
                    error
                );
            }
        }
    }
}
