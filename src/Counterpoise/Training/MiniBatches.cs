using System.Numerics;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runtime;

namespace Counterpoise.Training;

/// <summary>Which images each step of an epoch takes, and where training then stands: this rank's share of every mini-batch.</summary>
internal sealed class MiniBatches
{
    private readonly TrainingData data;
    private readonly Ranks ranks;
    private readonly Draws draws;

    /// <exception cref="UsageException">A mini-batch has fewer images than groups.</exception>
    internal MiniBatches(Recipe recipe, TrainingData data, Ranks ranks)
    {
        this.data = data;
        this.ranks = ranks;
        draws = new Draws(recipe.Seed);
        MixingGroups = GroupsOf(recipe, data, ranks);
    }

    /// <summary>The groups of a mini-batch within which mixing partners are drawn, on all ranks together.</summary>
    internal int MixingGroups { get; }

    /// <summary>The steps of an epoch.</summary>
    internal int StepsOf(Phase phase) => (data.Train.Count + phase.Training.BatchSize - 1) / phase.Training.BatchSize;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="phaseEpoch">The epoch within the phase, from 0.</param>
    /// <param name="step">The step within the epoch, from 0.</param>
    internal double LearningRate(Phase phase, int phaseEpoch, int step)
    {
        int steps = StepsOf(phase);
        return LearningRateSchedule.At(phase.Training, ((long)phaseEpoch * steps) + step, steps, phase.Epochs);
    }

    /// <summary>The mini-batches of an epoch from a step on.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="epoch">The epoch of the whole run, from 0.</param>
    /// <param name="phaseEpoch">The epoch within the phase, from 0.</param>
    /// <param name="fromStep">The first step, from 0.</param>
    /// <returns>Contexts, and positions of training images in each of the sampler's streams.</returns>
    internal IEnumerable<(StepContext Context, int[][] Positions)> Of(
        Phase phase,
        int epoch,
        int phaseEpoch,
        int fromStep
    )
    {
        ISampler sampler = phase.Sampler?.Value ?? new InstanceSampler();
        int[][] streams = sampler.Streams(data.Train.Labels, draws, epoch);
        int steps = StepsOf(phase);
        return Enumerable.Range(fromStep, steps - fromStep).Select(Batch);

        (StepContext Context, int[][] Positions) Batch(int step)
        {
            int first = step * phase.Training.BatchSize;
            int last = Math.Min(first + phase.Training.BatchSize, data.Train.Count);
            (int offset, int count) = ranks.ShareOf(last - first, MixingGroups).GetOffsetAndLength(last - first);
            var context = new StepContext(
                epoch,
                phaseEpoch,
                phase.Epochs,
                ((long)phaseEpoch * steps) + step,
                LearningRate(phase, phaseEpoch, step),
                data.ClassCounts,
                draws,
                first
            )
            {
                MixingGroups = MixingGroups / ranks.Count,
                LabelSmoothing = phase.Training.LabelSmoothing,
            };
            return (
                context.From(offset),
                Array.ConvertAll(streams, stream => stream.AsSpan(first + offset, count).ToArray())
            );
        }
    }

    /// <summary>As many groups as the recipe says, and whole ones on each rank.</summary>
    private static int GroupsOf(Recipe recipe, TrainingData data, Ranks ranks)
    {
        int wanted = recipe.Mixing.Groups ?? 1;
        int groups = wanted * ranks.Count / (int)BigInteger.GreatestCommonDivisor(wanted, ranks.Count);
        foreach (int batch in recipe.Phases.Select(phase => phase.Training.BatchSize))
        {
            int smallest = data.Train.Count % batch is > 0 and var last ? last : batch;
            if (smallest < groups)
            {
                throw new UsageException(
                    $"training.batch_size is {batch}, which leaves {smallest} of {data.Train.Count} images for the last batch, expected at least "
                        + $"one for each of {groups} ranks or groups (mixing.groups); choose another batch size or fewer ranks."
                );
            }
        }

        return groups;
    }
}
