using System.Diagnostics;
using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Evaluation;
using Counterpoise.Methods;
using Counterpoise.Models;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>How a call of the trainer ended.</summary>
public enum TrainingOutcome
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
    /// <summary>The usual interval of statistics, in epochs: often enough for curves, and a few percent of the training time.</summary>
    public const int UsualStatisticsEvery = 10;

    private readonly Recipe recipe;
    private readonly TrainingData data;
    private readonly RunFolder folder;
    private readonly Execution execution;
    private readonly ITrainingObserver observer;
    private readonly Draws draws;
    private readonly int epochs;

    /// <summary>Sets up a training.</summary>
    /// <param name="recipe">A resolved recipe (<see cref="Recipe.Resolve"/>).</param>
    /// <param name="data">The images.</param>
    /// <param name="folder">The run folder, opened for writing.</param>
    /// <param name="execution">Where and how to compute.</param>
    /// <param name="observer">Who watches.</param>
    /// <exception cref="UsageException">The batch is larger than the training set.</exception>
    public Trainer(Recipe recipe, TrainingData data, RunFolder folder, Execution execution, ITrainingObserver observer)
    {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.execution = execution;
        this.observer = observer;
        _ = Check(recipe, data);
        draws = new Draws(recipe.Seed);
        epochs = recipe.Phases.Sum(phase => phase.Epochs);
    }

    /// <summary>Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</summary>
    public int? KeepEvery { get; init; }

    /// <summary>Take the statistics of all classes every so many epochs and at the end of each phase; 0 for never.</summary>
    public int StatisticsEvery { get; init; } = UsualStatisticsEvery;

    /// <summary>Refuses what can be seen to fail before anything is written, and warns of what will only surprise.</summary>
    /// <exception cref="UsageException">The batch is larger than the training set.</exception>
    public static IReadOnlyList<string> Check(Recipe recipe, TrainingData data)
    {
        TrainingSettings training = recipe.Training;
        if (recipe.Phases.FirstOrDefault(phase => phase.Training.BatchSize > data.Train.Count) is { } phase)
        {
            string key = phase.Name == recipe.Phases[0].Name ? "training" : phase.Name;
            throw new UsageException(
                $"{key}.batch_size is {phase.Training.BatchSize}, but there are {data.Train.Count} training images; "
                    + $"expected at most {data.Train.Count}."
            );
        }

        if (recipe.Pretrained.Length > 0 && !File.Exists(recipe.Pretrained))
        {
            throw new UsageException(
                $"pretrained is {recipe.Pretrained}, but there is no such file; give a safetensors file of {recipe.Model}."
            );
        }

        if (data.Test.Count == 0)
        {
            throw new CounterpoiseException(
                $"{data.Name} has no test images; add some, or remove the empty test folder."
            );
        }

        List<string> warnings = [];
        if (training.Warmup >= training.Epochs)
        {
            warnings.Add(
                $"training.warmup ({training.Warmup} epochs) is as long as the training ({training.Epochs}): the learning rate only rises."
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
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <exception cref="DivergenceException">The loss or a parameter became NaN or infinite.</exception>
    /// <exception cref="CounterpoiseException">The folder could not be written.</exception>
    public TrainingOutcome Run(CancellationToken stop)
    {
        set_num_threads(execution.Threads);
        using var state = new TrainingState(recipe, data.Train.Classes.Count, execution);
        using var input = new InputPipeline(data.Normalisation, execution);
        observer.OnMessage(
            $"computing with {execution.Threads} threads on {execution.Device} in {execution.Precision.ToString().ToLowerInvariant()}"
        );
        Resume(state);
        try
        {
            while (true)
            {
                while (!state.IsPhaseDone)
                {
                    TrainEpoch(state, input, stop);
                }

                if (state.IsLastPhase)
                {
                    return Finish(state, input, stop);
                }

                BeginNextPhase(state, input, stop);
            }
        }
        catch (OperationCanceledException)
        {
            return Interrupted(state);
        }
    }

    /// <summary>Makes the next phase's head and starts it from what was learnt, or leaves the state saved as it was.</summary>
    private void BeginNextPhase(TrainingState state, InputPipeline input, CancellationToken stop)
    {
        Head before = state.Network.Head;
        using Head? left = state.EnterNextPhase();
        observer.OnMessage($"phase '{state.Phase.Name}' begins after {state.Epoch} epochs");
        var start = new PhaseStart(state.Network, before, data, input, observer.OnMessage, stop);
        state.Phase.Head?.Value.Start(state.Network.Head, start);
        Save(state);
    }

    private void Resume(TrainingState state)
    {
        if (folder.Checkpoints is not [.., var last])
        {
            folder.CutMetrics(0);
            LoadPretrained(state);
            return;
        }

        state.RestoreFrom(last.Path);
        folder.CutMetrics(state.MetricsLength);
        observer.OnMessage($"resuming after {state.Epoch} epochs and {state.Step} steps, from {last.Path}");
    }

    private void LoadPretrained(TrainingState state)
    {
        if (recipe.Pretrained.Length == 0)
        {
            return;
        }

        RunSpecification.RequireSamePretrained(folder, recipe.Pretrained);
        foreach (string note in NetworkParameters.Load(state.Network, recipe.Pretrained))
        {
            observer.OnMessage(note);
        }
    }

    private void TrainEpoch(TrainingState state, InputPipeline input, CancellationToken stop)
    {
        Phase phase = state.Phase;
        ISampler sampler = phase.Sampler?.Value ?? new InstanceSampler();
        int[][] streams = sampler.Streams(data.Train.Labels, draws, state.Epoch);
        int epoch = state.Epoch;
        int phaseEpoch = epoch - state.FirstEpoch;
        int steps = StepsPerEpoch(phase);
        state.Network.train(!phase.FreezesStatistics);
        var batches = ReadAhead.Of(
            Enumerable.Range(state.Step, steps - state.Step).Select(Context),
            context => (Context: context, Images: TrainingStep.Read(context, data, Positions(context))),
            data.Train.IsSlow,
            unread => unread.Images.Dispose()
        );
        long start = Stopwatch.GetTimestamp(); // Waiting for images is time that the step takes.
        foreach ((StepContext context, StepImages images) in batches)
        {
            using (images)
            {
                stop.ThrowIfCancellationRequested();
                Step(state, context, images, input, start);
            }

            Allocator.FreeNativeNumbers();
            start = Stopwatch.GetTimestamp();
        }

        EndEpoch(state, input, stop); // Stopped while testing, all steps of the epoch are done, and resuming tests again.

        StepContext Context(int step) =>
            new(
                epoch,
                phaseEpoch,
                phase.Epochs,
                ((long)phaseEpoch * steps) + step,
                LearningRate(phase, phaseEpoch, step),
                data.ClassCounts,
                draws,
                (long)step * phase.Training.BatchSize
            );

        int[][] Positions(StepContext context)
        {
            int first = (int)context.FirstPlace;
            int last = Math.Min(first + phase.Training.BatchSize, data.Train.Count);
            return Array.ConvertAll(streams, stream => stream[first..last]);
        }
    }

    private int StepsPerEpoch(Phase phase) =>
        (data.Train.Count + phase.Training.BatchSize - 1) / phase.Training.BatchSize;

    private double LearningRate(TrainingState state, int step) =>
        LearningRate(state.Phase, state.Epoch - state.FirstEpoch, step);

    private double LearningRate(Phase phase, int phaseEpoch, int step)
    {
        int steps = StepsPerEpoch(phase);
        return LearningRateSchedule.At(phase.Training, ((long)phaseEpoch * steps) + step, steps, phase.Epochs);
    }

    private void Step(TrainingState state, in StepContext context, StepImages images, InputPipeline input, long start)
    {
        using var scope = NewDisposeScope();
        (double loss, int correct) = TrainingStep.Run(state.Network, state.Phase, context, images, input);
        if (!double.IsFinite(loss))
        {
            throw Diverged($"the loss is {loss}", state.Epoch, state.Step + 1, context.LearningRate);
        }

        state.Optimizer.Step(context.LearningRate);
        state.AddStep(loss, correct, images.Count, Stopwatch.GetElapsedTime(start).TotalSeconds);
        observer.OnStep(
            new TrainingProgress(
                state.Epoch + 1,
                epochs,
                state.Step,
                StepsPerEpoch(state.Phase),
                state.MeanLoss,
                state.RunningAccuracy,
                state.ImagesPerSecond
            )
        );
    }

    private void EndEpoch(TrainingState state, InputPipeline input, CancellationToken stop)
    {
        double learningRate = LearningRate(state, state.Step - 1);
        RequireFinite(state, learningRate);
        int done = state.Epoch + 1;
        bool ends = done == state.FirstEpoch + state.Phase.Epochs;
        var examination = new Examination(data, input, folder, stop);
        bool IsDue(int every) => every > 0 && done % every == 0;
        ExaminationResult found =
            IsDue(StatisticsEvery) || (ends && StatisticsEvery > 0) ? examination.Study(state.Network, done)
            : ends || IsDue(recipe.Training.EvaluateEvery) ? examination.Test(state.Network)
            : default;
        var metrics = new EpochMetrics(
            done,
            state.Phase.Name,
            state.MeanLoss,
            state.RunningAccuracy,
            learningRate,
            state.ImagesPerSecond,
            state.Seconds,
            ProcessMemory.PeakMb,
            found.Test,
            found.HeldOut,
            found.Statistics
        );
        state.EndEpoch(folder.AppendMetrics(metrics.ToJson()));
        Save(state);
        observer.OnEpoch(metrics);
    }

    private TrainingOutcome Interrupted(TrainingState state)
    {
        if (state.Step > 0)
        {
            RequireFinite(state, LearningRate(state, state.Step - 1));
            Save(state);
        }

        observer.OnMessage($"stopped after {state.Epoch} epochs and {state.Step} steps; everything is saved");
        return TrainingOutcome.Interrupted;
    }

    private TrainingOutcome Finish(TrainingState state, InputPipeline input, CancellationToken stop)
    {
        var examination = new Examination(data, input, folder, stop);
        ExaminationResult? after =
            state.Phase.Epochs > 0 ? null
            : StatisticsEvery > 0 ? examination.Study(state.Network, state.Epoch)
            : examination.Test(state.Network);
        folder.WriteResult(
            RunResult.Of(recipe, data, folder, after, () => examination.Evaluate(state.Network, data.Train))
        );
        return TrainingOutcome.Finished;
    }

    private void Save(TrainingState state)
    {
        folder.Save(state.ToCheckpoint());
        folder.Prune(keepLast: 2, keepEvery: KeepEvery);
    }

    /// <summary>No checkpoint is saved that could not be gone on from.</summary>
    private void RequireFinite(TrainingState state, double learningRate)
    {
        if (!state.IsFinite())
        {
            throw Diverged("a parameter is no longer finite", state.Epoch, state.Step, learningRate);
        }
    }

    private DivergenceException Diverged(string what, int epoch, int step, double learningRate)
    {
        string checkpoint = folder.Checkpoints is [.., var last] ? last.Path : "none yet";
        return new DivergenceException(
            $"Training diverged: {what} in epoch {epoch + 1}, step {step}, at learning rate {learningRate:G4}; "
                + $"last good checkpoint: {checkpoint}. Lower training.learning_rate or lengthen training.warmup and start a new run."
        );
    }
}
