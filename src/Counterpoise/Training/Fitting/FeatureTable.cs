using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>What a classifier is fitted on: the maps that it sees of all training images, and their labels.</summary>
/// <param name="Maps">[N, C, H, W], float64, on the CPU.</param>
/// <param name="Labels">The label of each.</param>
/// <param name="Groups">The group of each, which stays on one side of a split; null for none.</param>
/// <param name="Classes">The number of classes.</param>
internal sealed record FeatureTable(Tensor Maps, IReadOnlyList<int> Labels, IReadOnlyList<int>? Groups, int Classes)
    : IDisposable
{
    private (Tensor Values, Tensor Vectors)? spectrum;

    /// <summary>What the classifier of a network sees of the training images, as they are: means over places, [N, C, 1, 1].</summary>
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
        Tensor maps = empty([data.Train.Count, network.Features, 1, 1], ScalarType.Float64);
        NetworkPass.Run(
            network,
            data.Train,
            Enumerable.Range(0, data.Train.Count),
            input,
            (positions, map) =>
            {
                Tensor pooled = tensor(Transfer.Down<float>(Head.Pool(map))).view(positions.Length, -1, 1, 1);
                maps.narrow(0, positions[0], positions.Length).copy_(pooled);
            },
            stop
        );
        return new FeatureTable(maps, data.Train.Labels, data.Groups, data.Train.Classes.Count);
    }

    /// <summary>The labels, [N], int64, in the caller's dispose scope.</summary>
    internal Tensor Targets => tensor(Labels.Select(label => (long)label).ToArray());

    /// <summary>The eigenvalues [C] and the eigenvectors in columns [C, C] of the second moments of the maps' means over places; computed once.</summary>
    internal (Tensor Values, Tensor Vectors) Spectrum => spectrum ??= Decompose();

    /// <summary>Its images in folds.</summary>
    /// <param name="seed">The data seed, which divides them.</param>
    internal TrainingFolds FoldsOf(ulong seed) => TrainingFolds.Of(Labels, Classes, Groups, TrainingFolds.Usual, seed);

    /// <summary>Some of them, in the caller's dispose scope.</summary>
    internal FeatureTable At(IReadOnlyList<int> rows) =>
        new(
            Maps.index_select(0, tensor(rows.Select(row => (long)row).ToArray())),
            [.. rows.Select(row => Labels[row])],
            Groups is null ? null : [.. rows.Select(row => Groups[row])],
            Classes
        );

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
        (Tensor values, Tensor columns) = linalg.eigh(vectors.t().matmul(vectors) / vectors.shape[0]);
        return (values.clamp_min(0).DetachFromDisposeScope(), columns.DetachFromDisposeScope());
    }
}
