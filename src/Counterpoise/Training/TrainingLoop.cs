using System.Diagnostics;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training.Fitting;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>One call of the trainer: phases, epochs and steps from the last checkpoint on.</summary>
internal sealed class TrainingLoop : IDisposable
{
    /// <summary>Steps between two readings from a GPU: enough that waiting for one is not felt.</summary>
    private const int FewReads = 50;

    private readonly Recipe recipe;
    private readonly TrainingData data;
    private readonly Execution execution;
    private readonly ITrainingObserver observer;
    private readonly TrainingRecorder record;
    private readonly Ranks ranks;
    private readonly int statisticsEvery;
    private readonly CancellationToken asked;
    private readonly int epochs;
    private readonly MiniBatches batches;
    private readonly TrainingState state;
    private readonly InputPipeline input;
    private readonly Examination examination;
    private readonly GradientExchange exchange;
    private readonly StepSource source;
    private readonly StepMeter meter = new();
    private readonly StepConstants constants = new();
    private long started;
    private ExaminationResult? last;
    private readonly CancellationTokenSource agreed = new();

    /// <summary>Several ranks stop after the same step, which they agree on; one stops as soon as it is asked.</summary>
    private readonly CancellationToken stop;

    internal TrainingLoop(
        Recipe recipe,
        TrainingData data,
        Execution execution,
        ITrainingObserver observer,
        TrainingRecorder record,
        Ranks ranks,
        int statisticsEvery,
        CancellationToken asked
    )
    {
        this.recipe = recipe;
        this.data = data;
        this.execution = execution;
        this.observer = observer;
        this.record = record;
        this.ranks = ranks;
        this.statisticsEvery = statisticsEvery;
        this.asked = asked;
        stop = ranks.Count == 1 ? asked : agreed.Token;
        epochs = recipe.Phases.Sum(phase => phase.Epochs);
        batches = new MiniBatches(recipe, data, ranks);
        state = new TrainingState(recipe, data.Train.Classes.Count, execution);
        input = new InputPipeline(data.Normalisation, execution);
        examination = new Examination(data, input, record, ranks, stop);
        exchange = new GradientExchange(ranks);
        source = new StepSource(data, input);
        if (execution.KeepsOnDevice)
        {
            input.Keep(data.Train, data.Augmentation.Pad);
            input.Keep(data.Test, 0);
        }
    }

    public void Dispose()
    {
        meter.Dispose();
        constants.Dispose();
        input.Dispose();
        state.Dispose();
        agreed.Dispose();
    }

    internal TrainingOutcome Run()
    {
        string together = ranks.Count == 1 ? "" : $"{ranks.Count} ranks, each ";
        observer.OnMessage(
            $"computing with {together}{execution.ThreadCount} on {execution.Device} in {execution.Precision.ToString().ToLowerInvariant()} by {Libtorch.Require().Description}"
        );
        if (execution.Note is { } note)
        {
            observer.OnMessage(note);
        }

        if (recipe.Phases.Any(phase => phase.Mixer is not null) && batches.MixingGroups != (recipe.Mixing.Groups ?? 1))
        {
            observer.OnMessage(
                $"mixing partners are drawn within {batches.MixingGroups} groups of a batch from here on, so that each of {ranks.Count} ranks has whole ones"
            );
        }

        if (execution is { IsDeterministic: true, GpuIndex: null })
        {
            observer.OnMessage(
                $"{SettingName.Named("deterministic")} changes nothing: a processor gives the same bits each time anyway"
            );
        }

        Resume();
        try
        {
            while (true)
            {
                while (!state.IsPhaseDone)
                {
                    if (state.Phase.Head?.Value is IEstimatedHead estimator)
                    {
                        Estimate(estimator);
                    }
                    else if (state.Phase.Training.Optimizer == OptimizerKind.Lbfgs)
                    {
                        Fit();
                    }
                    else
                    {
                        TrainEpoch();
                    }
                }

                if (state.IsLastPhase)
                {
                    return Finish();
                }

                BeginNextPhase();
            }
        }
        catch (OperationCanceledException)
        {
            return Interrupted();
        }
    }

