using System.Text.Json;

namespace Counterpoise.Tuning;

/// <summary>What a rank tells the first one, which hands out the trainings of a study.</summary>
/// <param name="Kind">What it wants.</param>
/// <param name="Worker">Who it is, in its first message.</param>
/// <param name="Outcome">What became of its training: a score, a reason, or neither.</param>
internal sealed record TrialMessage(TrialMessageKind Kind, Worker? Worker = null, ReportedOutcome? Outcome = null)
{
    internal string Write() => JsonSerializer.Serialize(this);

    internal static TrialMessage Read(string text) => JsonSerializer.Deserialize<TrialMessage>(text)!;
}

/// <summary>What a message is for.</summary>
internal enum TrialMessageKind
{
    /// <summary>To say who it is.</summary>
    Join,

    /// <summary>To get the next training; it is answered.</summary>
    Take,

    /// <summary>To say what became of it.</summary>
    Report,

    /// <summary>To say that it takes no more.</summary>
    Leave,
}

/// <summary>A <see cref="TrialOutcome"/> in one form.</summary>
internal sealed record ReportedOutcome(bool IsTrained, HeldOutScore? Score, string? Diverged)
{
    internal static ReportedOutcome Of(TrialOutcome outcome) =>
        outcome switch
        {
            TrialOutcome.Trained(var score) => new(true, score, null),
            TrialOutcome.Diverged(var reason) => new(false, null, reason),
            _ => new(false, null, null),
        };

    internal TrialOutcome ToOutcome() =>
        IsTrained ? new TrialOutcome.Trained(Score)
        : Diverged is { } reason ? new TrialOutcome.Diverged(reason)
        : new TrialOutcome.Released();
}

/// <summary>The answer to a rank that asked for a training; null of it where nothing is left.</summary>
internal sealed record HandedOut(string Name, int Trial, int? Split, Assignment[] Settings, int? Until, TimeSpan? Limit)
{
    internal static string Write(TrialWork? work) =>
        JsonSerializer.Serialize(
            work is null
                ? null
                : new HandedOut(work.Name, work.Trial, work.Split, [.. work.Settings], work.Until, work.Limit)
        );

    internal static TrialWork? Read(string text) =>
        JsonSerializer.Deserialize<HandedOut?>(text) is { } work
            ? new TrialWork(work.Name, work.Trial, work.Split, new(work.Settings), work.Until, CancellationToken.None)
            {
                Limit = work.Limit,
            }
            : null;
}
