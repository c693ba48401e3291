using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Runs;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>
/// A search for hyper-parameters: a folder with a database of its trials (<c>study.db</c>) and a run folder for every
/// training (<c>runs/</c>). Several processes of one machine may work on it.
/// </summary>
internal sealed class Study : IDisposable
{
    internal const string RunsFolder = "runs";
    internal const string DatabaseFile = "study.db";

    private Study(string path, StudyPlan plan, string fingerprint, StudyDatabase database)
    {
        Path = path;
        Plan = plan;
        Fingerprint = fingerprint;
        Database = database;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What is tried.</summary>
    public StudyPlan Plan { get; private set; }

    /// <summary>Every trial and the choice between them, as of now.</summary>
    /// <exception cref="CounterpoiseException">The database is damaged or locked.</exception>
    public StudyResult Result => StudyResult.Of(Plan, Database.Write(rows => rows.State));

    /// <summary>The folder of the run folders, such as <c>trial-0003-split-0</c>.</summary>
    public string Runs => System.IO.Path.Combine(Path, RunsFolder);

    /// <summary>The folder of the training on the full set with what was chosen.</summary>
    public string FinalRun => System.IO.Path.Combine(Runs, TrialTraining.FinalName);

    internal StudyDatabase Database { get; }

    /// <summary>What decides which training is next.</summary>
    internal IStudyRules Rules => Plan.Budget is null ? new StudyRules(Plan) : new ChoiceRules(Plan, Runs);

    /// <summary>Counts the time of a choice; null in processes that only help.</summary>
    internal ChoiceClock? Clock { get; private set; }

    /// <summary>Where a choice between candidates is.</summary>
    /// <exception cref="CounterpoiseException">The database is damaged or locked, or the folder of a training is.</exception>
    internal ChoiceResult Choice => Database.Write(rows => ChoiceResult.Of(Plan, Runs, rows));

    /// <summary>
    /// Keeps what the chosen candidate's trainings without folds say beside the one on everything, which has nothing of the
    /// kind itself where it was trained by steps.
    /// </summary>
    internal void KeepOutOfFold()
    {
        string file = System.IO.Path.Combine(FinalRun, RunFiles.OutOfFold);
        PredictedImages? said = File.Exists(file)
            ? null
            : Database.Write(rows =>
                ChoiceRules.Chosen(rows) is { } trial
                    ? ChoiceRules.Said(Runs, rows.State, trial, ChoiceRules.Folds(rows.State, trial))
                    : null
            );
        if (said is not null)
        {
            AtomicFile.WriteText(file, said.Csv());
        }
    }

    /// <summary>Counts the time of this process as that of the choice.</summary>
    /// <param name="since">When it began.</param>
    internal void StartClock(DateTime since) => Clock = new ChoiceClock(Database.Write(ChoiceRules.Spent), since);

    /// <summary>Sets the time that a choice may take altogether; what was done counts.</summary>
    internal void GiveTime(TimeSpan budget)
    {
        Plan = Plan with { Budget = budget };
        Database.Write(rows =>
        {
            rows.Put(StudyDescription.BudgetKey, Description[StudyDescription.BudgetKey]);
            return 0;
        });
    }

    /// <summary>What it is, in texts that another process makes the plan of.</summary>
    internal Dictionary<string, string?> Description => StudyDescription.Of(Plan, Fingerprint);

    private string Fingerprint { get; }

    /// <summary>What the study in a folder tries; null where there is none.</summary>
    /// <exception cref="CounterpoiseException">Its database is damaged or locked.</exception>
    internal static StudyPlan? PlanIn(string path)
    {
        if (!File.Exists(System.IO.Path.Combine(path, DatabaseFile)))
        {
            return null;
        }

        using Study study = Open(path);
        return study.Plan;
    }

    /// <summary>Begins a study, or goes on with the same one.</summary>
    /// <param name="path">The folder; it is made where there is none.</param>
    /// <param name="plan">What is tried.</param>
    /// <param name="data">The data of the first split, which the study will be bound to.</param>
    /// <exception cref="CounterpoiseException">The folder has another study, or its database is damaged or locked.</exception>
    public static Study BeginOrOpen(string path, StudyPlan plan, TrainingData data)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        int? rules = data.Reading?.Rules;
        return BeginOrOpen(path, plan with { Run = plan.Run with { Decoding = rules } }, data.Fingerprint);
    }

    internal static Study BeginOrOpen(string path, StudyPlan plan, string fingerprint)
    {
        if (File.Exists(System.IO.Path.Combine(path, RunFiles.Description)))
        {
            throw new CounterpoiseException($"{path} holds a run, not a study; choose another {Named("output")}.");
        }

        Folders.Make(path, $"Choose another {Named("output")}.");
        return Open(
            path,
            create: true,
            database =>
            {
                Dictionary<string, string?> here = StudyDescription.Of(plan, fingerprint);
                Dictionary<string, string?> there = database.Write(rows => DescribeOnce(rows, here));
                RequireFormat(there, database.File);
                return StudyDescription.Difference(there, here, database.File) is { } difference
                    ? throw new CounterpoiseException(
                        $"{path} is a study of {difference}; choose another {Named("output")}, or give the same."
                    )
                    : new Study(path, plan, fingerprint, database);
            }
        );
    }

    /// <summary>Opens a study as it was begun.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="threads">Compute with another number of threads; null for as many as before.</param>
    /// <param name="device">Compute on another device; null for the one before.</param>
    /// <exception cref="CounterpoiseException">There is none, or its database is damaged or locked.</exception>
    public static Study Open(string path, int? threads = null, string? device = null)
    {
        if (!File.Exists(System.IO.Path.Combine(path, DatabaseFile)))
        {
            throw new UsageException(
                $"{path} holds no study (there is no {DatabaseFile}); begin one with a recipe and {Named("data")}."
            );
        }

        return Open(
            path,
            create: false,
            database =>
            {
                Dictionary<string, string?> texts = database.Write(rows =>
                {
                    rows.MakeTables(); // Whoever began it may have been killed before that.
                    return rows.Description;
                });
                RequireFormat(texts, database.File);
                return new Study(
                    path,
                    StudyDescription.Plan(texts, database.File, threads, device),
                    StudyDescription.FingerprintOf(texts),
                    database
                );
            }
        );
    }

    /// <summary>Checks that data is still what the study was begun with.</summary>
    /// <exception cref="CounterpoiseException">The images, labels or class names have changed.</exception>
    public void RequireSameData(TrainingData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Fingerprint != Fingerprint)
        {
            throw new CounterpoiseException(
                $"{Plan.Run.Source} is not the data of {Path}: images, labels or class names differ; begin another study."
            );
        }
    }

    /// <summary>Closes the database.</summary>
    public void Dispose() => Database.Dispose();

    private static Study Open(string path, bool create, Func<StudyDatabase, Study> open)
    {
        StudyDatabase database = StudyDatabase.Open(System.IO.Path.Combine(path, DatabaseFile), create);
        try
        {
            return open(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string?> DescribeOnce(StudyRows rows, Dictionary<string, string?> here)
    {
        rows.MakeTables();
        if (rows.Description is { Count: > 0 } there)
        {
            return there;
        }

        rows.Describe(here);
        return here;
    }

    private static void RequireFormat(Dictionary<string, string?> texts, string file)
    {
        string found = texts.GetValueOrDefault(StudyDescription.FormatKey) ?? "none";
        if (found != StudyDescription.Format)
        {
            throw new CounterpoiseException(
                $"{file} has format {found}, expected {StudyDescription.Format}; begin another study, or use the version that wrote it."
            );
        }
    }
}
