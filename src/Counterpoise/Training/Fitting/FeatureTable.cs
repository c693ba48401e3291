using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>What a classifier is fitted on: the maps that it sees of all training images, and their labels.</summary>
/// <param name="Maps">[rows, C, H, W], float64, on the CPU: of the N images, then of random views of them.</param>
/// <param name="Labels">The label of each image.</param>
/// <param name="Groups">The group of each image, which stays on one side of a split; null for none.</param>
/// <param name="Classes">The number of classes.</param>
internal sealed record FeatureTable(Tensor Maps, IReadOnlyList<int> Labels, IReadOnlyList<int>? Groups, int Classes)
    : IDisposable
{
    private (Tensor Values, Tensor Vectors)? spectrum;

    /// <summary>Which image each row of the maps is of.</summary>
    internal ImageRows Rows { get; init; } = new(Labels.Count, []);

    /// <summary>What the classifier of a network sees of the training images, as they are: means over places, [rows, C, 1, 1].</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The images.</param>
    /// <param name="input">Prepares them.</param>
    /// <param name="stop">Stops between batches.</param>
    internal static FeatureTable Of(
        StagedNetwork network,
        TrainingData data,
        InputPipeline input,
        CancellationToken stop
    )
    {
        var rows = new ImageRows(data.Train.Count, data.Train.Views);
        Tensor maps = empty([rows.Count, network.Features, 1, 1], ScalarType.Float64);
        NetworkPass.Run(
            network,
            data.Train,
            Enumerable.Range(0, rows.Count),
            input,
            (positions, map) =>
            {
                Tensor pooled = tensor(Transfer.Down<float>(Head.Pool(map))).view(positions.Length, -1, 1, 1);
                maps.narrow(0, positions[0], positions.Length).copy_(pooled);
            },
            stop
        );
        return new FeatureTable(maps, data.Train.Labels, data.Groups, data.Train.Classes.Count) { Rows = rows };
    }

    /// <summary>The maps of the images as they are tested, [N, C, H, W], in the caller's dispose scope.</summary>
    internal Tensor Plain => Maps.narrow(0, 0, Labels.Count);

    /// <summary>The labels of the images, [N], int64, in the caller's dispose scope.</summary>
    internal Tensor Targets => tensor(Labels.Select(label => (long)label).ToArray());

    /// <summary>The labels of the rows, [rows], int64, in the caller's dispose scope.</summary>
    internal Tensor RowTargets => tensor(Array.ConvertAll(Rows.Spread(Labels), label => (long)label));

    /// <summary>The eigenvalues [C] and the eigenvectors in columns [C, C] of the second moments of the maps' means over places, of which an image and its views have one share together; computed once.</summary>
    internal (Tensor Values, Tensor Vectors) Spectrum => spectrum ??= Decompose();

    /// <summary>Its images in folds.</summary>
    /// <param name="seed">The data seed, which divides them.</param>
    internal TrainingFolds FoldsOf(ulong seed) => TrainingFolds.Of(Labels, Classes, Groups, TrainingFolds.Usual, seed);

    /// <summary>Some images and their views, in the caller's dispose scope.</summary>
    internal FeatureTable At(IReadOnlyList<int> images)
    {
        (ImageRows rows, int[] from) = Rows.At(images);
        return new FeatureTable(
            Maps.index_select(0, tensor(Array.ConvertAll(from, row => (long)row))),
            [.. images.Select(image => Labels[image])],
            Groups is null ? null : [.. images.Select(image => Groups[image])],
            Classes
        )
        {
            Rows = rows,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Maps.Dispose();
        spectrum?.Values.Dispose();
        spectrum?.Vectors.Dispose();
    }

    private (Tensor Values, Tensor Vectors) Decompose()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor vectors = Maps.mean([2, 3]);
        Tensor shared = vectors * tensor(Rows.Shares).unsqueeze(1);
        (Tensor values, Tensor columns) = linalg.eigh(vectors.t().matmul(shared) / Labels.Count);
        return (values.clamp_min(0).DetachFromDisposeScope(), columns.DetachFromDisposeScope());
    }
}
