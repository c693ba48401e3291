using Counterpoise.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>
/// Classifiers of one kind side by side, as one with so many times the classes: the rows of their weights have nothing to do
/// with each other, and computing all of them in one call is faster. In float64, on the CPU.
/// </summary>
internal sealed class HeadCopies : IDisposable
{
    private readonly Parameter[] learning;

    /// <summary>Makes copies of a classifier.</summary>
    /// <param name="from">The classifier, [classes, ...].</param>
    /// <param name="count">How many; 1 where the classifier's rows depend on each other: <see cref="Networks.Head.HasRows"/>.</param>
    /// <param name="make">Makes such a classifier of a number of classes, whatever its parameters.</param>
    /// <param name="classes">The number of classes.</param>
    internal HeadCopies(Head from, int count, Func<int, Head> make, int classes)
    {
        Count = count;
        Classes = classes;
        Head = make(count * classes);
        Head.to(ScalarType.Float64);
        learning = [.. Head.parameters().Where(parameter => parameter.requires_grad)];
        Each(
            from,
            (own, one) =>
            {
                using Tensor all = count == 1 ? one.alias() : cat([.. Enumerable.Repeat(one, count)]);
                own.copy_(all);
            }
        );
    }

    /// <summary>How many there are.</summary>
    internal int Count { get; }

    /// <summary>Classes of each.</summary>
    internal int Classes { get; }

    /// <summary>All of them.</summary>
    internal Head Head { get; }

    /// <summary>What is fitted: each has the rows of the first copy, then those of the second.</summary>
    internal IReadOnlyList<Parameter> Learning => learning;

    /// <summary>The parameters of each copy, [count, n], in the caller's dispose scope.</summary>
    internal Tensor Points() => cat([.. learning.Select(parameter => parameter.detach().view(Count, -1))], 1);

    /// <summary>Gives every copy its parameters.</summary>
    internal void Set(Tensor points)
    {
        using var noGradient = no_grad();
        long first = 0;
        foreach (Parameter parameter in learning)
        {
            long each = parameter.numel() / Count;
            using Tensor part = points.narrow(1, first, each);
            using Tensor shaped = part.reshape(parameter.shape);
            parameter.copy_(shaped);
            first += each;
        }
    }

    /// <summary>Gives a classifier the parameters of the first copy.</summary>
    internal void CopyFirst(Head to) =>
        Each(
            to,
            (own, one) =>
            {
                using Tensor first = Count == 1 ? own.alias() : own.narrow(0, 0, one.shape[0]);
                one.copy_(first);
            }
        );

    /// <inheritdoc/>
    public void Dispose() => Head.Dispose();

    private void Each(Head other, Action<Tensor, Tensor> copy)
    {
        using var noGradient = no_grad();
        foreach (
            (Tensor own, Tensor one) in Head.parameters()
                .Concat(Head.buffers())
                .Zip(other.parameters().Concat(other.buffers()))
        )
        {
            copy(own, one);
        }
    }
}
