using System.Diagnostics;
using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>Hands out the trainings of a study to the processes of one machine that share its database.</summary>
/// <remarks>
/// A worker holds what it trains by a lease, which it renews. What a dead process held is given to the next worker at once;
/// what one on another machine held, when its lease has ended.
/// </remarks>
internal sealed class StudyQueue : ITrialSource, IDisposable
{
    /// <summary>How long a worker that cannot be looked at keeps a training without a word.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Renewal = Lease / 8;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly Study study;
    private readonly bool retrains;
    private readonly Worker worker;
    private readonly Action<string> waiting;
    private readonly Timer renewal;
    private volatile Holding? held;

    /// <summary>A worker's view of a study.</summary>
    /// <param name="study">The study.</param>
    /// <param name="retrains">Whether to train on the full set at the end.</param>
    /// <param name="waiting">Is told in words what this worker waits for, whenever that begins.</param>
    public StudyQueue(Study study, bool retrains, Action<string> waiting)
        : this(study, retrains, waiting, Worker.This) { }

    internal StudyQueue(Study study, bool retrains, Action<string> waiting, Worker worker)
    {
        this.study = study;
        this.retrains = retrains;
        this.waiting = waiting;
        this.worker = worker;
        renewal = new Timer(_ => Renew(), null, Renewal, Renewal);
    }

    /// <inheritdoc/>
    public TrialWork? Take(CancellationToken stopping)
    {
        bool told = false;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            (Claimed? claimed, StudyState state) = study.Database.Write(Claim);
            if (claimed is not null)
            {
                return Work(claimed, state.Settings[claimed.Run.Trial]);
            }

            TrialTraining[] others = [.. state.Runs.Where(other => other.State == TrialTrainingState.Running)];
            if (others.Length == 0)
            {
                return null;
            }

            if (!told)
            {
                waiting($"waiting for {string.Join(", ", others.Select(other => $"{other.Name} ({other.Worker})"))}");
                told = true;
            }

            stopping.WaitHandle.WaitOne(Poll);
        }
    }

    /// <inheritdoc/>
    public void Report(TrialWork work, TrialOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(work);
        study.Database.Write(rows =>
        {
            if (Mine(rows.State, work.Name) is { } run)
            {
                Report(rows, run with { Worker = null, Heartbeat = null }, outcome);
                SaveTook(rows);
            }

            return 0;
        });
        held?.Lost.Dispose();
        held = null;
    }

    /// <summary>Stops renewing.</summary>
    public void Dispose()
    {
        using var ended = new ManualResetEvent(initialState: false);
        if (renewal.Dispose(ended))
        {
            ended.WaitOne(); // The database is closed next.
        }
    }

    private static void Report(StudyRows rows, TrialTraining run, TrialOutcome outcome)
    {
        switch (outcome)
        {
            case TrialOutcome.Trained(var score):
                rows.Save(run with { State = TrialTrainingState.Done });
                if (score is not null)
                {
                    rows.AddScore(run, score);
                }

                break;
            case TrialOutcome.Diverged(var reason):
                rows.Save(run with { State = TrialTrainingState.Diverged });
                rows.PutReason(run.Name, reason);
                break;
            default:
                rows.Save(run with { State = TrialTrainingState.Waiting });
                break;
        }
    }

    /// <summary>Keeps how long the training that this worker holds has taken, with what it had taken before.</summary>
    private void SaveTook(StudyRows rows)
    {
        if (held is { } of)
        {
            rows.PutTook(of.Run.Name, of.TookBefore + of.Since.Elapsed.TotalSeconds);
        }
    }

    private TrialWork Work(Claimed claimed, ValueList<Assignment> settings)
    {
        var lost = new CancellationTokenSource();
        TrialTraining run = claimed.Run;
        held = new Holding(run, lost, claimed.TookBefore, Stopwatch.StartNew());
        int? until = run.Split is null ? null : study.Plan.Schedule.Until(run.Rung);
        return new TrialWork(run.Name, run.Trial, run.Split, settings, until, lost.Token) { Limit = claimed.Limit };
    }

    private (Claimed? Claimed, StudyState State) Claim(StudyRows rows)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        foreach (
            TrialTraining dead in rows.State.Runs.Where(run =>
                run.State == TrialTrainingState.Running && IsAbandoned(run, now)
            )
        )
        {
            rows.Save(dead with { State = TrialTrainingState.Waiting, Worker = null, Heartbeat = null });
        }

        study.Clock?.Save(rows);
        if (study.Rules.Next(rows, retrains) is not { } next)
        {
            return (null, rows.State);
        }

        TrialTraining run = next with { State = TrialTrainingState.Running, Worker = worker, Heartbeat = now };
        rows.Save(run);
        return (new Claimed(run, study.Rules.LimitOf(rows, run), rows.Took.GetValueOrDefault(run.Name)), rows.State);
    }

    private static bool IsAbandoned(TrialTraining run, DateTimeOffset now) =>
        run.Worker?.IsAlive is { } alive ? !alive : now - (run.Heartbeat ?? DateTimeOffset.MinValue) > Lease;

    private TrialTraining? Mine(StudyState state, string name) =>
        state.Runs.FirstOrDefault(run =>
            run.Name == name && run.State == TrialTrainingState.Running && run.Worker == worker
        );

    /// <summary>Says that this worker still trains what it holds, or finds that it was taken away.</summary>
    internal void Renew()
    {
        if (held is not var (run, lost, _, _))
        {
            return;
        }

        try
        {
            bool mine = study.Database.Write(rows =>
            {
                if (Mine(rows.State, run.Name) is not { } current)
                {
                    return false;
                }

                rows.Save(current with { Heartbeat = DateTimeOffset.UtcNow });
                study.Clock?.Save(rows);
                SaveTook(rows);
                return true;
            });
            if (!mine)
            {
                lost.Cancel();
            }
        }
        catch (Exception failure) when (failure is CounterpoiseException or ObjectDisposedException)
        {
            // The training goes on; the next renewal, or the report, tells whether it is still this worker's.
        }
    }

    /// <summary>What this worker trains; the renewing thread reads it.</summary>
    private sealed record Holding(TrialTraining Run, CancellationTokenSource Lost, double TookBefore, Stopwatch Since);

    /// <summary>What a worker was given, how long it may take, and the seconds that it took before.</summary>
    private sealed record Claimed(TrialTraining Run, TimeSpan? Limit, double TookBefore);
}
