using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Cli.Output;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>Trains several of a list at a time: their folders are made here, each is gone on with by <c>resume</c> as a process of its own.</summary>
/// <param name="list">The trainings; one that another's second phase begins with comes before it.</param>
/// <param name="atATime">How many at a time.</param>
/// <param name="title">What a training is called.</param>
/// <param name="say">Takes lines for people.</param>
/// <param name="bars">Shows how far each is; null where nobody watches.</param>
internal sealed class ParallelTrainings(
    IReadOnlyList<ListedTraining> list,
    int atATime,
    Func<ListedTraining, string> title,
    Action<string> say,
    TrainingBars? bars
)
{
    private readonly List<ListedTraining> waiting = [.. list];
    private readonly List<Going> going = [];

    /// <summary>What was said of the data, which several would say again.</summary>
    private readonly HashSet<string> heard = [.. list.SelectMany(training => training.Data.Notes)];
    private string? failure;

    /// <summary>Trains what is missing.</summary>
    /// <returns>Whether all are finished; false when stopped.</returns>
    /// <exception cref="CounterpoiseException">One failed; the others are stopped and saved.</exception>
    internal bool Train(CancellationToken stop)
    {
        ParallelMemory.Require(list.Where(training => !training.IsFinished), atATime, say, stop);
        try
        {
            while (true)
            {
                while (failure is null && !stop.IsCancellationRequested && going.Count < atATime && Next() is { } next)
                {
                    Start(next, stop);
                }

                if (going.Count == 0)
                {
                    break;
                }

                Task.WaitAny([.. going.Select(one => one.End)], CancellationToken.None);
                foreach (Going ended in going.Where(one => one.End.IsCompleted).ToArray())
                {
                    End(ended);
                }
            }
        }
        finally
        {
            going.ForEach(one => one.Process.Stop());
            going.ForEach(one => one.Process.Dispose());
        }

        return failure is not null
            ? throw new CounterpoiseException(failure)
            : waiting.Count == 0 && list.All(one => one.IsFinished);
    }

    /// <summary>The first one that waits for nobody's end.</summary>
    private ListedTraining? Next()
    {
        ListedTraining? next = waiting.FirstOrDefault(training =>
            training.FirstPhaseIn(list) is not { } first
            || !(waiting.Contains(first) || going.Any(one => one.Training == first))
        );
        _ = next is not null && waiting.Remove(next);
        return next;
    }

    private void Start(ListedTraining training, CancellationToken stop)
    {
        using (TrainingSession session = training.Open(training.FirstPhaseIn(list), out string how))
        {
            say($"{title(training)}: {how}");
            if (session.IsFinished)
            {
                return;
            }
        }

        Execution execution = training.Plan.Execution;
        int place = Enumerable.Range(0, atATime).First(free => going.All(one => one.Place != free));
        var process = OwnProcess.Start(
            ["resume", training.Path, "--threads", $"{execution.Threads}", "--device", execution.DeviceOf(place)],
            answer => Tell(training, answer),
            line => Pass(training, line)
        );
        bars?.Move(title(training), 0, training.Epochs);
        going.Add(new Going(training, place, process, process.Wait(), stop.Register(process.Stop)));
    }

    private void End(Going one)
    {
        OwnProcess.Ended end = one.End.Result;
        going.Remove(one);
        one.Asking.Dispose();
        one.Process.Dispose();
        bars?.End(title(one.Training));
        if (end.IsDone)
        {
            say($"{title(one.Training)}: done");
        }
        else if (!end.IsStopped)
        {
            say($"{title(one.Training)}: failed");
            failure ??= $"{one.Training.Path}: {end.Reason}";
            going.ForEach(other => other.Process.Stop());
        }
    }

    /// <summary>Passes on what a process says, if none has said it before.</summary>
    private void Pass(ListedTraining training, string line)
    {
        lock (heard)
        {
            if (!heard.Add(line))
            {
                return;
            }
        }

        say($"{title(training)}: {line}");
    }

    private void Tell(ListedTraining training, JsonObject answer)
    {
        if ((string?)answer["event"] != "epoch")
        {
            return;
        }

        bars?.Move(title(training), (int)answer["epoch"]!, training.Epochs);
        if (answer["accuracy"] is { } accuracy)
        {
            say(
                $"{title(training)}: epoch {answer["epoch"]}/{training.Epochs}  "
                    + $"loss {(double?)answer["loss"]:F4}  test {(double?)accuracy:F2} %"
            );
        }
    }

    /// <summary>A training that goes on in a process.</summary>
    /// <param name="Training">The training.</param>
    /// <param name="Place">Which of those at a time it is, from 0.</param>
    /// <param name="Process">The process.</param>
    /// <param name="End">Its end.</param>
    /// <param name="Asking">Asks it to stop when this process is asked.</param>
    private sealed record Going(
        ListedTraining Training,
        int Place,
        OwnProcess Process,
        Task<OwnProcess.Ended> End,
        CancellationTokenRegistration Asking
    );
}