    /// <summary>Says what does not fit, and finds out what would.</summary>
    private CounterpoiseException Shortage(Exception failure)
    {
        int batch = state.Phase.Training.BatchSize;
        string key = state.PhaseIndex == 0 ? "training" : state.Phase.Name;
        string what =
            $"there is not enough memory on {execution.Device} for batches of {batch} images of {data.Train.Width}x{data.Train.Height} ({recipe.Model})";
        int? fits = MemoryShortage.LargestThatFits(batch, TryStep);
        string hint = fits is null
            ? "not even one image fits; use a smaller model or image size"
            : $"{fits} fit: set {key}.batch_size={fits}, and {key}.learning_rate lower in the same proportion";
        return new CounterpoiseException($"{what}; {hint}. Last good checkpoint: {record.NewestCheckpoint}.", failure);

        void TryStep(int images)
        {
            using var plan = new EpochPlan(
                state.Phase,
                batches
                    .Of(state.Phase, state.Epoch, state.Epoch - state.FirstEpoch, fromStep: 0)
                    .Take(1)
                    .Select(step => (step.Context, Array.ConvertAll(step.Positions, stream => stream[..images]))),
                data.Train.Labels,
                execution.TorchDevice
            );
            source.ForEach(plan, step => Transfer.Number<float>(state.Compute(step, Ranks.Alone).Loss));
        }
    }

    /// <summary>Makes the next phase's head and starts it from what was learnt, or leaves the state saved as it was.</summary>
    private void BeginNextPhase()
    {
        Head before = state.Network.Head;
        using Head? left = state.EnterNextPhase();
        observer.OnMessage($"phase '{state.Phase.Name}' begins after {state.Epoch} epochs");
        var start = new PhaseStart(state.Network, before, data, input, observer.OnMessage, stop);
        state.Phase.Head?.Value.Start(state.Network.Head, start);
        state.RestartAverage();
        record.Save(state);
    }

    private void Resume()
    {
        if (record.LastCheckpoint is not { Length: > 0 } last)
        {
            record.CutMetrics(0);
            LoadPretrained();
            if (
                recipe.Training.FeatureScale != FeatureScale.Common
                && state.Phase is { IsEstimated: false, Training.Optimizer: not OptimizerKind.Lbfgs }
            )
            {
                new PhaseScale(state.Network, data, input, ranks, stop).Settle(recipe.Training.FeatureScale);
            }

            return;
        }

        state.RestoreFrom(last);
        record.CutMetrics(state.MetricsLength);
        observer.OnMessage($"resuming after {state.Epoch} epochs and {state.Step} steps, from {last}");
    }

    private void LoadPretrained()
    {
        if (recipe.Pretrained.Length == 0)
        {
            return;
        }

        string file = PublishedParameters.FileOf(recipe.Pretrained);
        if (record.Folder is { } folder)
        {
            TrainingPlan.RequireSamePretrained(folder, file);
        }

        foreach (string note in NetworkParameters.Load(state.Network, file))
        {
            observer.OnMessage(note);
        }
    }

    private void TrainEpoch()
    {
        state.BeginEpoch(ranks);
        TimeSpan exchanged = exchange.Taken;
        using var plan = new EpochPlan(
            state.Phase,
            batches
                .Of(state.Phase, state.Epoch, state.Epoch - state.FirstEpoch, state.Step)
                .Select(batch => (batch.Context with { Constants = constants }, batch.Positions)),
            data.Train.Labels,
            execution.TorchDevice
        );
        started = Stopwatch.GetTimestamp(); // Waiting for images is time that the step takes.
        try
        {
            source.ForEach(
                plan,
                batch =>
                {
                    stop.ThrowIfCancellationRequested();
                    Step(batch);
                    started = Stopwatch.GetTimestamp();
                }
            );
        }
        catch (Exception failure) when (MemoryShortage.Is(failure))
        {
            throw Shortage(failure);
        }

        ReadSteps();
        EndEpoch(exchange.Taken - exchanged); // Stopped while testing, all steps of the epoch are done, and resuming tests again.
    }

