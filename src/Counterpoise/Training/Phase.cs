using Counterpoise.Methods;

namespace Counterpoise.Training;

/// <summary>What fills a slot, and the method that filled it.</summary>
/// <param name="Value">The filling.</param>
/// <param name="By">The method's name, as it is named in recipes.</param>
public sealed record Slot<T>(T Value, string By);

/// <summary>One phase of training: its length and what fills its slots.</summary>
/// <param name="Name">A name for progress and metrics.</param>
/// <param name="Epochs">The number of epochs.</param>
public sealed record Phase(string Name, int Epochs)
{
    /// <summary>How features are mixed; empty for not at all.</summary>
    public Slot<IMixer>? Mixer { get; private init; }

    /// <summary>Class weights in the loss; empty for equal ones.</summary>
    public Slot<IClassWeights>? Weights { get; private init; }

    /// <summary>The loss of each example; softmax cross-entropy unless a method fills it.</summary>
    public Slot<ILoss>? Loss { get; private init; }

    /// <summary>Which images an epoch shows; every image once unless a method fills it.</summary>
    public Slot<ISampler>? Sampler { get; private init; }

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

    private static Slot<T> Fill<T>(string slot, Slot<T>? filled, T value, string by) =>
        filled is null
            ? new Slot<T>(value, by)
            : throw new UsageException(
                $"methods '{filled.By}' and '{by}' cannot be combined: both fill the {slot} slot; choose one of them."
            );
}
