using Counterpoise.Methods;
using Counterpoise.Training;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

/// <summary>Holds a loss against a slow one in double precision: the value of each example, and its gradient by central differences.</summary>
internal static class LossReference
{
    internal static readonly int[] Counts = [200, 50, 9, 2];
    private const int Classes = 4;
    private const int Examples = 3;

    /// <summary>Checks a loss on random logits and labels.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="reference">The loss of one example from its logits and its label.</param>
    internal static void Check(ILoss loss, Func<double[], int, double> reference) =>
        Check(loss, (logits, label, _) => reference(logits, label), Contexts.At(Counts));

    /// <summary>The same of a loss that depends on the example's place in the batch.</summary>
    internal static void Check(ILoss loss, Func<double[], int, int, double> reference, StepContext context) =>
        Gen.Select(Gen.Double[-4, 4].Array[Examples * Classes], Gen.Int[0, Classes - 1].Array[Examples])
            .Sample((logits, labels) => Compare(loss, reference, context, logits, labels), iter: 40, threads: 1);

    /// <summary>Checks that values and gradients of logits of +-1000 are finite, whatever the label.</summary>
    internal static void AssertFiniteForHugeLogits(ILoss loss)
    {
        using var scope = NewDisposeScope();
        foreach (int label in Enumerable.Range(0, Classes))
        {
            Tensor logits = tensor(
                new float[,]
                {
                    { 1000, -1000, 1000, -1000 },
                    { -1000, -1000, 1000, 1000 },
                    { 0, 1000, 0, -1000 },
                }
            );
            logits.requires_grad_();
            Tensor labels = full(Examples, label, dtype: ScalarType.Int64);
            Tensor values = loss.Examples(logits, labels, Contexts.At(Counts));
            values.sum().backward();
            Assert.All(Numbers.Of(values), value => Assert.True(double.IsFinite(value), $"{value}"));
            Assert.All(Numbers.Of(logits.grad!), value => Assert.True(double.IsFinite(value), $"gradient {value}"));
        }
    }

    /// <summary>The loss of each example.</summary>
    internal static double[] Values(ILoss loss, double[] logits, int[] labels, StepContext context)
    {
        using var scope = NewDisposeScope();
        return Numbers.Of(loss.Examples(Logits(logits, labels.Length), Labels(labels), context));
    }

    internal static double CrossEntropy(double[] logits, int label) =>
        Math.Log(logits.Sum(logit => Math.Exp(logit - logits.Max()))) + logits.Max() - logits[label];

    private static void Compare(
        ILoss loss,
        Func<double[], int, int, double> reference,
        StepContext context,
        double[] logits,
        int[] labels
    )
    {
        using var scope = NewDisposeScope();
        double Total(double[] moved) =>
            moved.Chunk(Classes).Select((row, n) => (n + 1) * reference(row, labels[n], n)).Sum();
        Tensor given = Logits(logits, Examples).requires_grad_();
        Tensor values = loss.Examples(given, Labels(labels), context);
        (values * tensor(new float[] { 1, 2, 3 })).sum().backward(); // Of another weight each, so that none stands for another.

        double[] wanted = [.. logits.Chunk(Classes).Select((row, n) => reference(row, labels[n], n))];
        Assert.Equal([Examples], values.shape);
        AssertNear(wanted, Numbers.Of(values), 2e-5);
        const double step = 1e-5;
        double[] slopes =
        [
            .. logits.Select(
                (_, i) =>
                {
                    double[] up = [.. logits];
                    double[] down = [.. logits];
                    up[i] += step;
                    down[i] -= step;
                    return (Total(up) - Total(down)) / (2 * step);
                }
            ),
        ];
        AssertNear(slopes, Numbers.Of(given.grad!), 2e-4);
    }

    private static void AssertNear(double[] wanted, double[] found, double bound)
    {
        foreach ((double a, double b) in wanted.Zip(found))
        {
            Assert.True(Math.Abs(a - b) <= bound * Math.Max(1, Math.Abs(a)), $"{b}, expected {a}");
        }
    }

    private static Tensor Logits(double[] logits, int examples) =>
        tensor(logits).reshape(examples, -1).to(ScalarType.Float32);

    private static Tensor Labels(int[] labels) => tensor(Array.ConvertAll(labels, label => (long)label));
}
