using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Phases;

/// <summary>What a second phase can start from: the head of the phase before, and the data as the network sees it.</summary>
public sealed class PhaseStart
{
    private const int BatchSize = 256;
    private readonly StagedNetwork network;
    private readonly TrainingData data;
    private readonly InputPipeline input;
    private readonly Action<string> say;
    private readonly CancellationToken stop;

    internal PhaseStart(
        StagedNetwork network,
        Head previous,
        TrainingData data,
        InputPipeline input,
        Action<string> say,
        CancellationToken stop
    )
    {
        this.network = network;
        this.data = data;
        this.input = input;
        this.say = say;
        this.stop = stop;
        Previous = previous;
    }

    /// <summary>The head of the phase before.</summary>
    public Head Previous { get; }

    /// <summary>The number of training images of every class.</summary>
    public IReadOnlyList<int> ClassCounts => data.ClassCounts;

    /// <summary>The training images, without those held out.</summary>
    public IImageSource Train => data.Train;

    /// <summary>Images held out of training, or null.</summary>
    public IImageSource? HeldOut => data.HeldOut;

    /// <summary>Tells the user something, in one line.</summary>
    public void Say(string message) => say(message);

    /// <summary>Goes over images in order, as the network sees them in testing: not augmented, with running statistics.</summary>
    /// <param name="images">The images.</param>
    /// <param name="use">Gets the last stage's map [N, C, H, W] and the labels [N], int64, of each batch, within a dispose scope.</param>
    /// <exception cref="OperationCanceledException">The user stopped the training.</exception>
    public void ForEachBatch(IImageSource images, Action<Tensor, Tensor> use)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(use);
        NetworkPass.Run(
            network,
            images,
            Enumerable.Range(0, images.Count),
            input,
            (positions, map) =>
                use(map, tensor(Array.ConvertAll(positions, at => (long)images.Labels[at]), device: map.device)),
            stop,
            BatchSize
        );
    }
}
