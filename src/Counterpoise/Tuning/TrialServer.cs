using System.Collections.Concurrent;
using System.Text.Json;
using Counterpoise.Runtime;

namespace Counterpoise.Tuning;

/// <summary>Hands out the trainings of a study to the other ranks: the first one alone opens the database, which need not be shared.</summary>
/// <remarks>The run folders are written by whoever trains, so the study's folder is on a file system that all ranks see.</remarks>
internal sealed class TrialServer : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly Study study;
    private readonly bool retrains;
    private readonly Ranks ranks;
    private readonly Action<string> waiting;
    private readonly CancellationTokenSource ending = new();
    private readonly ConcurrentQueue<(int Rank, string Answer)> answers = new();
    private readonly Task serving;

    /// <summary>Tells the other ranks what is tried, and begins to serve them.</summary>
    /// <param name="study">The study.</param>
    /// <param name="retrains">Whether to train on the full set at the end.</param>
    /// <param name="ranks">All ranks; this is the first.</param>
    /// <param name="waiting">Is told in words what a rank waits for.</param>
    public TrialServer(Study study, bool retrains, Ranks ranks, Action<string> waiting)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(ranks);
        this.study = study;
        this.retrains = retrains;
        this.ranks = ranks;
        this.waiting = waiting;
        _ = ranks.FromFirst(
            JsonSerializer.Serialize(new StudyAnnouncement(System.IO.Path.GetFullPath(study.Path), study.Description))
        );
        serving = Task.Factory.StartNew(Serve, TaskCreationOptions.LongRunning);
    }

    /// <summary>Waits until every other rank takes no more.</summary>
    public void Wait() => serving.GetAwaiter().GetResult();

    /// <summary>Stops serving.</summary>
    public void Dispose()
    {
        ending.Cancel();
        Task.WaitAny(serving);
        ending.Dispose();
    }

    private void Serve()
    {
        Client?[] clients = [.. Enumerable.Range(1, ranks.Count - 1).Select(rank => new Client(rank))];
        try
        {
            while (clients.Any(client => client is not null) && !ending.IsCancellationRequested)
            {
                for (int i = 0; i < clients.Length; i++)
                {
                    if (clients[i]?.Taking is { IsFaulted: true } failed)
                    {
                        failed.GetAwaiter().GetResult();
                    }

                    while (clients[i] is { } client && ranks.TryReceive(client.Rank) is { } text)
                    {
                        clients[i] = Answer(client, TrialMessage.Read(text));
                    }
                }

                while (answers.TryDequeue(out (int Rank, string Answer) answer))
                {
                    ranks.Send(answer.Rank, answer.Answer);
                }

                ending.Token.WaitHandle.WaitOne(Poll);
            }
        }
        finally
        {
            foreach (Client? client in clients)
            {
                client?.Dispose();
            }
        }
    }

    /// <returns>The rank, or null where it has left.</returns>
    private Client? Answer(Client client, TrialMessage message)
    {
        switch (message.Kind)
        {
            case TrialMessageKind.Join:
                client.Queue = new StudyQueue(study, retrains, waiting, message.Worker!);
                return client;
            case TrialMessageKind.Take:
                // It may have to wait for others, whose messages are answered meanwhile.
                client.Taking = Task.Run(() =>
                {
                    client.Work = client.Queue!.Take(client.Left.Token);
                    answers.Enqueue((client.Rank, HandedOut.Write(client.Work)));
                });
                return client;
            case TrialMessageKind.Report:
                client.Queue!.Report(client.Work!, message.Outcome!.ToOutcome());
                client.Work = null;
                return client;
            default:
                client.Dispose();
                return null;
        }
    }

    /// <summary>Another rank, and what it trains.</summary>
    private sealed class Client(int rank) : IDisposable
    {
        internal int Rank { get; } = rank;

        internal StudyQueue? Queue { get; set; }

        internal TrialWork? Work { get; set; }

        internal Task? Taking { get; set; }

        /// <summary>Ends its waiting for the next training.</summary>
        internal CancellationTokenSource Left { get; } = new();

        /// <summary>Gives back what it was handed and did not report.</summary>
        public void Dispose()
        {
            Left.Cancel();
            Task.WaitAny(Taking ?? Task.CompletedTask);
            if (Work is { } unreported)
            {
                Queue!.Report(unreported, new TrialOutcome.Released());
            }

            Queue?.Dispose();
            Left.Dispose();
        }
    }
}

/// <summary>What the first rank tells the others of a study.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Description">What is tried.</param>
internal sealed record StudyAnnouncement(string Path, Dictionary<string, string?> Description);
