using System.Text.Json;
using Counterpoise.Runtime;

namespace Counterpoise.Tuning;

/// <summary>The trainings that the first rank hands out to this one.</summary>
internal sealed class RemoteTrials : ITrialSource, IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private readonly Ranks ranks;

    /// <summary>Joins the study that the first rank opens.</summary>
    /// <param name="ranks">All ranks; this is not the first.</param>
    public RemoteTrials(Ranks ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        this.ranks = ranks;
        StudyAnnouncement study = JsonSerializer.Deserialize<StudyAnnouncement>(ranks.FromFirst(""))!;
        Plan = StudyDescription.Plan(study.Description, study.Path, threads: null, device: null);
        Runs = Path.Combine(study.Path, Study.RunsFolder);
        ranks.Send(0, new TrialMessage(TrialMessageKind.Join, Worker.This).Write());
    }

    /// <summary>What is tried.</summary>
    public StudyPlan Plan { get; }

    /// <summary>The folder of the run folders.</summary>
    public string Runs { get; }

    /// <inheritdoc/>
    public TrialWork? Take(CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        ranks.Send(0, new TrialMessage(TrialMessageKind.Take).Write());
        while (true)
        {
            if (ranks.TryReceive(0) is { } answer)
            {
                return HandedOut.Read(answer);
            }

            if (stopping.WaitHandle.WaitOne(Poll))
            {
                stopping.ThrowIfCancellationRequested();
            }
        }
    }

    /// <inheritdoc/>
    public void Report(TrialWork work, TrialOutcome outcome) =>
        ranks.Send(0, new TrialMessage(TrialMessageKind.Report, Outcome: ReportedOutcome.Of(outcome)).Write());

    /// <summary>Takes no more.</summary>
    public void Dispose() => ranks.Send(0, new TrialMessage(TrialMessageKind.Leave).Write());
}
