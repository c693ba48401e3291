using System.CommandLine;
using System.Diagnostics;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;
using Counterpoise.Training;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>choose</c>: compares ways to train on the data within a given time, and trains the best on everything.</summary>
internal static class ChooseVerb
{
    internal static Command Create()
    {
        var options = new ChooseOptions();
        var command = new Command("choose", "Compare ways to train within a given time, and train with the best.");
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options));
        return command;
    }

    private static int Run(ParseResult parsed, ChooseOptions options)
    {
        DateTime since = Process.GetCurrentProcess().StartTime.ToUniversalTime();
        bool json = parsed.GetValue(options.Training.Json);
        TextWriter said = Messages.Writer(json);
        Allocator.KeepFreedMemory();
        Ranks ranks = MpiLaunch.Join();
        if (!ranks.IsFirst)
        {
            return StudyWork.Help(ranks);
        }

        ExecutionOptions execution = options.Training.Execution;
        string path = options.Folder(parsed);
        using var images = new TrialImages(run => ReopenedData.Open(run, path));
        using Study? begun = parsed.GetValue(options.Training.Data.Data) is not null
            ? null
            : StudyWork.GoOn("choose", path, parsed, execution);
        StudyPlan plan = begun?.Plan ?? Plan(parsed, options, path, images, said);
        TrainingData data = Prepare(plan, images, said);
        begun?.RequireSameData(data);
        using Study? opened = begun is null ? Study.BeginOrOpen(path, plan, data) : null;
        Study study = begun ?? opened!;
        int atATime = StudyWork.AtATime(parsed, execution, plan.Run.Execution, ranks);
        if (!OwnProcess.IsThis)
        {
            study.StartClock(since);
            if (parsed.IsGiven(options.Budget))
            {
                study.GiveTime(BudgetOption.Parse(parsed.GetRequiredValue(options.Budget)));
                if (begun is not null && study.Choice.Chosen is { } before)
                {
                    said.WriteLine($"{before.Candidate.Name} is chosen already, so more time changes nothing.");
                }
            }
        }

        string about =
            $"{data.Name}, rho = {data.Rho:0.##}, {plan.Splits} folds of {data.Train.Count + data.HeldOut!.Count} training images";
        bool done = StudyWork.Run(study, images, retrains: true, ranks, atATime, json, said);
        ChoiceResult result = study.Choice;
        if (ranks.IsFirst && result.FinalState == TrialTrainingState.Done)
        {
            study.KeepOutOfFold();
        }

        if (json)
        {
            JsonObserver.WriteEvent("chosen", ChoiceTable.Json(study, result, about));
        }
        else
        {
            ChoiceTable.Print(study, result, about);
        }

        if (!done)
        {
            Console.Error.WriteLine($"stopped; go on with: counterpoise choose -o {ShellWord.Quoted(study.Path)}");
            return Failures.Interrupted;
        }

        return result.Chosen is null
                ? throw new UsageException(
                    $"--budget is {study.Plan.Budget!.Value.TotalSeconds:0} s, and no candidate was trained without even one fold in it; give more time: the same command goes on with what is there."
                )
            : result.FinalState == TrialTrainingState.Diverged
                ? throw new CounterpoiseException($"{study.FinalRun}: training on everything diverged; see its log.")
            : 0;
    }

    private static StudyPlan Plan(
        ParseResult parsed,
        ChooseOptions options,
        string path,
        TrialImages images,
        TextWriter said
    )
    {
        TimeSpan budget = BudgetOption.Parse(parsed.GetRequiredValue(options.Budget));
        Recipe recipe = options.Base(parsed);
        TrainingPlan run = new(
            recipe,
            parsed.GetRequiredValue(options.Training.Data.Data),
            parsed.GetValue(options.Training.Data.SkipUnreadable),
            options.Training.Execution.Resolve(parsed, recipe.Training.Precision)
        )
        {
            Store = options.Training.Data.Store(parsed),
            Listing = options.Training.Data.Listing(parsed),
        };
        // How long networks are trained depends on this machine, so it is measured once.
        return StudyPlan.OfChoice(
            run,
            Study.PlanIn(path) is { Budget: not null } before
                ? before.Space.Candidates
                : new ChoiceCandidates(parsed, options, run, images, said).Of(budget),
            budget
        );
    }

    /// <summary>The data as the first candidate sees it, which the choice is bound to.</summary>
    private static TrainingData Prepare(StudyPlan plan, TrialImages images, TextWriter said)
    {
        Recipe first = plan.Space.Apply(plan.Foreseen[0]).Resolve();
        TrainingData data = images.Prepare(plan.Run with { Recipe = first });
        if (data.HeldOut!.Count == 0)
        {
            throw new UsageException(
                $"{data.Name}: no class has images, or groups, in two folds, so candidates cannot be compared; give more images."
            );
        }

        string[] whole =
        [
            .. data.Train.Classes.Where((_, c) => !data.HeldOut.Labels.Contains(c)).Select(name => $"'{name}'"),
        ];
        IEnumerable<string> notes =
            whole.Length == 0
                ? []
                : [$"{string.Join(", ", whole)}: no training images in the first fold, which says nothing of them"];
        foreach (string note in data.Notes.Concat(notes).Concat(Trainer.Check(first, data)).Distinct())
        {
            said.WriteLine(note);
        }

        return data;
    }
}
