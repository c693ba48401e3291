using Counterpoise.Basics;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Runtime;
using Counterpoise.Tuning;

namespace Counterpoise.Tests.Tuning;

/// <summary>A choice without trainings: what classifiers say of images is made up.</summary>
public sealed class ChoiceRulesTests : IDisposable
{
    private const int Folds = 3;
    private const int Images = 180;
    private const string Data = "data";
    private static readonly string[] Classes = ["ant", "bee"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Who_is_told_apart_from_the_best_is_left_out_and_the_others_are_compared_on_more_folds()
    {
        using Study study = Begin(["probe bad", "probe good", "probe fair"]);

        List<string> names = Work(study, work => Right(work, [0.2, 0.82, 0.8]));

        Assert.Equal(
            [
                "trial-0000-split-0",
                "trial-0001-split-0",
                "trial-0002-split-0",
                "trial-0001-split-1",
                "trial-0002-split-1",
                "trial-0001-split-2",
                "trial-0002-split-2",
                "final",
            ],
            names
        );
        ChoiceResult result = study.Choice;
        Assert.Equal([Verdict.Worse, Verdict.Chosen, Verdict.Alike], result.Rows.Select(row => row.Verdict));
        Assert.Equal([1, 3, 3], result.Rows.Select(row => row.Folds));
        Assert.InRange(result.Chosen!.Score!.Accuracy, 77, 87);
        Assert.True(result.Rows[0].Difference!.High < 0);
        Assert.Null(result.Chosen.Difference);
        Assert.Equal(TrialTrainingState.Done, result.FinalState);
    }

    [Fact]
    public void What_is_fitted_on_folds_itself_is_trained_once_and_compared_with_others_on_the_folds_of_these()
    {
        using Study study = Begin(["fitted bad", "fitted good", "scratch a", "scratch b"], folds: 5);

        List<string> names = Work(study, work => Right(work, [0.6, 0.8, 0.5, 0.82]));

        Assert.Equal(
            [
                "trial-0000-split-0",
                "trial-0001-split-0",
                "trial-0002-split-0",
                "trial-0003-split-0",
                "trial-0003-split-1",
                "trial-0003-split-2",
                "trial-0003-split-3",
                "trial-0003-split-4",
                "final",
            ],
            names
        );
        ChoiceResult result = study.Choice;
        Assert.Equal(
            [Verdict.Worse, Verdict.Chosen, Verdict.Worse, Verdict.Alike],
            result.Rows.Select(row => row.Verdict)
        );
        Assert.Equal([5, 5, 1, 5], result.Rows.Select(row => row.Folds));
    }

    [Fact]
    public void Of_those_that_are_not_told_apart_the_cheapest_kind_is_chosen_and_the_best_of_it()
    {
        using Study study = Begin(["scratch a", "fine-tune b", "probe c", "probe d"]);

        Work(study, work => Right(work, [0.82, 0.81, 0.79, 0.8]));

        Assert.Equal("probe d", study.Choice.Chosen!.Candidate.Name);
    }

    [Fact]
    public void Something_dearer_is_chosen_where_it_is_told_apart()
    {
        using Study study = Begin(["probe a", "scratch b"]);

        List<string> names = Work(study, work => Right(work, [0.5, 0.9]));

        Assert.Equal(["trial-0000-split-0", "trial-0001-split-0", "final"], names);
        Assert.Equal("scratch b", study.Choice.Chosen!.Candidate.Name);
    }

    [Fact]
    public void What_diverges_is_out_and_where_all_diverge_nothing_is_chosen()
    {
        using (Study study = Begin(["probe a", "probe b"]))
        {
            Work(study, work => work.Trial == 0 ? null : Right(work, [0, 0.5]));
            Assert.Equal([Verdict.Diverged, Verdict.Chosen], study.Choice.Rows.Select(row => row.Verdict));
        }

        using Study none = Begin(["probe a", "probe b"], at: "none");
        Assert.Equal(2, Work(none, _ => null).Count);
        Assert.Null(none.Choice.Chosen);
    }

    [Fact]
    public void Another_process_goes_on_where_the_first_was_killed()
    {
        string[] candidates = ["probe a", "probe b", "scratch c"];
        List<string> whole;
        using (Study study = Begin(candidates, at: "whole"))
        {
            whole = Work(study, Said);
        }

        List<string> names = [];
        while (true)
        {
            using Study study = Begin(candidates); // Another process each time.
            using var queue = new StudyQueue(study, retrains: true, _ => { });
            if (queue.Take(CancellationToken.None) is not { } work)
            {
                break;
            }

            names.Add(work.Name);
            queue.Report(work, Train(study, work, Said));
        }

        Assert.Equal(whole, names);

        static double? Said(TrialWork work) => Right(work, [0.7, 0.71, 0.69]);
    }

    [Fact]
    public void When_the_time_is_over_the_best_so_far_is_trained_and_what_was_not_tried_is_known()
    {
        using Study study = Begin(["probe a", "probe b", "scratch c"], seconds: 100);

        List<string> names = Work(
            study,
            work =>
            {
                Spend(study, work.Name == "trial-0001-split-0" ? 200 : 10);
                return Right(work, [0.6, 0.62, 0.9]);
            }
        );

        Assert.Equal(["trial-0000-split-0", "trial-0001-split-0", "final"], names);
        Assert.Equal([Verdict.Alike, Verdict.Chosen, Verdict.Untried], study.Choice.Rows.Select(row => row.Verdict));
    }

    [Fact]
    public void Where_no_candidate_was_trained_in_time_nothing_is_chosen_and_more_time_goes_on()
    {
        using Study study = Begin(["probe a"], seconds: 100);
        Spend(study, 200);

        Assert.Empty(Work(study, work => Right(work, [0.6])));
        Assert.Null(study.Choice.Chosen);
    }

    [Fact]
    public void Time_is_kept_for_training_the_slowest_on_everything()
    {
        StudyPlan plan = Plan(["probe a", "scratch b"], seconds: 1000);
        TrialTraining[] runs =
        [
            new(0, 0, 1, TrialTrainingState.Done),
            new(1, 0, 1, TrialTrainingState.Done),
            new(1, 1, 2, TrialTrainingState.Waiting),
        ];
        var state = new StudyState([new(), new()], runs, []);
        var took = new Dictionary<string, double> { [runs[0].Name] = 10, [runs[1].Name] = 100 };

        // 100 seconds without a third of the images are 150 with all, and a fifth more to be safe.
        Assert.Equal(1000 - 300 - 180, new ChoiceTime(plan, state, took, spent: 300).Left, 1e-9);
        Assert.True(new ChoiceTime(plan, state, took, spent: 300).IsEnoughFor(runs[2]));
        Assert.False(new ChoiceTime(plan, state, took, spent: 1000 - 299).IsEnoughFor(runs[2])); // 120 and 180 are needed.
        Assert.True(new ChoiceTime(plan, state, took, spent: 1000 - 301).IsEnoughFor(runs[2]));
    }

    [Fact]
    public void Who_takes_so_long_that_training_on_everything_would_not_end_in_time_is_cut_once()
    {
        StudyPlan plan = Plan(["probe a", "scratch b"], seconds: 1000);
        var run = new TrialTraining(1, 0, 1, TrialTrainingState.Waiting);
        var state = new StudyState([new(), new()], [run], []);

        double limit = new ChoiceTime(plan, state, new Dictionary<string, double>(), spent: 160).LimitOf(run);
        Assert.Equal(300, limit, 1e-9); // And 540 for the whole.

        var after = new ChoiceTime(plan, state, new Dictionary<string, double> { [run.Name] = 300.01 }, spent: 460.01);
        Assert.False(after.IsEnoughFor(run));
    }

    [Fact]
    public void A_choice_is_read_back_as_it_was()
    {
        StudyPlan plan = Plan(["probe a", "scratch b"], seconds: 90);
        Begin(["probe a", "scratch b"], seconds: 90).Dispose();

        using Study again = Study.Open(folder["study"]);

        Assert.Equal(plan.Budget, again.Plan.Budget);
        Assert.Equal(plan.Space.Candidates, again.Plan.Space.Candidates);
        Assert.Equal(plan.Run.Recipe, again.Plan.Run.Recipe);
    }

    [Fact]
    public void Ranks_train_the_same_candidates()
    {
        using Study study = Begin(["probe a", "probe b", "scratch c"]);
        double? Said(TrialWork work) => Right(work, [0.7, 0.71, 0.3]);

        List<string>[] names = ThreadRanks.Run(
            2,
            ranks =>
            {
                if (!ranks.IsFirst)
                {
                    using var trials = new RemoteTrials(ranks);
                    return Work(study, trials, Said);
                }

                using var server = new TrialServer(study, retrains: true, ranks, _ => { });
                List<string> own = Work(study, Said);
                server.Wait();
                return own;
            }
        );

        string[] all = [.. names.SelectMany(name => name)];
        Assert.Equal(all.Distinct(), all);
        Assert.Contains("final", all);
        Assert.Equal("probe b", study.Choice.Chosen!.Candidate.Name);
    }

    private Study Begin(string[] names, double seconds = 10_000, string at = "study", int folds = Folds) =>
        Study.BeginOrOpen(folder[at], Plan(names, seconds, folds), Data);

    private static StudyPlan Plan(string[] names, double seconds, int folds = Folds)
    {
        Recipe recipe = Recipe.Erm with { Data = Recipe.Erm.Data with { HeldOutFolds = folds } };
        var run = new TrainingPlan(recipe, "synthetic", false, new Execution(1, "cpu", Precision.Fp32));
        return StudyPlan.OfChoice(
            run,
            [.. names.Select(name => Candidate.Parse($"{name}: {Settings(name.Split(' ')[0])}"))],
            TimeSpan.FromSeconds(seconds)
        );
    }

    private static string Settings(string kind) =>
        kind switch
        {
            "fitted" => "data.features=resnet18 model=features512 method=erm training.optimizer=lbfgs",
            "probe" => "data.features=resnet18 model=features512 method=erm",
            "fine-tune" => "pretrained=resnet18 model=resnet18 method=erm",
            _ => "method=mfw",
        };

    private static void Spend(Study study, double seconds) =>
        study.Database.Write(rows =>
        {
            rows.Put(ChoiceRules.SpentKey, FormattableString.Invariant($"{ChoiceRules.Spent(rows) + seconds}"));
            return 0;
        });

    /// <summary>The share of images that a trial is right about.</summary>
    private static double Right(TrialWork work, double[] shares) => shares[work.Trial];

    private static List<string> Work(Study study, Func<TrialWork, double?> right)
    {
        using var queue = new StudyQueue(study, retrains: true, _ => { });
        return Work(study, queue, right);
    }

    private static List<string> Work(Study study, ITrialSource queue, Func<TrialWork, double?> right)
    {
        List<string> names = [];
        while (queue.Take(CancellationToken.None) is { } work)
        {
            names.Add(work.Name);
            queue.Report(work, Train(study, work, right));
        }

        return names;
    }

    private static TrialOutcome Train(Study study, TrialWork work, Func<TrialWork, double?> right)
    {
        if (right(work) is not { } share)
        {
            return new TrialOutcome.Diverged("the loss is NaN");
        }

        if (work.Split is not { } fold)
        {
            return new TrialOutcome.Trained(null);
        }

        bool isOfAllFolds = study.Plan.IsOfAllFolds(work.Settings);
        PredictedImage[] said =
        [
            .. Enumerable
                .Range(0, Images)
                .Where(image => isOfAllFolds || image / 2 % study.Plan.Splits == fold)
                .Select(image =>
                {
                    int label = image % 2;
                    bool isRight = new Draws(1).At(DrawPurpose.Bootstrap, image, 7).NextDouble() < share;
                    return new PredictedImage(
                        image,
                        label,
                        Group: null,
                        image / 2 % study.Plan.Splits,
                        isRight == (label == 0) ? [0.9f, 0.1f] : [0.1f, 0.9f]
                    );
                }),
        ];
        string run = Path.Combine(study.Runs, work.Name);
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, RunFiles.OutOfFold), new PredictedImages(Classes, said).Csv());
        return new TrialOutcome.Trained(new HeldOutScore(100 * share, 1));
    }
}
