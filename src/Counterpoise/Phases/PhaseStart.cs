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
    private readonly Action<string> report;
    private readonly CancellationToken stop;

    internal PhaseStart(
        StagedNetwork network,
        Head previous,
        TrainingData data,
        InputPipeline input,
        Action<string> report,
        CancellationToken stop
    )
    {
        this.network = network;
        this.data = data;
        this.input = input;
        this.report = report;
        this.stop = stop;
        Previous = previous;
    }

    /// <summary>The head of the phase before.</summary>
    public Head Previous { get; }

    /// <summary>The number of training images of every class.</summary>
    public IReadOnlyList<int> ClassCounts => data.ClassCounts;

    /// <summary>The labels of the images held out of training, in order, or null.</summary>
    public IReadOnlyList<int>? HeldOutLabels => data.HeldOut?.Labels;

    /// <summary>Tells the user something, in one line.</summary>
    public void Report(string message) => report(message);

    /// <summary>
    /// Goes over the training images, without those held out, in order and as the network sees them in testing: not
    /// augmented, with running statistics. Random views whose features are trained on follow.
    /// </summary>
    /// <param name="use">
    /// Gets the last stage's map [N, C, H, W], the labels [N], int64, and the shares [N], float32, of each batch, within a
    /// dispose scope. The share is 1 of an image without views; those of an image and its views are 1 together.
    /// </param>
    /// <exception cref="OperationCanceledException">The user stopped the training.</exception>
    public void ForEachTrainingBatch(Action<Tensor, Tensor, Tensor> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        ForEachBatch(data.Train, use);
    }

    /// <summary>Goes over the images held out of training, in the same way; over none where none are held out.</summary>
    /// <param name="use">As for training images.</param>
    /// <exception cref="OperationCanceledException">The user stopped the training.</exception>
    public void ForEachHeldOutBatch(Action<Tensor, Tensor> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (data.HeldOut is { } images)
        {
            ForEachBatch(images, (map, labels, _) => use(map, labels));
        }
    }

    private void ForEachBatch(IImageSource images, Action<Tensor, Tensor, Tensor> use)
    {
        var rows = new ImageRows(images.Count, images.Views);
        double[] shares = rows.Shares;
        NetworkPass.Run(
            network,
            images,
            Enumerable.Range(0, rows.Count),
            input,
            (positions, map) =>
                use(
                    map,
                    Transfer.Up(Array.ConvertAll(positions, row => (long)images.Labels[rows[row]]), map.device),
                    Transfer.Up(Array.ConvertAll(positions, row => (float)shares[row]), map.device)
                ),
            stop,
            BatchSize
        );
    }
}
