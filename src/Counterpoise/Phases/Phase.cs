using Counterpoise.Basics;

namespace Counterpoise.Phases;

/// <summary>One phase of training: how long and how fast it trains which parameters, and what fills its slots.</summary>
/// <remarks>A second phase goes on with the network of the first, not with its slots.</remarks>
/// <param name="Name">A name for progress and metrics.</param>
/// <param name="Training">Epochs, batches, learning rate and weight decay of this phase; 0 epochs train nothing.</param>
public sealed record Phase(string Name, TrainingSettings Training)
{
    /// <summary>A phase of so many epochs with the default settings.</summary>
    public Phase(string name, int epochs)
        : this(name, new TrainingSettings { Epochs = epochs }) { }

    /// <summary>The number of epochs.</summary>
    public int Epochs => Training.Epochs;

    /// <summary>How features are mixed; empty for not at all.</summary>
    public Slot<IMixer>? Mixer { get; private init; }

    /// <summary>Class weights in the loss; empty for equal ones.</summary>
    public Slot<IClassWeights>? Weights { get; private init; }

    /// <summary>The loss of each example; softmax cross-entropy unless a method fills it.</summary>
    public Slot<ILoss>? Loss { get; private init; }

    /// <summary>Which images an epoch shows; every image once unless a method fills it.</summary>
    public Slot<ISampler>? Sampler { get; private init; }

    /// <summary>The classifier; the network's own, or that of the phase before, unless a method fills it.</summary>
    public Slot<IHead>? Head { get; private init; }

    /// <summary>Whether the classifier is computed from all images at once: then nothing else of the network changes.</summary>
    internal bool IsEstimated => Head?.Value is IEstimatedHead;

    /// <summary>Learning rates of parts of the network: the first group that fits counts; what none fits learns at the full rate.</summary>
    public ValueList<ParameterGroup> Groups { get; init; } = new();

    /// <summary>Whether normalisation keeps the running statistics of the phase before, and normalises with them.</summary>
    public bool FreezesStatistics { get; init; }

    /// <summary>The learning rate of a parameter over the phase's; 0 where it is frozen.</summary>
    /// <param name="parameter">The parameter's name, that of the head's replaced by <c>head</c>.</param>
    public double RateFactor(string parameter) =>
        Groups.FirstOrDefault(group => parameter.StartsWith(group.Prefix, StringComparison.Ordinal))?.RateFactor ?? 1;

    /// <summary>This phase with its mixer slot filled.</summary>
    /// <param name="mixer">How features are mixed.</param>
    /// <param name="by">The name of the method that fills it.</param>
    /// <exception cref="UsageException">The slot is filled already; the message names both methods.</exception>
    public Phase WithMixer(IMixer mixer, string by) => this with { Mixer = Fill("mixer", Mixer, mixer, by) };

    /// <summary>This phase with its slot of class weights filled.</summary>
    /// <param name="weights">The weight of every class in the loss.</param>
    /// <param name="by">The name of the method that fills it.</param>
    /// <exception cref="UsageException">The slot is filled already; the message names both methods.</exception>
    public Phase WithWeights(IClassWeights weights, string by) =>
        this with
        {
            Weights = Fill("class weights", Weights, weights, by),
        };

    /// <summary>This phase with its loss slot filled.</summary>
    /// <param name="loss">The loss of each example.</param>
    /// <param name="by">The name of the method that fills it.</param>
    /// <exception cref="UsageException">The slot is filled already; the message names both methods.</exception>
    public Phase WithLoss(ILoss loss, string by) => this with { Loss = Fill("loss", Loss, loss, by) };

    /// <summary>This phase with its sampler slot filled.</summary>
    /// <param name="sampler">Which images an epoch shows.</param>
    /// <param name="by">The name of the method that fills it.</param>
    /// <exception cref="UsageException">The slot is filled already; the message names both methods.</exception>
    public Phase WithSampler(ISampler sampler, string by) =>
        this with
        {
            Sampler = Fill("sampler", Sampler, sampler, by),
        };

    /// <summary>This phase with its head slot filled.</summary>
    /// <param name="head">Makes the classifier.</param>
    /// <param name="by">The name of the method that fills it.</param>
    /// <exception cref="UsageException">The slot is filled already; the message names both methods.</exception>
    public Phase WithHead(IHead head, string by) => this with { Head = Fill("head", Head, head, by) };

    /// <summary>Refuses a first phase whose network goes without its last block.</summary>
    /// <param name="by">The name of the method that needs it.</param>
    /// <exception cref="UsageException">It goes without; the message names both methods.</exception>
    public void RequireWholeNetwork(string by)
    {
        if (Head is { Value.ReplacesLastBlock: true } head)
        {
            throw new UsageException(
                $"methods '{head.By}' and '{by}' cannot be combined: {head.By} replaces the network's last block, "
                    + $"and {by} needs a whole network; choose one of them."
            );
        }
    }

    /// <summary>Refuses a first phase whose classifier is not a linear one.</summary>
    /// <param name="by">The name of the method that needs it.</param>
    /// <exception cref="UsageException">It is another; the message names both methods.</exception>
    public void RequireLinearHead(string by)
    {
        if (Head is { } head)
        {
            throw new UsageException(
                $"methods '{head.By}' and '{by}' cannot be combined: {by} starts from a linear classifier, "
                    + $"and {head.By} trains one of another form; choose one of them."
            );
        }
    }

    private static Slot<T> Fill<T>(string slot, Slot<T>? filled, T value, string by) =>
        filled is null
            ? new Slot<T>(value, by)
            : throw new UsageException(
                $"methods '{filled.By}' and '{by}' cannot be combined: both fill the {slot} slot; choose one of them."
            );
}
