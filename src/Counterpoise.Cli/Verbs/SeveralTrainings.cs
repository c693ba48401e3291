using Counterpoise.Cli.Output;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>Trains what is missing of a list, in its order.</summary>
/// <param name="list">The trainings; one that another's second phase begins with comes before it.</param>
/// <param name="json">Whether standard output carries JSON alone.</param>
/// <param name="said">Where progress is told.</param>
internal sealed class SeveralTrainings(IReadOnlyList<ListedTraining> list, bool json, TextWriter said)
{
    /// <summary>Trains one after the other, in this process.</summary>
    /// <returns>Whether all are finished; false when stopped.</returns>
    internal bool Train()
    {
        foreach (ListedTraining training in list)
        {
            using TrainingSession session = training.Open(training.FirstPhaseIn(list), out string how);
            said.WriteLine($"{Title(training)}: {how}");
            if (!session.IsFinished && Train(training, session) == TrainingOutcome.Interrupted)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Trains so many at a time, each in a process of its own.</summary>
    /// <returns>Whether all are finished; false when stopped.</returns>
    internal bool Train(int atATime) =>
        atATime == 1 ? Train()
        : !json && LiveObserver.IsWatched ? TrainingBars.Show(bars => Train(atATime, bars.Say, bars))
        : Train(atATime, said.WriteLine, bars: null);

    private bool Train(int atATime, Action<string> say, TrainingBars? bars) =>
        Stoppable.Run(stop => new ParallelTrainings(list, atATime, Title, say, bars).Train(stop));

    private string Title(ListedTraining training) =>
        $"[{list.Index().First(item => item.Item == training).Index + 1}/{list.Count}] {training.Name}";

    /// <summary>Epochs are told to people alone: as JSON they would not say which run they are of.</summary>
    private TrainingOutcome Train(ListedTraining training, TrainingSession session) =>
        json
            ? TrainingConsole.Train(session, training.Data, new TextObserver(said.WriteLine, training.Epochs))
            : TrainingConsole.Train(session, training.Data, json: false);
}
