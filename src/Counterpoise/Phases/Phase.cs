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

    /// <summary>Learning rates of parts of the network: the first group that fits counts; what none fits learns at the full rate.</summary>
    public ValueList<ParameterGroup> Groups { get; internal init; } = new();

    /// <summary>Whether normalisation keeps the running statistics of the phase before, and normalises with them.</summary>
    public bool FreezesStatistics { get; internal init; }

    /// <summary>The learning rate of a parameter over the phase's; 0 where it is frozen.</summary>
    /// <param name="parameter">The parameter's name, that of the head's replaced by <c>head</c>.</param>
    public double RateFactor(string parameter) =>
        Groups.FirstOrDefault(group => parameter.StartsWith(group.Prefix, StringComparison.Ordinal))?.RateFactor ?? 1;

    internal Phase WithMixer(IMixer mixer, string by) => this with { Mixer = Fill("mixer", Mixer, mixer, by) };

    internal Phase WithWeights(IClassWeights weights, string by) =>
        this with
        {
            Weights = Fill("class weights", Weights, weights, by),
        };

    internal Phase WithLoss(ILoss loss, string by) => this with { Loss = Fill("loss", Loss, loss, by) };

    internal Phase WithSampler(ISampler sampler, string by) =>
        this with
        {
            Sampler = Fill("sampler", Sampler, sampler, by),
        };

    internal Phase WithHead(IHead head, string by) => this with { Head = Fill("head", Head, head, by) };

    /// <summary>Refuses a first phase whose network goes without its last block.</summary>
    internal void RequireWholeNetwork(string by)
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
    internal void RequireLinearHead(string by)
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
