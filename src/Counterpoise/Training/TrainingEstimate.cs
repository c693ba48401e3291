using System.Diagnostics;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>What a training will cost on this machine, measured over a few steps of it.</summary>
/// <param name="Duration">The time of all training passes; testing comes on top.</param>
/// <param name="PeakMemoryMb">The process's largest resident memory during those steps, in MB.</param>
/// <param name="ImagesPerSecond">Training images a second.</param>
/// <param name="GpuMemoryMb">What is used of the GPU after those steps, by this process and others, in MB; null for none.</param>
internal sealed record TrainingEstimate(
    TimeSpan Duration,
    double PeakMemoryMb,
    double ImagesPerSecond,
    double? GpuMemoryMb
)
{
    private const int WarmUpSteps = 2;
    private const int Steps = 4;

    /// <summary>Runs a few steps that leave nothing behind.</summary>
    public static TrainingEstimate Measure(Recipe recipe, TrainingData data, Execution execution)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(execution);
        set_num_threads(execution.Threads);
        using var state = new TrainingState(recipe, data.Train.Classes.Count, execution);
        using var input = new InputPipeline(data.Normalisation, execution);
        if (execution.KeepsOnDevice)
        {
            input.Keep(data.Train, data.Augmentation.Pad);
            input.Keep(data.Test, 0);
        }

        var source = new StepSource(data, input);
        Phase phase = recipe.Phases[0];
        var draws = new Draws(recipe.Seed);
        ISampler sampler = phase.Sampler?.Value ?? new InstanceSampler();
        int[][] positions = Array.ConvertAll(
            sampler.Streams(data.Train.Labels, draws, 0),
            stream => stream[..Math.Min(phase.Training.BatchSize, stream.Length)]
        );
        long start = 0;
        state.BeginEpoch(Ranks.Alone);
        for (int step = 0; step < WarmUpSteps + Steps; step++)
        {
            start = step == WarmUpSteps ? Stopwatch.GetTimestamp() : start;
            using (NewDisposeScope())
            {
                var context = new StepContext(0, 0, phase.Epochs, step, 0, data.ClassCounts, draws, 0)
                {
                    LabelSmoothing = phase.Training.LabelSmoothing,
                };
                using var plan = new EpochPlan(phase, [(context, positions)], data.Train.Labels, execution.TorchDevice);
                source.ForEach(
                    plan,
                    batch =>
                    {
                        StepResult result = state.Compute(batch, Ranks.Alone);
                        state.Learn(batch.Context, result.Gradients);
                        _ = Transfer.Number<float>(result.Loss);
                    }
                );
            }

            Allocator.FreeNativeNumbers();
        }

        double speed = Steps * recipe.Training.BatchSize / Stopwatch.GetElapsedTime(start).TotalSeconds;
        double total = (double)data.Train.Count * recipe.Phases.Sum(p => p.Epochs);
        return new TrainingEstimate(
            TimeSpan.FromSeconds(total / speed),
            ProcessMemory.PeakMb,
            speed,
            execution.UsedGpuMemoryMb
        );
    }
}
