using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>
/// All that the draws decide of an epoch's steps, made before the first of them: which images, with which labels, mixed
/// with whom and how much. On the device it lies as one tensor for each of these, of which a step takes its part.
/// </summary>
internal sealed class EpochPlan : IDisposable
{
    private readonly StepPlan[] steps;
    private readonly Stream[] streams;

    /// <param name="phase">The slots.</param>
    /// <param name="batches">The epoch's mini-batches, or the rest of them.</param>
    /// <param name="labels">The label of every training image.</param>
    /// <param name="device">Where training computes.</param>
    internal EpochPlan(
        Phase phase,
        IEnumerable<(StepContext Context, int[][] Positions)> batches,
        IReadOnlyList<int> labels,
        Device device
    )
    {
        int first = 0;
        List<StepPlan> planned = [];
        List<Mixing?>[] mixings = [];
        foreach ((StepContext context, int[][] positions) in batches)
        {
            mixings = mixings.Length == 0 ? [.. positions.Select(_ => new List<Mixing?>())] : mixings;
            for (int stream = 0; stream < positions.Length; stream++)
            {
                int[] own = Array.ConvertAll(positions[stream], position => labels[position]);
                mixings[stream]
                    .Add(
                        phase.Mixer is { Value: var mixer }
                            ? GroupedMixing.Mix(mixer, context.InStream(stream), own)
                            : null
                    );
            }

            planned.Add(new StepPlan(context, positions, first));
            first += positions[0].Length;
        }

        steps = [.. planned];
        streams =
        [
            .. mixings.Select(
                (mixing, stream) =>
                    new Stream(
                        [
                            .. planned
                                .SelectMany(step => step.Positions[stream])
                                .Select(position => (long)labels[position]),
                        ],
                        planned,
                        mixing,
                        device
                    )
            ),
        ];
    }

    /// <summary>The steps, in order.</summary>
    internal IReadOnlyList<StepPlan> Steps => steps;

    /// <summary>A step's mini-batch.</summary>
    /// <param name="step">Its place among the plan's steps.</param>
    /// <param name="images">Its images, prepared, in each stream.</param>
    internal StepBatch BatchOf(int step, Tensor[] images) =>
        new(
            steps[step].Context,
            images,
            Array.ConvertAll(streams, stream => stream.Targets(steps[step])),
            Array.ConvertAll(streams, stream => stream.Mixed(step, steps[step]))
        );

    public void Dispose() => Array.ForEach(streams, stream => stream.Dispose());

    /// <summary>One of the sampler's streams.</summary>
    private sealed class Stream : IDisposable
    {
        private readonly Mixing?[] mixings;
        private readonly Tensor targets;
        private readonly Tensor? partners;
        private readonly Tensor? weights;
        private readonly Tensor? labelWeights;

        internal Stream(long[] labels, IReadOnlyList<StepPlan> steps, List<Mixing?> decided, Device device)
        {
            using var scope = NewDisposeScope();
            mixings = [.. decided];
            targets = Transfer.Up(labels, device).DetachFromDisposeScope();
            if (Array.TrueForAll(mixings, mixing => mixing is null))
            {
                return;
            }

            // A step that is not mixed has its place, too.
            partners = Transfer
                .Up([.. All(mixing => mixing.Partner.Select(index => (long)index))], device)
                .DetachFromDisposeScope();
            weights = Transfer.Up([.. All(mixing => mixing.FeatureWeight)], device).DetachFromDisposeScope();
            labelWeights = Array.TrueForAll(mixings, mixing => mixing?.LabelWeight is null)
                ? null
                : Transfer.Up([.. All(mixing => mixing.LabelWeight)], device).DetachFromDisposeScope();

            IEnumerable<T> All<T>(Func<Mixing, IEnumerable<T>?> of)
                where T : struct =>
                mixings.SelectMany(
                    (mixing, step) =>
                        (mixing is null ? null : of(mixing)) ?? Enumerable.Repeat(default(T), steps[step].Count)
                );
        }

        internal Tensor Targets(StepPlan step) => Of(targets, step);

        internal MixedBatch? Mixed(int place, StepPlan step) =>
            mixings[place] is { } mixing
                ? new MixedBatch(
                    mixing.After,
                    Of(partners!, step),
                    Of(weights!, step),
                    mixing.LabelWeight is null ? null : Of(labelWeights!, step)
                )
                : null;

        public void Dispose()
        {
            targets.Dispose();
            partners?.Dispose();
            weights?.Dispose();
            labelWeights?.Dispose();
        }

        private static Tensor Of(Tensor all, StepPlan step) => all.narrow(0, step.First, step.Count);
    }
}

/// <summary>What the draws decide of one step's images.</summary>
/// <param name="Context">Where training stands.</param>
/// <param name="Positions">The images, in each of the sampler's streams.</param>
/// <param name="First">How many images the plan's steps before it have.</param>
internal sealed record StepPlan(StepContext Context, int[][] Positions, int First)
{
    /// <summary>The number of images of a stream.</summary>
    internal int Count => Positions[0].Length;
}
