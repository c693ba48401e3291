using System.Text.Json.Nodes;
using Counterpoise.Models;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>All that changes while training: network, momentum, and how far the epoch is. Saved and restored as a whole.</summary>
internal sealed class TrainingState : IDisposable
{
    private const string MomentumPrefix = "momentum.";

    internal TrainingState(Recipe recipe, int classes, Execution execution)
    {
        Network = NetworkCatalogue.Find(recipe.Model).Create(classes, new Draws(recipe.Seed));
        Network.to(execution.TorchDevice);
        Optimizer = new Sgd(
            Network.named_parameters().Select(named => (named.name, named.parameter)),
            recipe.Training.Momentum,
            recipe.Training.WeightDecay
        );
    }

    internal StagedNetwork Network { get; }

    internal Sgd Optimizer { get; }

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

    internal void AddStep(double loss, int correct, int images, double seconds)
    {
        Step++;
        LossSum += loss * images;
        Correct += correct;
        Seen += images;
        Seconds += seconds;
    }

    internal void EndEpoch(long metricsLength)
    {
        Epoch++;
        MetricsLength = metricsLength;
        (Step, LossSum, Correct, Seen, Seconds) = (0, 0, 0, 0, 0);
    }

    /// <summary>Whether every parameter is a finite number.</summary>
    internal bool IsFinite()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Network.parameters().All(parameter => parameter.isfinite().all().item<bool>());
    }

    internal Checkpoint ToCheckpoint() =>
        new(
            Epoch,
            Step,
            MetricsLength,
            new JsonObject
            {
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

        Epoch = checkpoint.Epoch;
        Step = checkpoint.Step;
        MetricsLength = checkpoint.MetricsLength;
        LossSum = checkpoint.State["loss_sum"]!.GetValue<double>();
        Correct = checkpoint.State["correct"]!.GetValue<long>();
        Seen = checkpoint.State["seen"]!.GetValue<long>();
        Seconds = checkpoint.State["seconds"]!.GetValue<double>();
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
    }

    private Dictionary<string, Tensor> Tensors()
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in Network.named_parameters())
        {
            tensors[name] = parameter;
        }

        foreach ((string name, Tensor buffer) in Network.named_buffers())
        {
            tensors[name] = buffer;
        }

        foreach ((string name, Tensor velocity) in Optimizer.State)
        {
            tensors[MomentumPrefix + name] = velocity;
        }

        return tensors;
    }
}