    /// <summary>Fits the phase's classifier to convergence, which counts as an epoch.</summary>
    private void Fit()
    {
        if (ranks.Count > 1)
        {
            throw new UsageException(
                $"training.optimizer is lbfgs, which one process computes, but there are {ranks.Count} ranks; start it without mpirun."
            );
        }

        started = Stopwatch.GetTimestamp();
        var fit = new PhaseFit(state.Network, state.MakeTwin, state.Phase, data, input, new Draws(recipe.Seed), stop);
        End(fit.Run(said => observer.OnMessage($"lbfgs: {said}")));
    }

    /// <summary>Computes the phase's classifier, which counts as an epoch.</summary>
    private void Estimate(IEstimatedHead estimator)
    {
        started = Stopwatch.GetTimestamp();
        FittedPhase found = new PhaseEstimate(
            state.Network,
            estimator,
            state.Phase.Training.FeatureScale,
            data,
            input,
            ranks,
            stop
        ).Run(observer.OnMessage);
        state.RestartAverage();
        End(found);
    }

    private void End(FittedPhase found)
    {
        FittedPhase fitted = found with { OutOfFold = AtTheEnd(found.OutOfFold) };
        state.AddStep(fitted.Loss, fitted.Correct, data.Train.Count);
        state.AddSeconds(Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (fitted.OutOfFold is { } outOfFold)
        {
            record.SaveOutOfFold(outOfFold);
        }

        EndEpoch(TimeSpan.Zero, fitted);
    }

    /// <summary>What the classifier at the end of the training says, where phases to come only shift its logits; null where they do more, or a fold is held out that nothing is fitted on.</summary>
    private PredictedImages? AtTheEnd(PredictedImages? said) =>
        data.HeldOutPart is { Fold: not null }
            ? null
            : recipe
                .Phases.Skip(state.PhaseIndex + 1)
                .Aggregate(
                    said,
                    (before, phase) =>
                        phase is { Epochs: 0, Head.Value: IShiftedHead head }
                            ? before?.Shifted(data.ClassCounts, head.Shift)
                            : null
                );

    private double LearningRate(int step) => batches.LearningRate(state.Phase, state.Epoch - state.FirstEpoch, step);

    private void Step(StepBatch batch)
    {
        StepResult result = state.Compute(batch, ranks);
        meter.Add(result, batch.Count);
        bool isRead = meter.Count >= StepsBetweenReads;
        if (isRead)
        {
            ReadSteps(); // Before a loss that is not finite changes anything, where every step is read.
        }

        exchange.Sum(result.Gradients);
        state.Learn(batch.Context, result.Gradients);
        state.AddSeconds(Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (isRead)
        {
            Tell();
            Allocator.FreeNativeNumbers();
        }
    }

    /// <summary>Steps are read one by one where that costs nothing, and where ranks have to agree.</summary>
    private int StepsBetweenReads => execution.KeepsOnDevice && ranks.Count == 1 ? FewReads : 1;

    /// <summary>Reads what steps found since the last time, from all ranks.</summary>
    /// <exception cref="DivergenceException">A loss is not finite; nothing that was saved is of such a step.</exception>
    private void ReadSteps()
    {
        foreach ((double loss, int correct, int images) in meter.Read())
        {
            double[] seen = [loss, correct, images, asked.IsCancellationRequested ? 1 : 0];
            ranks.Sum(seen.AsSpan());
            if (!double.IsFinite(seen[0]))
            {
                throw Diverged($"the loss is {seen[0]}", state.Epoch, state.Step + 1, LearningRate(state.Step));
            }

            state.AddStep(seen[0], (int)seen[1], (int)seen[2]);
            if (seen[3] > 0)
            {
                agreed.Cancel();
            }
        }
    }

    private void Tell() =>
        observer.OnStep(
            new TrainingProgress(
                state.Epoch + 1,
                epochs,
                state.Step,
                batches.StepsOf(state.Phase),
                state.MeanLoss,
                state.RunningAccuracy,
                state.ImagesPerSecond
            )
        );

    private void EndEpoch(TimeSpan exchanged, FittedPhase? fitted = null)
    {
        double learningRate = LearningRate(state.Step - 1);
        RequireFinite(learningRate);
        if (ranks.Count > 1)
        {
            stop.ThrowIfCancellationRequested(); // Here all stop; within a pass one without images would not.
        }

        state.AverageBuffers(ranks);
        int done = state.Epoch + 1;
        bool ends = done == state.FirstEpoch + state.Phase.Epochs;
        bool IsDue(int every) => every > 0 && done % every == 0;
        ExaminationResult found =
            IsDue(statisticsEvery) || (ends && statisticsEvery > 0)
                ? state.Tested(network => examination.Examine(network, done))
            : ends || IsDue(recipe.Training.EvaluateEvery) ? state.Tested(examination.Test)
            : default;
        last = ends ? found : null;
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
        )
        {
            GpuMemoryMb = execution.UsedGpuMemoryMb,
            Ranks = ranks.Count,
            ExchangeSeconds = exchanged.TotalSeconds,
            Penalty = fitted?.Penalty,
            FeatureScale = fitted?.FeatureScale,
            OutOfFold = fitted?.OutOfFold?.Metrics(data.ClassCounts),
        };
        bool wasFrozen = state.FrozenStages > 0;
        state.EndEpoch(record.AppendMetrics(metrics.ToJson()));
        record.Save(state);
        observer.OnEpoch(metrics);
        if (wasFrozen && state.FrozenStages == 0 && !state.IsPhaseDone)
        {
            observer.OnMessage($"what was frozen up to {recipe.Training.Freeze} learns from here on");
        }
    }

    private TrainingOutcome Interrupted()
    {
        ReadSteps();
        if (state.Step > 0)
        {
            RequireFinite(LearningRate(state.Step - 1));
            state.AverageBuffers(ranks);
            record.Save(state);
        }

        observer.OnMessage($"stopped after {state.Epoch} epochs and {state.Step} steps; everything is saved");
        return TrainingOutcome.Interrupted;
    }

    private TrainingOutcome Finish()
    {
        ExaminationResult? after =
            state.Phase.Epochs > 0 ? null
            : statisticsEvery > 0 ? state.Tested(network => examination.Examine(network, state.Epoch))
            : state.Tested(examination.Test);
        bool isStudied = after is { } found
            ? found.Statistics is not null
            : record.LastMetricsHave(TrainingStatistics.Key);
        var train = isStudied ? null : state.Tested(network => examination.Evaluate(network, data.Train));
        record.SavePredictions(
            after ?? last ?? state.Tested(examination.Test),
            data.HeldOutPart is { Fold: not null },
            observer.OnMessage
        );
        record.WriteResult(recipe, data, after, train);
        return TrainingOutcome.Finished;
    }

    /// <summary>No checkpoint is saved that could not be gone on from.</summary>
    private void RequireFinite(double learningRate)
    {
        if (!state.IsFinite())
        {
            throw Diverged("a parameter is no longer finite", state.Epoch, state.Step, learningRate);
        }
    }

    private DivergenceException Diverged(string what, int epoch, int step, double learningRate) =>
        new(
            $"Training diverged: {what} in epoch {epoch + 1}, step {step}, at learning rate {learningRate:G4}; "
                + $"last good checkpoint: {record.NewestCheckpoint}. Lower training.learning_rate or lengthen training.warmup and start a new run."
        );
}
