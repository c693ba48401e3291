using Counterpoise.Basics;
using Counterpoise.Phases;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

/// <summary>Random inputs of a loss; logits are numbers that float32 holds, so that both sides see the same.</summary>
internal sealed record LossInput(int[] Counts, double[][] Logits, int[] Labels)
{
    private const int Examples = 5;

    /// <summary>2 to 12 classes and normal logits, from nearly equal to far apart.</summary>
    public static Gen<LossInput> Ordinary { get; } = Normal(20);

    /// <summary>The same with logits that are nowhere so far apart that a probability could not be told from 0.</summary>
    public static Gen<LossInput> Mild { get; } = Normal(5);

    /// <summary>Logits of 1000, 0 and -1000 in all combinations.</summary>
    public static Gen<LossInput> Extreme { get; } =
        Gen.Select(Gen.Int[1, 5000].Array[2, 12], Gen.ULong)
            .Select((counts, seed) => Make(counts, seed, (ref draws) => 1000 * (draws.NextInt(3) - 1)));

    public Tensor LogitTensor() =>
        tensor(Logits.SelectMany(z => z).ToArray()).reshape(Logits.Length, -1).to(ScalarType.Float32);

    public Tensor LabelTensor() => tensor(Array.ConvertAll(Labels, label => (long)label));

    public override string ToString() =>
        $"N = [{string.Join(", ", Counts)}], y = [{string.Join(", ", Labels)}], "
        + $"z = [{string.Join(", ", Logits.Select(z => $"[{string.Join(", ", z)}]"))}]";

    private delegate double Draw(ref DrawStream draws);

    private static Gen<LossInput> Normal(double widest) =>
        Gen.Select(Gen.Int[1, 5000].Array[2, 12], Gen.Double[0.1, widest], Gen.ULong)
            .Select((counts, spread, seed) => Make(counts, seed, (ref draws) => (float)(spread * draws.NextNormal())));

    private static LossInput Make(int[] counts, ulong seed, Draw draw)
    {
        DrawStream draws = new(seed);
        double[][] logits = new double[Examples][];
        int[] labels = new int[Examples];
        for (int n = 0; n < Examples; n++)
        {
            labels[n] = draws.NextInt(counts.Length);
            logits[n] = new double[counts.Length];
            for (int c = 0; c < counts.Length; c++)
            {
                logits[n][c] = draw(ref draws);
            }
        }

        return new LossInput(counts, logits, labels);
    }
}

/// <summary>Compares a loss with a slow one in double precision, and its gradient with finite differences of that one.</summary>
internal static class LossReference
{
    /// <summary>The loss of one example.</summary>
    /// <param name="logits">Its logits.</param>
    /// <param name="label">Its label.</param>
    /// <param name="index">Its place in the batch.</param>
    public delegate double Example(double[] logits, int label, int index);

    /// <summary>log sum_c exp z_c.</summary>
    public static double LogSumExp(IEnumerable<double> z)
    {
        double[] values = [.. z];
        double largest = values.Max();
        return largest + Math.Log(values.Sum(value => Math.Exp(value - largest)));
    }

    /// <summary>-log softmax(z)_y.</summary>
    public static double CrossEntropy(double[] z, int y) => LogSumExp(z) - z[y];

    /// <summary>log(1 - softmax(z)_c), without the difference.</summary>
    public static double LogRest(double[] z, int c) => LogSumExp(z.Where((_, k) => k != c)) - LogSumExp(z);

    /// <summary>The loss of each example of the code under test.</summary>
    public static double[] Values(ILoss loss, LossInput input, StepContext? context = null)
    {
        using var scope = NewDisposeScope();
        return Numbers.Of(
            loss.Examples(input.LogitTensor(), input.LabelTensor(), context ?? Contexts.At(input.Counts))
        );
    }

    /// <summary>The slope of each example's loss in its logits, of the code under test.</summary>
    public static double[][] Gradients(ILoss loss, LossInput input, StepContext? context = null)
    {
        using var scope = NewDisposeScope();
        Tensor logits = input.LogitTensor().requires_grad_();
        loss.Examples(logits, input.LabelTensor(), context ?? Contexts.At(input.Counts)).sum().backward();
        return [.. Numbers.Of(logits.grad!).Chunk(input.Counts.Length)];
    }

    /// <summary>Fails unless values and gradients are the reference's, up to the rounding of float32.</summary>
    public static void AssertAgrees(ILoss loss, LossInput input, Example reference, StepContext? context = null)
    {
        const double step = 1e-5;
        double[] values = Values(loss, input, context);
        double[][] gradients = Gradients(loss, input, context);
        Assert.Equal(input.Labels.Length, values.Length);
        for (int n = 0; n < values.Length; n++)
        {
            double[] z = input.Logits[n];
            int y = input.Labels[n];
            double wanted = reference(z, y, n);
            double bound = 1e-6 * (10 + z.Max(Math.Abs) + Math.Abs(wanted));
            string what = $"z = [{string.Join(", ", z)}], y = {y}, N = [{string.Join(", ", input.Counts)}]";
            AssertNear(wanted, values[n], bound, $"value at {what}");
            for (int c = 0; c < z.Length; c++)
            {
                double[] above = [.. z];
                double[] below = [.. z];
                above[c] += step;
                below[c] -= step;
                double slope = (reference(above, y, n) - reference(below, y, n)) / (2 * step);
                AssertNear(slope, gradients[n][c], bound, $"slope in z[{c}] at {what}");
            }
        }
    }

    private static void AssertNear(double wanted, double actual, double bound, string what) =>
        Assert.True(Math.Abs(wanted - actual) <= bound, $"{what}: {actual:R}, expected {wanted:R} up to {bound:G2}");
}
