using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using Counterpoise.Tests.Training;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

/// <summary>Plain arithmetic on rows of numbers: what heads are compared with.</summary>
internal static class Slow
{
    /// <summary>The mean over the places of every channel: from [N, C, places] to N rows.</summary>
    public static double[][] Pool(double[] maps, int images, int channels)
    {
        int places = maps.Length / (images * channels);
        double[][] rows = new double[images][];
        for (int n = 0; n < images; n++)
        {
            rows[n] = new double[channels];
            for (int c = 0; c < channels; c++)
            {
                for (int p = 0; p < places; p++)
                {
                    rows[n][c] += maps[(((n * channels) + c) * places) + p] / places;
                }
            }
        }

        return rows;
    }

    /// <summary>W x + b, with the rows of W one after the other.</summary>
    public static double[] Linear(double[] x, double[] weight, double[]? bias = null)
    {
        double[] result = new double[weight.Length / x.Length];
        for (int row = 0; row < result.Length; row++)
        {
            result[row] = bias?[row] ?? 0;
            for (int k = 0; k < x.Length; k++)
            {
                result[row] += weight[(row * x.Length) + k] * x[k];
            }
        }

        return result;
    }

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    public static double Norm(double[] x) => Math.Sqrt(Dot(x, x));

    public static double[] Softmax(double[] x)
    {
        double total = x.Sum(Math.Exp);
        return [.. x.Select(value => Math.Exp(value) / total)];
    }

    public static double CrossEntropy(double[] logits, int label) => Math.Log(logits.Sum(Math.Exp)) - logits[label];

    public static double MeanCrossEntropy(IEnumerable<double[]> logits, int[] labels) =>
        logits.Select((row, n) => CrossEntropy(row, labels[n])).Average();

    /// <summary>Central differences of a function.</summary>
    public static double[] Differences(double[] at, Func<double[], double> function)
    {
        const double step = 1e-5;
        double Moved(int changed, double by)
        {
            double[] moved = [.. at];
            moved[changed] += by;
            return function(moved);
        }

        return [.. at.Select((_, i) => (Moved(i, step) - Moved(i, -step)) / (2 * step))];
    }

    /// <summary>Gives every parameter of a module numbers of its own, normal with a deviation.</summary>
    public static void Fill(nn.Module module, ulong seed, double deviation = 0.7)
    {
        using var noGradient = no_grad();
        foreach ((_, Parameter parameter) in module.named_parameters())
        {
            parameter.copy_(Numbers.Normal(seed++, ScalarType.Float32, parameter.shape) * deviation);
        }
    }

    /// <summary>A module's parameters by name.</summary>
    public static Dictionary<string, double[]> Parameters(nn.Module module) =>
        module.named_parameters().ToDictionary(named => named.name, named => Numbers.Of(named.parameter));

    /// <summary>Compares a head's loss in a training step, and the gradients of its parameters and maps, with a reference.</summary>
    /// <param name="head">The head.</param>
    /// <param name="maps">The map of each stream.</param>
    /// <param name="labels">The labels of each stream.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="reference">The loss from all parameters by name and the maps as <c>map 0</c>, <c>map 1</c>.</param>
    /// <param name="except">A parameter whose gradient is none of the loss's.</param>
    public static void AssertLossAndGradients(
        Head head,
        Tensor[] maps,
        int[][] labels,
        in StepContext context,
        Func<Dictionary<string, double[]>, double> reference,
        string? except = null
    )
    {
        var network = new HeadAlone(head, (int)maps[0].shape[1]);
        Dictionary<string, double[]> values = Parameters(head);
        Dictionary<string, Tensor> tensors = head.named_parameters()
            .ToDictionary(named => named.name, named => (Tensor)named.parameter);
        for (int stream = 0; stream < maps.Length; stream++)
        {
            values[$"map {stream}"] = Numbers.Of(maps[stream]);
            tensors[$"map {stream}"] = maps[stream].requires_grad_();
        }

        (double loss, _) = Steps.Backward(network, new Phase("train", 10), context, maps, labels, maps);

        Assert.Equal(reference(values), loss, 1e-4);
        foreach ((string name, Tensor tensor) in tensors.Where(pair => pair.Key != except))
        {
            double[] wanted = Differences(
                values[name],
                moved => reference(new Dictionary<string, double[]>(values) { [name] = moved })
            );
            Assert.True(wanted.Max(Math.Abs) > 1e-4, name);
            Numbers.AssertClose(wanted, Numbers.Of(tensor.grad!), 1e-3, name);
        }
    }

    /// <summary>A network whose only stage is its input: its images are the head's map.</summary>
    private sealed class HeadAlone : StagedNetwork
    {
        public HeadAlone(Head head, int features)
            : base("alone", ["input"])
        {
            Features = features;
            Head = head;
        }

        public override int Features { get; }

        protected override Tensor RunStage(int stage, Tensor map) => map;
    }
}
