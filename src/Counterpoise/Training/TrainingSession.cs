using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Training;

/// <summary>One run folder that is trained into, a new one or one that is gone on with: all training goes through here.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly Ranks ranks;
    private string? noteOnDevice;

    private TrainingSession(RunFolder folder, ResumeOptions? changes, Ranks ranks)
    {
        Folder = folder;
        Run = TrainingPlan.Of(folder, changes);
        this.ranks = ranks;
    }

    /// <summary>The run folder: open for writing on the first rank, for reading on the others.</summary>
    public RunFolder Folder { get; }

    /// <summary>The run as it was started, but for what was told anew.</summary>
    public TrainingPlan Run { get; }

    /// <summary>Whether nothing is left to train.</summary>
    public bool IsFinished => Folder.Result is not null;

    /// <summary>Makes a run folder, or opens that of the same training.</summary>
    /// <param name="wanted">The training.</param>
    /// <param name="data">Its images.</param>
    /// <param name="path">The run folder.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="changes">What an existing run computes with from here on, where it is not as it was started.</param>
    /// <param name="ranks">Those that train together; null for this process alone.</param>
    /// <exception cref="CounterpoiseException">The folder holds something else or cannot be written.</exception>
    public static TrainingSession Start(
        TrainingPlan wanted,
        TrainingData data,
        string path,
        string command,
        ResumeOptions? changes = null,
        Ranks? ranks = null
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        TrainingSession session = Open(
            path,
            () => wanted.OpenOrCreate(path, data, command),
            changes,
            ranks,
            Vocabulary.Of(wanted.Recipe)
        );
        session.noteOnDevice = wanted.Execution.Note;
        return session;
    }

    /// <summary>Opens the folder of a run that was begun.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="changes">What is not as it was started; null for nothing.</param>
    /// <param name="ranks">Those that train together; null for this process alone.</param>
    /// <param name="known">The methods and networks that its recipe may name; null for the library's.</param>
    /// <exception cref="CounterpoiseException">It is no run folder, is damaged, or is being written by another process.</exception>
    public static TrainingSession Resume(
        string path,
        ResumeOptions? changes = null,
        Ranks? ranks = null,
        Vocabulary? known = null
    ) => Open(path, () => RunFolder.Open(path, write: true, known), changes, ranks, known);

    /// <summary>Trains until the last epoch or until asked to stop, and logs into the folder.</summary>
    /// <param name="data">The run's images.</param>
    /// <param name="observers">Who watches on the first rank.</param>
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <exception cref="DivergenceException">The loss or a parameter became NaN or infinite.</exception>
    /// <exception cref="CounterpoiseException">The folder could not be written.</exception>
    public TrainingOutcome Train(
        TrainingData data,
        IEnumerable<ITrainingObserver> observers,
        CancellationToken stop = default
    )
    {
        int epochs = Run.Recipe.Phases.Sum(phase => phase.Epochs);
        ITrainingObserver[] watching = ranks.IsFirst ? [.. observers, new TextObserver(Folder.AppendLog, epochs)] : [];
        return new Trainer(
            Run.Recipe,
            data,
            Folder,
            Run.Execution with
            {
                Note = noteOnDevice,
            },
            new ObserverGroup(watching)
        )
        {
            Ranks = ranks,
            KeepEvery = Run.KeepEvery,
            StatisticsEvery = Run.StatisticsEvery,
        }.Run(stop);
    }

    /// <summary>Gives back the right to write.</summary>
    public void Dispose() => Folder.Dispose();

    private static TrainingSession Open(
        string path,
        Func<RunFolder> openForWriting,
        ResumeOptions? changes,
        Ranks? ranks,
        Vocabulary? known
    )
    {
        Ranks together = ranks ?? Ranks.Alone;
        RunFolder folder = together.FirstThenOthers(() =>
            together.IsFirst ? openForWriting() : RunFolder.Open(path, write: false, known)
        );
        try
        {
            return new TrainingSession(folder, changes, together);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }
}
