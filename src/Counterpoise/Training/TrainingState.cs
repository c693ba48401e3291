using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>All that changes while training: network, optimizer, average, and how far the epoch is. Saved and restored as a whole.</summary>
internal sealed class TrainingState : IDisposable
{
    private readonly IReadOnlyList<Phase> phases;
    private readonly int classes;
    private readonly int imageSize;
    private readonly Draws draws;
    private readonly Execution execution;
    private readonly NetworkDescription description;
    private readonly Device device;
    private RoundedKernels? rounded;
    private IReadOnlyList<Learner> learning = [];
    private WeightAverage? average;
    private int frozenSince; // The frozen stages that all these are made for.

    /// <summary>The state at the beginning of the first phase.</summary>
    internal TrainingState(Recipe recipe, int classes, Execution execution)
    {
        phases = recipe.Phases;
        this.classes = classes;
        imageSize = recipe.Data.ImageSize;
        draws = new Draws(recipe.Seed);
        this.execution = execution;
        device = execution.TorchDevice;
        description = recipe.Network;
        Network = description.Create(classes, draws);
        Network.to(device);
        MakeHead(Network, classes)?.Dispose();
        Optimizer = MakeOptimizer();
        average = MakeAverage(null);
    }

    internal StagedNetwork Network { get; }

    /// <summary>Changes what learns in the current phase.</summary>
    internal IOptimizer Optimizer { get; private set; }

    /// <summary>How many stages do not learn now, the stem and the first ones.</summary>
    internal int FrozenStages => Phase.Training.FrozenStages(Network.Stages, Epoch);

    /// <summary>Which phase is the current one, from 0.</summary>
    internal int PhaseIndex { get; private set; }

    internal Phase Phase => phases[PhaseIndex];

    /// <summary>The epoch of the whole run that the current phase begins with.</summary>
    internal int FirstEpoch => phases.Take(PhaseIndex).Sum(phase => phase.Epochs);

    /// <summary>Whether all epochs of the current phase are done.</summary>
    internal bool IsPhaseDone => Epoch >= FirstEpoch + Phase.Epochs;

    /// <summary>Whether the current phase is the recipe's last.</summary>
    internal bool IsLastPhase => PhaseIndex == phases.Count - 1;

    /// <summary>Completed epochs, over all phases.</summary>
    internal int Epoch { get; private set; }

    /// <summary>Steps done in the current epoch.</summary>
    internal int Step { get; private set; }

    /// <summary>The sum of the epoch's losses, each times its batch's size.</summary>
    internal double LossSum { get; private set; }

    /// <summary>Images of the epoch classified correctly as trained.</summary>
    internal long Correct { get; private set; }

    /// <summary>Images of the epoch so far.</summary>
    internal long Seen { get; private set; }

    /// <summary>Seconds spent on the epoch's steps so far.</summary>
    internal double Seconds { get; private set; }

    /// <summary>The length of the run's metrics at the last completed epoch, in bytes.</summary>
    internal long MetricsLength { get; private set; }

    internal double MeanLoss => LossSum / Math.Max(1, Seen);

    internal double RunningAccuracy => 100.0 * Correct / Math.Max(1, Seen);

    internal double ImagesPerSecond => Seen / Math.Max(Seconds, 1e-9);

    /// <summary>Puts the network into the mode that the phase trains in.</summary>
    internal void BeginEpoch(Ranks ranks)
    {
        BatchNormalisationMode mode = Phase.Training.BatchNorm;
        Network.train(!Phase.FreezesStatistics && mode != BatchNormalisationMode.Frozen);
        foreach (BatchNormalisation layer in Network.modules().OfType<BatchNormalisation>())
        {
            layer.Ranks = mode == BatchNormalisationMode.Synchronised ? ranks : Ranks.Alone;
            layer.CountsApart = execution.KeepsOnDevice;
        }

        int frozen = FrozenStages;
        foreach ((string name, nn.Module layer) in Network.named_modules())
        {
            if (Network.PlaceOf(name) <= frozen && !layer.children().Any())
            {
                layer.eval();
            }
        }
    }

    /// <summary>Computes the loss and the gradients of one mini-batch; call it within a dispose scope.</summary>
    internal StepResult Compute(StepBatch batch, Ranks ranks) =>
        rounded is null || batch.Images.Length > 1 // What several streams send back to a kernel is added in float32.
            ? TrainingStep.Compute(Network, Phase, batch, Optimizer.Parameters, ranks)
            : rounded.Use(
                Optimizer.Parameters,
                learning => TrainingStep.Compute(Network, Phase, batch, learning, ranks)
            );

