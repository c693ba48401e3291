using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Data;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>Steps and evaluation as the plain port does them, in a process whose allocator nobody has touched unless told to.</summary>
internal sealed class PlainPortJob : IJob
{
    internal const string Name = "plain-port";

    // Small, as for our steps: the same batch is shown again and again.
    private const double LearningRate = 1e-3;

    private readonly Workload workload;
    private readonly PlainPort network;
    private readonly SGD optimizer;
    private readonly Tensor pixels;
    private readonly Tensor images;
    private readonly Tensor targets;
    private readonly Tensor mean;
    private readonly Tensor std;

    internal PlainPortJob(WorkerSettings settings)
    {
        if (settings.KeepsFreedMemory)
        {
            Allocator.KeepFreedMemory();
        }

        set_num_threads(settings.Threads);
        workload = settings.Workload;
        network = new PlainPort(workload.Depth, settings.Classes);
        TrainingSettings training = workload.Recipe("erm").Training;
        optimizer = optim.SGD(
            network.parameters(),
            LearningRate,
            momentum: training.Momentum,
            weight_decay: training.WeightDecay
        );
        using InMemoryImages source = GeneratedImages.Spread(workload.ImagesPerEvaluation, settings.Classes, seed: 4);
        long[] labels = [.. source.Labels.Take(workload.BatchSize).Select(label => (long)label)];
        using var scope = NewDisposeScope();
        pixels = source.Read([.. Enumerable.Range(0, source.Count)]).DetachFromDisposeScope();
        mean = tensor(Normalisation.Cifar.Mean.ToArray()).reshape(1, 3, 1, 1).DetachFromDisposeScope();
        std = tensor(Normalisation.Cifar.Std.ToArray()).reshape(1, 3, 1, 1).DetachFromDisposeScope();
        images = Prepare(0).DetachFromDisposeScope();
        targets = tensor(labels).DetachFromDisposeScope();
    }

    public Turn Run(string turn) =>
        turn switch
        {
            OurJob.Train => Turn.Measure(workload.ImagesPerTurn, Train),
            OurJob.Evaluate => Turn.Measure(workload.ImagesPerEvaluation, Evaluate),
            _ => throw new UsageException($"turn '{turn}' is not known."),
        };

    public void Dispose()
    {
        optimizer.Dispose();
        network.Dispose();
        foreach (Tensor tensor in new[] { pixels, images, targets, mean, std })
        {
            tensor.Dispose();
        }
    }

    private void Train()
    {
        network.train();
        for (int step = 0; step < workload.StepsPerTurn; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(network.call(images), targets);
            loss.backward();
            optimizer.step();
            _ = loss.item<float>();
        }
    }

    private void Evaluate()
    {
        network.eval();
        using var noGradient = no_grad();
        for (int first = 0; first < workload.ImagesPerEvaluation; first += workload.BatchSize)
        {
            using var scope = NewDisposeScope();
            _ = network.call(Prepare(first)).argmax(1).data<long>().ToArray();
        }
    }

    /// <summary>A batch of uint8 images as the network takes it: float32, normalised.</summary>
    private Tensor Prepare(int first)
    {
        Tensor batch = pixels[first..(first + workload.BatchSize)].to(ScalarType.Float32) / 255;
        return (batch - mean) / std;
    }
}
