using System.Diagnostics;
using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Evaluation;
using Counterpoise.Methods;
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
    private readonly Recipe recipe;
    private readonly IReadOnlyList<Phase> phases;
    private readonly TrainingData data;
    private readonly RunFolder folder;
    private readonly Execution execution;
    private readonly ITrainingObserver observer;
    private readonly Draws draws;
    private readonly int epochs;
    private readonly int stepsPerEpoch;

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
        phases = recipe.Phases;
        draws = new Draws(recipe.Seed);
        epochs = phases.Sum(phase => phase.Epochs);
        stepsPerEpoch = (data.Train.Count + recipe.Training.BatchSize - 1) / recipe.Training.BatchSize;
    }

    /// <summary>Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</summary>
    public int? KeepEvery { get; init; }

    /// <summary>Refuses what can be seen to fail before anything is written, and warns of what will only surprise.</summary>
    /// <exception cref="UsageException">The batch is larger than the training set.</exception>
    public static IReadOnlyList<string> Check(Recipe recipe, TrainingData data)
    {
        TrainingSettings training = recipe.Training;
        if (training.BatchSize > data.Train.Count)
        {
            throw new UsageException(
                $"training.batch_size is {training.BatchSize}, but there are {data.Train.Count} training images; "
                    + $"expected at most {data.Train.Count}."
            );
        }

        if (data.Test.Count == 0)
        {
            throw new CounterpoiseException(
                $"{data.Name} has no test images; add some, or remove the empty test folder."
            );
        }

        return training.Warmup >= training.Epochs
            ?
            [
                $"training.warmup ({training.Warmup} epochs) is as long as the training ({training.Epochs}): the learning rate only rises.",
            ]
            : [];
    }

    /// <summary>Trains until the recipe's last epoch or until asked to stop.</summary>
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <exception cref="CounterpoiseException">The loss became NaN or infinite, or the folder could not be written.</exception>
    public TrainingOutcome Run(CancellationToken stop)
    {
        set_num_threads(execution.Threads);
        using var state = new TrainingState(recipe, data.Train.Classes.Count, execution);
        using var input = new InputPipeline(data.Normalisation, execution);
        observer.OnMessage(
            $"computing with {execution.Threads} threads on {execution.Device} in {execution.Precision.ToString().ToLowerInvariant()}"
        );
        Resume(state);
        int firstEpoch = 0;
        foreach (Phase phase in phases)
        {
            while (state.Epoch < firstEpoch + phase.Epochs)
            {
                if (!TrainEpoch(state, phase, firstEpoch, input, stop))
                {
                    int step = Math.Max(0, state.Step - 1);
                    return Interrupted(state, LearningRate(phase, state.Epoch - firstEpoch, step));
                }
            }

            firstEpoch += phase.Epochs;
        }

        try
        {
            return Finish(state, input, stop);
        }
        catch (OperationCanceledException)
        {
            return Interrupted(state, 0);
        }
    }

    private void Resume(TrainingState state)
    {
        if (folder.Checkpoints is not [.., var last])
        {
            folder.CutMetrics(0);
            return;
        }

        state.RestoreFrom(last.Path);
        folder.CutMetrics(state.MetricsLength);
        observer.OnMessage($"resuming after {state.Epoch} epochs and {state.Step} steps, from {last.Path}");
    }

    /// <returns>Whether the epoch was completed; false when asked to stop within it.</returns>
    private bool TrainEpoch(
        TrainingState state,
        Phase phase,
        int firstEpoch,
        InputPipeline input,
        CancellationToken stop
    )
    {
        ISampler sampler = phase.Sampler?.Value ?? new InstanceSampler();
        int[] order = sampler.Order(data.Train.Labels, draws, state.Epoch);
        int phaseEpoch = state.Epoch - firstEpoch;
        state.Network.train();
        while (state.Step < stepsPerEpoch)
        {
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            int first = state.Step * recipe.Training.BatchSize;
            var context = new StepContext(
                state.Epoch,
                phaseEpoch,
                phase.Epochs,
                StepOfPhase(phaseEpoch, state.Step),
                LearningRate(phase, phaseEpoch, state.Step),
                data.ClassCounts,
                draws,
                first
            );
            Step(
                state,
                phase,
                context,
                order.AsSpan(first, Math.Min(recipe.Training.BatchSize, order.Length - first)),
                input
            );
            Allocator.FreeNativeNumbers();
        }

        try
        {
            EndEpoch(state, phase, LearningRate(phase, phaseEpoch, stepsPerEpoch - 1), input, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // Stopped while testing: all steps of the epoch are done, and resuming tests again.
        }
    }

    private long StepOfPhase(int phaseEpoch, int step) => ((long)phaseEpoch * stepsPerEpoch) + step;

    private double LearningRate(Phase phase, int phaseEpoch, int step) =>
        LearningRateSchedule.At(recipe.Training, StepOfPhase(phaseEpoch, step), stepsPerEpoch, phase.Epochs);

    private void Step(
        TrainingState state,
        Phase phase,
        in StepContext context,
        ReadOnlySpan<int> positions,
        InputPipeline input
    )
    {
        long start = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        (double loss, int correct) = TrainingStep.Run(state.Network, phase, context, data, positions, input);
        if (!double.IsFinite(loss))
        {
            throw Diverged($"the loss is {loss}", state.Epoch, state.Step + 1, context.LearningRate);
        }

        state.Optimizer.Step(context.LearningRate);
        state.AddStep(loss, correct, positions.Length, Stopwatch.GetElapsedTime(start).TotalSeconds);
        observer.OnStep(
            new TrainingProgress(
                state.Epoch + 1,
                epochs,
                state.Step,
                stepsPerEpoch,
                state.MeanLoss,
                state.RunningAccuracy,
                state.ImagesPerSecond
            )
        );
    }

    private void EndEpoch(
        TrainingState state,
        Phase phase,
        double learningRate,
        InputPipeline input,
        CancellationToken stop
    )
    {
        RequireFinite(state, learningRate);
        int done = state.Epoch + 1;
        int every = recipe.Training.EvaluateEvery;
        bool tests = done == epochs || (every > 0 && done % every == 0);
        ClassificationMetrics? test = tests ? Evaluate(state, data.Test, input, stop) : null;
        ClassificationMetrics? heldOut =
            tests && data.HeldOut is { Count: > 0 } images ? Evaluate(state, images, input, stop) : null;
        var metrics = new EpochMetrics(
            done,
            phase.Name,
            state.MeanLoss,
            state.RunningAccuracy,
            learningRate,
            state.ImagesPerSecond,
            state.Seconds,
            ProcessMemory.PeakMb,
            test,
            heldOut
        );
        state.EndEpoch(folder.AppendMetrics(metrics.ToJson()));
        Save(state);
        observer.OnEpoch(metrics);
    }

    private TrainingOutcome Interrupted(TrainingState state, double learningRate)
    {
        if (state.Step > 0)
        {
            RequireFinite(state, learningRate);
            Save(state);
        }

        observer.OnMessage($"stopped after {state.Epoch} epochs and {state.Step} steps; everything is saved");
        return TrainingOutcome.Interrupted;
    }

    private TrainingOutcome Finish(TrainingState state, InputPipeline input, CancellationToken stop)
    {
        JsonObject last = folder.ReadMetrics().Last();
        ClassificationMetrics train = Evaluate(state, data.Train, input, stop);
        var result = new JsonObject
        {
            ["method"] = recipe.MethodNames,
            ["model"] = recipe.Model,
            ["data"] = folder.Description["data_name"]?.DeepClone() ?? data.Name, // The data may have moved since.
            ["seed"] = recipe.Seed,
            ["epochs"] = epochs,
            ["train_accuracy"] = train.Accuracy,
            ["train_per_class_accuracy"] = train.ToJson()["per_class_accuracy"]!.DeepClone(),
            ["class_counts"] = new JsonArray([.. data.ClassCounts.Select(count => (JsonNode?)count)]),
            ["classes"] = new JsonArray([.. data.Train.Classes.Select(name => (JsonNode?)name)]),
            ["fingerprint"] = data.Fingerprint,
        };
        foreach ((string key, JsonNode? value) in last.Where(pair => pair.Key is not ("epoch" or "phase")))
        {
            result[key] = value?.DeepClone();
        }

        result["peak_memory_mb"] = ProcessMemory.PeakMb;

        folder.WriteResult(result);
        return TrainingOutcome.Finished;
    }

    private ClassificationMetrics Evaluate(
        TrainingState state,
        IImageSource images,
        InputPipeline input,
        CancellationToken stop
    ) =>
        ClassificationMetrics.Of(
            Classifier.Predict(state.Network, images, input, stop),
            images.Labels,
            data.ClassCounts
        );

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

    private CounterpoiseException Diverged(string what, int epoch, int step, double learningRate)
    {
        string checkpoint = folder.Checkpoints is [.., var last] ? last.Path : "none yet";
        return new CounterpoiseException(
            $"Training diverged: {what} in epoch {epoch + 1}, step {step}, at learning rate {learningRate:G4}; "
                + $"last good checkpoint: {checkpoint}. Lower training.learning_rate or lengthen training.warmup and start a new run."
        );
    }
}