    /// <summary>Changes what learns by a step's gradients, and adds what it became to the average.</summary>
    internal void Learn(in StepContext context, IReadOnlyList<Tensor?> gradients)
    {
        Optimizer.Step(context.LearningRate, gradients);
        average?.Add(context.Step);
    }

    /// <summary>What is found of the network as it is tested: with the average of its weights, where there is one.</summary>
    internal T Tested<T>(Func<StagedNetwork, T> find)
    {
        average?.Exchange();
        try
        {
            return find(Network);
        }
        finally
        {
            average?.Exchange();
        }
    }

    /// <summary>Makes the network what is tested: training does not go on from there.</summary>
    internal void TakeAverage() => average?.Take();

    /// <summary>Begins the average anew at the weights as they are.</summary>
    internal void RestartAverage() => average?.Restart();

    internal void AddStep(double loss, int correct, int images)
    {
        Step++;
        LossSum += loss * images;
        Correct += correct;
        Seen += images;
    }

    internal void AddSeconds(double seconds) => Seconds += seconds;

    /// <summary>Goes on to the next epoch, from which on more may learn.</summary>
    internal void EndEpoch(long metricsLength)
    {
        Epoch++;
        MetricsLength = metricsLength;
        (Step, LossSum, Correct, Seen, Seconds) = (0, 0, 0, 0, 0);
        Unfreeze();
    }

    /// <summary>
    /// Goes on to the next phase: from the average of the weights, with another head where a method fills that slot, other
    /// learning rates, and an optimizer and an average that have seen nothing yet.
    /// </summary>
    /// <returns>The head of the phase before, where it has no part in the new one, for the caller to dispose of; else null.</returns>
    internal Head? EnterNextPhase()
    {
        TakeAverage();
        PhaseIndex++;
        Head? left = MakeHead(Network, classes);
        Optimizer.Dispose();
        Optimizer = MakeOptimizer();
        average?.Dispose();
        average = MakeAverage(null);
        return left;
    }

    /// <summary>Where less is frozen than before, the optimizer begins anew, and the average goes on.</summary>
    private void Unfreeze()
    {
        if (FrozenStages == frozenSince)
        {
            return;
        }

        Optimizer.Dispose();
        Optimizer = MakeOptimizer();
        using WeightAverage? before = average;
        average = MakeAverage(before);
    }

    /// <summary>Another network with a head like this one's, as they are before training, on the run's device.</summary>
    /// <param name="ofClasses">Its number of classes.</param>
    internal StagedNetwork MakeTwin(int ofClasses)
    {
        StagedNetwork twin = description.Create(ofClasses, draws);
        twin.to(device);
        MakeHead(twin, ofClasses)?.Dispose();
        return twin;
    }

    /// <summary>Gives a network the head of the current phase.</summary>
    /// <returns>The head before, where it has no part in the new one; null where it stays.</returns>
    private Head? MakeHead(StagedNetwork network, int ofClasses)
    {
        if (Phase.Head is not { Value: var maker })
        {
            return null;
        }

        using var scope = NewDisposeScope();
        Head previous = network.Head;
        var own = new Draws(draws.At(DrawPurpose.Head, PhaseIndex).NextBits());
        Head head = maker.Create(network, new HeadPlace(ofClasses, imageSize, own));
        head.to(device);
        foreach (Tensor tensor in head.parameters().Concat(head.buffers()))
        {
            tensor.DetachFromDisposeScope(); // The network owns them, not whatever scope the caller is in.
        }

        network.Head = head;
        return head.modules().Contains(previous) ? null : previous;
    }

    private IOptimizer MakeOptimizer()
    {
        frozenSince = FrozenStages;
        learning = Learner.Settle(Network, Phase, frozenSince);
        rounded?.Dispose();
        rounded =
            execution.KeepsOnDevice && execution.ElementType != ScalarType.Float32
                ? new RoundedKernels(Network, execution.ElementType)
                : null;
        return IOptimizer.Of(Phase.Training, learning, execution.FusesUpdates);
    }

    /// <summary>The average of what can change: parameters that learn, and buffers of what is not frozen.</summary>
    private WeightAverage? MakeAverage(WeightAverage? before) =>
        Phase.Training.Ema == 0
            ? null
            : new WeightAverage(
                Phase.Training.Ema,
                [.. learning.Select(learner => (learner.Name, (Tensor)learner.Parameter)), .. MovingBuffers()],
                before
            );

