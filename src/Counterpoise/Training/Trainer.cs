using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>How a call of the trainer ended.</summary>
internal enum TrainingOutcome
{
    /// <summary>All epochs are done and the result is written.</summary>
    Finished,

    /// <summary>It was asked to stop: the state is saved, and the run can be resumed.</summary>
    Interrupted,
}

/// <summary>
/// Trains a network by a recipe into a run folder, from the beginning or from the folder's last checkpoint. It owns every
/// effect; methods only decide.
/// </summary>
public sealed class Trainer
{
    private const double HighForAdamW = 0.01;
    private readonly Recipe recipe;
    private readonly TrainingData data;
    private readonly RunFolder folder;
    private readonly Execution execution;
    private readonly ITrainingObserver observer;

    /// <summary>Sets up a training.</summary>
    /// <param name="recipe">A resolved recipe (<see cref="Recipe.Resolve"/>).</param>
    /// <param name="data">The images.</param>
    /// <param name="folder">The run folder, opened for writing; only the first rank writes, for the others it may be opened for reading.</param>
    /// <param name="execution">Where and how to compute.</param>
    /// <param name="observer">Who watches.</param>
    /// <exception cref="UsageException">The batch is larger than the training set, or the file of pretrained parameters is not there.</exception>
    /// <exception cref="CounterpoiseException">There are no test images.</exception>
    internal Trainer(
        Recipe recipe,
        TrainingData data,
        RunFolder folder,
        Execution execution,
        ITrainingObserver observer
    )
    {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.execution = execution;
        this.observer = observer;
        _ = Check(recipe, data);
    }

    /// <summary>Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</summary>
    internal int? KeepEvery { get; init; }

    /// <summary>Take the statistics of all classes every so many epochs and at the end of each phase; 0 for never.</summary>
    internal int StatisticsEvery { get; init; } = TrainingPlan.UsualStatisticsEvery;

    /// <summary>Those that train together, each on its share of every mini-batch.</summary>
    internal Ranks Ranks { get; init; } = Ranks.Alone;

    /// <summary>
    /// Trains on data that is named by its path, into a run folder, and reads what came of it: everything between a recipe
    /// and its result, for those who need no more control. It computes on a GPU that libtorch can use, which was
    /// tried on one card alone (docs/library.md), otherwise on the processor with a thread for each core.
    /// </summary>
    /// <param name="recipe">What is trained; automatic settings are resolved.</param>
    /// <param name="data">The images, in any form that <see cref="ImageDataSource.Open"/> takes: a folder with a folder of images for each class, for instance.</param>
    /// <param name="output">
    /// The run folder: a new one, or that of the same training, which is then gone on with where it was, or only read where
    /// it is finished.
    /// </param>
    /// <param name="say">Takes a line for every epoch and message, such as <c>Console.WriteLine</c>.</param>
    /// <param name="stop">Asks to stop after the current step; the same call goes on later.</param>
    /// <returns>All that the run folder tells; its <see cref="RunHistory.Result"/> is null where training was stopped.</returns>
    /// <exception cref="UsageException">The recipe does not go together, or does not fit the data; nothing is there at <paramref name="data"/>.</exception>
    /// <exception cref="CounterpoiseException">The data is damaged, or the folder holds something else or cannot be written.</exception>
    /// <exception cref="DivergenceException">The loss or a parameter became NaN or infinite.</exception>
    public static RunHistory Train(
        Recipe recipe,
        string data,
        string output,
        Action<string>? say = null,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var machine = Execution.Resolve(threads: null, "auto", recipe.Training.Precision);
        var run = new TrainingPlan(recipe.Resolve(), data, SkipUnreadable: false, machine);
        return Train(
            run,
            output,
            new TextObserver(say ?? (_ => { }), run.Recipe.Phases.Sum(phase => phase.Epochs)),
            stop
        );
    }

    /// <summary>
    /// Trains a run whose execution and record are chosen: threads, device, precision, statistics, which checkpoints are
    /// kept, what is opened how.
    /// </summary>
    /// <param name="run">The run; automatic settings of its recipe are resolved.</param>
    /// <param name="output">The run folder: a new one, or that of the same training.</param>
    /// <param name="observer">Who is told of steps, epochs and of what is worth knowing about the data.</param>
    /// <param name="stop">Asks to stop after the current step; the run folder is then ready to go on with.</param>
    /// <returns>The run: its metrics and result, which is null where it was stopped.</returns>
    /// <exception cref="UsageException">The data or the recipe asks for something that cannot be.</exception>
    /// <exception cref="CounterpoiseException">The data is damaged, or the folder holds something else or cannot be written.</exception>
    /// <exception cref="DivergenceException">The loss or a parameter became NaN or infinite.</exception>
    public static RunHistory Train(TrainingPlan run, string output, ITrainingObserver observer, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(observer);
        TrainingPlan wanted = run with { Recipe = run.Recipe.Resolve() };
        using ImageData images = ImageDataSource.Open(
            wanted.Source,
            wanted.OpenOptions with
            {
                Messages = new Telling(observer.OnMessage),
            }
        );
        TrainingData prepared = TrainingData.Prepare(images, wanted.Recipe.Data);
        foreach (string note in prepared.Notes.Concat(Check(wanted.Recipe, prepared)))
        {
            observer.OnMessage(note);
        }

        using (var session = TrainingSession.Start(wanted, prepared, output, Environment.CommandLine))
        {
            if (!session.IsFinished)
            {
                _ = session.Train(prepared, [observer], stop);
            }
        }

        return RunHistory.Read(output, Vocabulary.Of(wanted.Recipe));
    }

