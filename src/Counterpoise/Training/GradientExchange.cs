using System.Diagnostics;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Sums gradients over the ranks, flattened into few buckets: a message a tensor would mostly wait.</summary>
internal sealed class GradientExchange(Ranks ranks)
{
    /// <summary>Numbers a bucket, 16 MB: larger ones were not faster, and are memory.</summary>
    private const long BucketSize = 1 << 22;

    /// <summary>The time that all exchanges so far took, waiting for other ranks included.</summary>
    internal TimeSpan Taken { get; private set; }

    /// <summary>Replaces each gradient by its sum over the ranks.</summary>
    internal void Sum(IEnumerable<Tensor?> gradients)
    {
        if (ranks.Count == 1)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (Tensor[] bucket in Buckets(gradients.OfType<Tensor>()))
        {
            Sum(bucket);
        }

        Taken += Stopwatch.GetElapsedTime(start);
    }

    private static IEnumerable<Tensor[]> Buckets(IEnumerable<Tensor> gradients)
    {
        List<Tensor> bucket = [];
        long size = 0;
        foreach (Tensor gradient in gradients)
        {
            if (size > 0 && size + gradient.numel() > BucketSize)
            {
                yield return [.. bucket];
                bucket.Clear();
                size = 0;
            }

            bucket.Add(gradient);
            size += gradient.numel();
        }

        if (size > 0)
        {
            yield return [.. bucket];
        }
    }

    private unsafe void Sum(Tensor[] gradients)
    {
        Tensor flat = cat([.. gradients.Select(gradient => gradient.reshape(-1))]);
        Device device = flat.device;
        flat = flat.cpu();
        ranks.Sum(new Span<float>(TensorMemory.Address(flat, ScalarType.Float32), (int)flat.numel()));
        Tensor[] summed =
        [
            .. Transfer
                .Up(flat, device)
                .split([.. gradients.Select(gradient => gradient.numel())])
                .Zip(gradients, (part, gradient) => part.view(gradient.shape)),
        ];
        TensorLists.Copy(gradients, summed);
    }
}