    private IEnumerable<(string Name, Tensor Buffer)> MovingBuffers() =>
        Network
            .named_buffers()
            .Where(pair => pair.buffer.dtype == ScalarType.Float32 && Network.PlaceOf(pair.name) > frozenSince);

    /// <summary>Replaces what ranks have accumulated each on its own, such as running statistics, by the mean over the ranks.</summary>
    internal unsafe void AverageBuffers(Ranks ranks)
    {
        if (ranks.Count == 1)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (
            Tensor buffer in MovingBuffers()
                .SelectMany(pair => new[] { pair.Buffer, average?.Of(pair.Name) })
                .OfType<Tensor>()
        )
        {
            Tensor mean = buffer.cpu().contiguous();
            ranks.Sum(new Span<float>(TensorMemory.Address(mean, ScalarType.Float32), (int)mean.numel()));
            buffer.copy_(mean / ranks.Count);
        }
    }

    /// <summary>Whether every parameter is a finite number.</summary>
    internal bool IsFinite()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Transfer.Number<bool>(
            stack([.. Network.parameters().Select(parameter => parameter.isfinite().all())]).all()
        );
    }

    internal Checkpoint ToCheckpoint() =>
        new(
            Epoch,
            Step,
            MetricsLength,
            new JsonObject
            {
                ["phase"] = PhaseIndex,
                ["loss_sum"] = LossSum,
                ["correct"] = Correct,
                ["seen"] = Seen,
                ["seconds"] = Seconds,
            },
            Tensors()
        );

    /// <summary>Goes back to what a checkpoint file holds.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged, or of another network.</exception>
    internal void RestoreFrom(string file)
    {
        Checkpoint checkpoint = Checkpoint.Load(file);
        try
        {
            Restore(checkpoint, file);
        }
        finally
        {
            foreach (Tensor tensor in checkpoint.Tensors.Values)
            {
                tensor.Dispose();
            }
        }
    }

    private void Restore(Checkpoint checkpoint, string file)
    {
        int phase = checkpoint.State["phase"]?.GetValue<int>() ?? 0; // Absent where a run of one phase was written before there were more.
        if (phase < PhaseIndex || phase >= phases.Count)
        {
            throw new CounterpoiseException(
                $"{file} is of phase {phase + 1}, but the recipe has {phases.Count}; resume with the recipe that wrote it."
            );
        }

        Epoch = checkpoint.Epoch;
        while (PhaseIndex < phase)
        {
            EnterNextPhase()?.Dispose();
        }

        Unfreeze();

        using var noGradient = no_grad();
        Dictionary<string, Tensor> own = Tensors();
        string[] different =
        [
            .. own
                .Keys.Union(checkpoint.Tensors.Keys)
                .Where(name =>
                    !own.TryGetValue(name, out Tensor? mine)
                    || !checkpoint.Tensors.TryGetValue(name, out Tensor? saved)
                    || !mine.shape.SequenceEqual(saved.shape)
                ),
        ];
        if (different.Length > 0)
        {
            throw new CounterpoiseException(
                $"{file} does not fit this network: {different[0]} and {different.Length - 1} more tensors are missing, "
                    + "unexpected or of another shape; resume with the recipe that wrote it."
            );
        }

        foreach ((string name, Tensor tensor) in own)
        {
            tensor.copy_(checkpoint.Tensors[name]);
        }

        Step = checkpoint.Step;
        MetricsLength = checkpoint.MetricsLength;
        LossSum = checkpoint.State["loss_sum"]!.GetValue<double>();
        Correct = checkpoint.State["correct"]!.GetValue<long>();
        Seen = checkpoint.State["seen"]!.GetValue<long>();
        Seconds = checkpoint.State["seconds"]!.GetValue<double>();
    }

    public void Dispose()
    {
        rounded?.Dispose();
        average?.Dispose();
        Optimizer.Dispose();
        Network.Dispose();
    }

    private Dictionary<string, Tensor> Tensors()
    {
        foreach (BatchNormalisation layer in Network.modules().OfType<BatchNormalisation>())
        {
            layer.WriteCount();
        }

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in Network.named_parameters())
        {
            tensors[name] = parameter;
        }

        foreach ((string name, Tensor buffer) in Network.named_buffers())
        {
            tensors[name] = buffer;
        }

        foreach ((string name, Tensor kept) in Optimizer.State.Concat(average?.State ?? []))
        {
            tensors[name] = kept;
        }

        return tensors;
    }
}