    /// <summary>Refuses what can be seen to fail before anything is written, and warns of what will only surprise.</summary>
    /// <param name="recipe">A resolved recipe.</param>
    /// <param name="data">The images.</param>
    /// <returns>The warnings, one line each.</returns>
    /// <exception cref="UsageException">The batch is larger than the training set, or the file of pretrained parameters is not there.</exception>
    /// <exception cref="CounterpoiseException">There are no test images.</exception>
    internal static IReadOnlyList<string> Check(Recipe recipe, TrainingData data)
    {
        TrainingSettings training = recipe.Training;
        if (
            recipe.Phases.FirstOrDefault(phase =>
                phase is { IsEstimated: false, Training.Optimizer: not OptimizerKind.Lbfgs }
                && phase.Training.BatchSize > data.Train.Count
            ) is
            { } phase
        )
        {
            string key = phase.Name == recipe.Phases[0].Name ? "training" : phase.Name;
            throw new UsageException(
                $"{key}.batch_size is {phase.Training.BatchSize}, but there are {data.Train.Count} training images; "
                    + $"expected at most {data.Train.Count}."
            );
        }

        if (
            recipe.Phases.FirstOrDefault(phase => phase.IsEstimated) is { Name: var method }
            && data.ClassCounts.ToList().IndexOf(0) is >= 0 and var empty
        )
        {
            throw new UsageException(
                $"{method} takes the mean of every class's images, but class '{data.Train.Classes[empty]}' has no training image; add images to it or remove the class."
            );
        }

        PublishedParameters? published = PublishedParameters.Find(recipe.Pretrained);
        if (recipe.Pretrained.Length > 0 && published is null && !File.Exists(recipe.Pretrained))
        {
            throw new UsageException(
                $"pretrained is {recipe.Pretrained}, but there is no such file; give a safetensors file of {recipe.Model}, "
                    + $"a repository as timm/..., or one of {string.Join(", ", PublishedParameters.Names)}."
            );
        }

        if (data.Train.Features != (recipe.Network.TakesFeatures ? recipe.Network.Features : null))
        {
            throw new UsageException(
                data.Train.Features is { } length
                    ? $"{Named("model")} is {recipe.Model}, but there are {length} features of each image; expected {FeatureNetwork.NameOf(length)}."
                    : $"{Named("model")} is {recipe.Model}, which takes features, but images are pixels; give {Named("data.features")}, or another {Named("model")}."
            );
        }

        if (data.Test.Count == 0)
        {
            throw new CounterpoiseException(
                $"{data.Name} has no test images; add some, or remove the empty test folder."
            );
        }

        List<string> warnings = published is null ? [] : [published.Note];
        if (data.Train.Features is not null && data.Train.Views.Count == 0)
        {
            warnings.Add(
                $"{data.Name}: features are those of images as they are; flips, crops and other changes of pixels have no effect."
            );
        }

        if (recipe.Phases[0] is { IsEstimated: true, Name: var closed })
        {
            warnings.Add(
                $"{closed}: the classifier is computed from all images at once, in one epoch; optimizer, number of epochs, learning rate, batch size and weight decay have no effect."
            );
        }
        else if (training.Optimizer == OptimizerKind.Lbfgs)
        {
            warnings.Add(
                "training.optimizer is lbfgs: all images are fitted at once, in one epoch; number of epochs, learning rate, batch size and weight decay have no effect."
            );
        }

        warnings.AddRange(NeverActing.Of(recipe));
        if (training.Freeze.Length > 0 && recipe.Pretrained.Length == 0)
        {
            warnings.Add(
                $"training.freeze is {training.Freeze}, but pretrained is empty: what is frozen keeps its random parameters."
            );
        }

        foreach (
            Phase fast in recipe.Phases.Where(phase =>
                phase is { Epochs: > 0, Training: { Optimizer: OptimizerKind.Adamw, LearningRate: > HighForAdamW } }
            )
        )
        {
            string key = fast.Name == recipe.Phases[0].Name ? "training" : fast.Name;
            warnings.Add(
                $"{key}.learning_rate is {fast.Training.LearningRate}, which is high for adamw, whose steps do not depend on the size of gradients: 0.001 is usual, less for fine-tuning."
            );
        }

        if (data.Train.IsSlow)
        {
            warnings.Add(
                $"{data.Name}: image files are decoded whenever they are read; 'counterpoise data pack' makes a file of them that is read at the speed of memory."
            );
        }

        return warnings;
    }

    /// <summary>Trains until the recipe's last epoch or until asked to stop.</summary>
    /// <param name="stop">Asks to stop after the current step; of several ranks it is enough that one is asked.</param>
    /// <exception cref="DivergenceException">The loss or a parameter became NaN or infinite.</exception>
    /// <exception cref="CounterpoiseException">The folder could not be written.</exception>
    /// <exception cref="UsageException">A mini-batch has fewer images than there are ranks.</exception>
    internal TrainingOutcome Run(CancellationToken stop)
    {
        set_num_threads(execution.Threads);
        if (execution.Gpu is not null)
        {
            LibtorchContext.ForCuda(execution.IsDeterministic);
        }

        var record = new TrainingRecorder(Ranks.IsFirst ? folder : null, Ranks, KeepEvery);
        using var loop = new TrainingLoop(recipe, data, execution, observer, record, Ranks, StatisticsEvery, stop);
        return loop.Run();
    }
}
