using System.Collections.Concurrent;
using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Runtime;
using Counterpoise.Tuning;
using Microsoft.Data.Sqlite;

namespace Counterpoise.Tests.Tuning;

/// <summary>The queue without trainings: scores are made up.</summary>
public sealed class StudyQueueTests : IDisposable
{
    private const string Data = "data";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_training_is_handed_out_once_then_the_best_is_trained_on_the_full_set()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2,5"], splits: 2));
        List<string> names = Work(study, work => work.Settings[0].Value == "2" ? 70 : 60);

        Assert.Equal(
            ["0000-split-0", "0000-split-1", "0001-split-0", "0001-split-1", "0002-split-0", "0002-split-1"],
            names.SkipLast(1).Select(name => name["trial-".Length..])
        );
        Assert.Equal("final", names[^1]);
        StudyResult result = study.Result;
        Assert.Equal(1, result.Chosen!.Number);
        Assert.Equal([70, 70], result.Chosen.Splits);
        Assert.Equal(TrialState.Finished, result.FinalState);
        Assert.Empty(Work(study, _ => throw new InvalidOperationException()));
    }

    [Fact]
    public void Of_equal_trials_the_earlier_is_chosen_and_it_is_said()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2,5"]));
        Work(study, work => work.Trial == 0 ? 60 : 70);

        Assert.Equal(1, study.Result.Chosen!.Number);
        Assert.Equal(2, Assert.Single(study.Result.Ties).Number);
    }

    [Fact]
    public void Nothing_is_chosen_before_all_is_tried()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"]));
        using StudyQueue queue = Queue(study, Worker.This);
        queue.Report(queue.Take(CancellationToken.None)!, new TrialOutcome.Trained(new HeldOutScore(50, 1)));

        Assert.Equal(TrialState.Finished, Assert.Single(study.Result.Trials).State);
        Assert.Null(study.Result.Chosen);
    }

    [Fact]
    public void Many_workers_at_once_get_distinct_trainings_and_all_of_them()
    {
        StudyPlan plan = Plan(["mfw.alpha=1,2,3,4,5,6,7,8,9,10"], splits: 3);
        Begin(plan).Dispose();
        var names = new ConcurrentBag<string>();

        Parallel.For(
            0,
            6,
            new ParallelOptions { MaxDegreeOfParallelism = 6 },
            number =>
            {
                // As processes have them: a connection each.
                using Study study = Begin(plan);
                Work(study, _ => 50, Worker.This with { Host = $"host{number}" }).ForEach(names.Add);
            }
        );

        Assert.Equal(31, names.Count);
        Assert.Equal(31, names.Distinct().Count());
    }

    [Fact]
    public void What_a_dead_process_held_is_taken_over_at_once_and_its_late_report_does_not_count()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"]));
        using StudyQueue dead = Queue(study, Worker.This with { Started = "before" });
        using StudyQueue living = Queue(study, Worker.This);

        TrialWork lost = dead.Take(CancellationToken.None)!;
        TrialWork taken = living.Take(CancellationToken.None)!;
        dead.Report(lost, new TrialOutcome.Trained(new HeldOutScore(99, 1)));
        living.Report(taken, new TrialOutcome.Trained(new HeldOutScore(50, 1)));

        Assert.Equal(lost.Name, taken.Name);
        Assert.Equal(50, study.Result.Trials[0].Score!.Accuracy);
    }

    [Fact]
    public void What_a_living_process_holds_is_left_to_it()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"]));
        using StudyQueue first = Queue(study, Worker.This);
        using StudyQueue second = Queue(study, Worker.This);

        Assert.NotEqual(first.Take(CancellationToken.None)!.Name, second.Take(CancellationToken.None)!.Name);
    }

    [Fact]
    public void What_another_machine_held_is_taken_over_when_its_lease_has_ended()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"]));
        using StudyQueue far = Queue(study, Worker.This with { Host = "elsewhere" });
        using StudyQueue near = Queue(study, Worker.This);
        TrialWork work = far.Take(CancellationToken.None)!;
        string held = work.Name;

        TrialWork other = near.Take(CancellationToken.None)!;
        Assert.NotEqual(held, other.Name);
        near.Report(other, new TrialOutcome.Released());
        far.Renew();
        Assert.False(work.Lost.IsCancellationRequested);
        Age("heartbeat - " + (long)(StudyQueue.Lease.TotalMilliseconds + 1000));

        Assert.Equal(held, near.Take(CancellationToken.None)!.Name);
        far.Renew();
        Assert.True(work.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Who_has_nothing_to_do_waits_for_what_others_train_and_can_be_stopped()
    {
        using Study study = Begin(Plan(["mfw.alpha=1"]));
        using StudyQueue first = Queue(study, Worker.This);
        List<string> told = [];
        using var second = new StudyQueue(study, retrains: true, told.Add, Worker.This with { Host = "elsewhere" });
        _ = first.Take(CancellationToken.None);
        using var stop = new CancellationTokenSource(50);

        Assert.Throws<OperationCanceledException>(() => second.Take(stop.Token));
        Assert.Contains("waiting for trial-0000-split-0 (process", Assert.Single(told));
    }

    [Fact]
    public void A_trial_that_diverged_is_not_trained_again_and_not_chosen()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"], splits: 2));
        List<string> names = Work(study, work => work.Trial == 0 ? null : 40);

        Assert.Equal(["trial-0000-split-0", "trial-0001-split-0", "trial-0001-split-1", "final"], names);
        Assert.Equal(TrialState.Diverged, study.Result.Trials[0].State);
        Assert.Equal(1, study.Result.Chosen!.Number);
    }

    [Fact]
    public void Where_all_diverged_nothing_is_chosen()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"]));

        Assert.Equal(2, Work(study, _ => null).Count);
        Assert.Null(study.Result.Chosen);
    }

    [Fact]
    public void Halving_lets_the_better_go_on_and_says_where_the_others_were_stopped()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2,3,4,5,6,7,8,9"], eta: 3, epochs: 90));
        List<(string Name, int? Until)> trained = [];
        Work(
            study,
            work =>
            {
                trained.Add((work.Name, work.Until));
                return work.Trial;
            }
        );

        Assert.Equal(9, trained.Count(work => work.Until == 10));
        Assert.Equal(
            [
                ("trial-0006-split-0", (int?)30),
                ("trial-0007-split-0", 30),
                ("trial-0008-split-0", 30),
                ("trial-0008-split-0", null),
                ("final", null),
            ],
            trained[9..]
        );
        TrialRow stopped = study.Result.Trials[7];
        Assert.Equal((TrialState.Stopped, 30, 7.0), (stopped.State, stopped.Epochs, stopped.Score!.Accuracy));
        Assert.Equal((TrialState.Finished, 90), (study.Result.Chosen!.State, study.Result.Chosen.Epochs));
    }

    [Fact]
    public void Proposals_depend_on_seed_and_results_alone()
    {
        string[] over = ["training.learning_rate=0.01..1:log", "method=mfw,mixup", "mfw.alpha=0.1..5"];
        StudyPlan plan = Plan(over, trials: 14);
        using (Study whole = Study.BeginOrOpen(folder["whole"], plan, Data))
        {
            Work(whole, Score);
        }

        for (int count = 0; count < 15; count++)
        {
            using Study once = Begin(plan); // Another process each time.
            using StudyQueue queue = Queue(once, Worker.This);
            TrialWork work = queue.Take(CancellationToken.None)!;
            queue.Report(
                work,
                new TrialOutcome.Trained(work.Split is null ? null : new HeldOutScore(Score(work)!.Value, 1))
            );
        }

        using Study first = Study.Open(folder["whole"]);
        using Study second = Study.Open(folder["study"]);
        Assert.Equal(first.Result.Trials.Select(row => row.Settings), second.Result.Trials.Select(row => row.Settings));
        Assert.Equal(14, second.Result.Trials.Select(row => row.Settings).Distinct().Count());

        static double? Score(TrialWork work) => work.Settings[1].Value.Length + (work.Trial % 5);
    }

    [Fact]
    public void No_settings_are_tried_twice_even_where_few_are_left()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2,3,4,5,6"], SearchKind.Random, trials: 100));
        Work(study, _ => 1);

        Assert.Equal(6, study.Result.Trials.Count);
        Assert.Equal(6, study.Result.Trials.Select(row => row.Settings).Distinct().Count());
    }

    [Fact]
    public void Another_search_recipe_or_data_is_refused_and_named()
    {
        Begin(Plan(["mfw.alpha=1,2"])).Dispose();

        Assert.Contains("over", Refusal(Plan(["mfw.alpha=1,3"])));
        Assert.Contains("splits: 1 there, 2 here", Refusal(Plan(["mfw.alpha=1,2"], splits: 2)));
        Assert.Contains("training.epochs 200 there, 90 here", Refusal(Plan(["mfw.alpha=1,2"], epochs: 90)));
        Assert.Contains("other data", Refusal(Plan(["mfw.alpha=1,2"]), "others"));
    }

    [Fact]
    public void A_damaged_database_is_an_error_that_says_so()
    {
        Begin(Plan(["mfw.alpha=1,2"])).Dispose();
        File.WriteAllText(folder["study/study.db"], new string('x', 5000));

        Assert.Contains("damaged", Assert.Throws<CounterpoiseException>(() => Study.Open(folder["study"])).Message);
    }

    [Fact]
    public void A_plan_is_read_back_as_it_was()
    {
        StudyPlan plan = Plan(["mfw.alpha=0.1..5:log"], trials: 7, splits: 3, eta: 2);
        Begin(plan).Dispose();

        using Study again = Study.Open(folder["study"]);

        Assert.Equal(plan.Run.Recipe, again.Plan.Run.Recipe);
        Assert.Equal(plan.Space.Dimensions, again.Plan.Space.Dimensions);
        Assert.Equal(
            (7, 3, 2, SearchKind.Tpe),
            (again.Plan.Trials, again.Plan.Splits, again.Plan.Eta, again.Plan.Search)
        );
    }

    [Fact]
    public void Ranks_get_distinct_trainings_from_the_first_which_alone_opens_the_study()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2,3,4,5,6,7,8"], splits: 2));
        double? Score(TrialWork work) => work.Settings[0].Value == "3" ? null : work.Trial;

        List<string>[] names = ThreadRanks.Run(
            3,
            ranks =>
            {
                if (!ranks.IsFirst)
                {
                    using var trials = new RemoteTrials(ranks);
                    Assert.Equal(study.Runs, trials.Runs);
                    return Work(trials, Score);
                }

                using var server = new TrialServer(study, retrains: true, ranks, _ => { });
                List<string> own = Work(study, Score);
                server.Wait();
                return own;
            }
        );

        string[] all = [.. names.SelectMany(name => name)];
        Assert.Equal(all.Distinct(), all);
        Assert.InRange(all.Length, 16, 17); // A trial that diverged on one split may have been begun on the other.
        Assert.Equal(7, study.Result.Chosen!.Number);
        Assert.Equal(TrialState.Finished, study.Result.FinalState);
    }

    [Fact]
    public void What_a_rank_gives_back_another_gets()
    {
        using Study study = Begin(Plan(["mfw.alpha=1,2"]));

        ThreadRanks.Run(
            2,
            ranks =>
            {
                if (ranks.IsFirst)
                {
                    using var server = new TrialServer(study, retrains: true, ranks, _ => { });
                    server.Wait();
                }
                else
                {
                    using var trials = new RemoteTrials(ranks);
                    TrialWork work = trials.Take(CancellationToken.None)!;
                    trials.Report(work, new TrialOutcome.Released());
                    _ = trials.Take(CancellationToken.None); // Left without a word of what became of it.
                }

                return 0;
            }
        );

        Assert.Equal(["trial-0000-split-0", "trial-0001-split-0", "final"], Work(study, work => work.Trial));
    }

    private string Refusal(StudyPlan plan, string data = Data) =>
        Assert.Throws<CounterpoiseException>(() => Study.BeginOrOpen(folder["study"], plan, data)).Message;

    private Study Begin(StudyPlan plan) => Study.BeginOrOpen(folder["study"], plan, Data);

    private static StudyPlan Plan(
        string[] over,
        SearchKind? search = null,
        int? trials = null,
        int splits = 1,
        int? eta = null,
        int epochs = 200
    )
    {
        Recipe recipe = Recipe.Default with { Training = new TrainingSettings { Epochs = epochs } };
        var run = new TrainingPlan(recipe, "synthetic", false, new Execution(1, "cpu", Precision.Fp32));
        return StudyPlan.Of(run, over, search, trials, splits, eta);
    }

    private static StudyQueue Queue(Study study, Worker worker) => new(study, retrains: true, _ => { }, worker);

    /// <summary>Works until nothing is left.</summary>
    /// <returns>The names of what was handed out.</returns>
    private static List<string> Work(Study study, Func<TrialWork, double?> score, Worker? worker = null)
    {
        using StudyQueue queue = Queue(study, worker ?? Worker.This);
        return Work(queue, score);
    }

    private static List<string> Work(ITrialSource queue, Func<TrialWork, double?> score)
    {
        List<string> names = [];
        while (queue.Take(CancellationToken.None) is { } work)
        {
            names.Add(work.Name);
            TrialOutcome outcome = score(work) is { } accuracy
                ? new TrialOutcome.Trained(work.Split is null ? null : new HeldOutScore(accuracy, 1))
                : new TrialOutcome.Diverged("the loss is NaN");
            queue.Report(work, outcome);
        }

        return names;
    }

    private void Age(string heartbeat)
    {
        using var connection = new SqliteConnection($"Data Source={folder["study/study.db"]};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Written above.
        command.CommandText = $"UPDATE run SET heartbeat = {heartbeat}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
