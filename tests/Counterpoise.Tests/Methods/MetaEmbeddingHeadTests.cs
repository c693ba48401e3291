using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class MetaEmbeddingHeadTests
{
    private const int Channels = 4;
    private static readonly int[] Labels = [0, 1, 0, 2];
    private static readonly StepContext Context = Contexts.At([60, 20, 5]);

    [Theory]
    [InlineData(0, 3, 4)]
    [InlineData(5, 3, 4)]
    [InlineData(0, 40, 30)]
    public void Logits_in_training_and_testing_are_those_of_the_formula(int embedding, int classes, int images)
    {
        using var scope = NewDisposeScope();
        using MetaEmbeddingHead head = Create(embedding, classes);
        Dictionary<string, double[]> values = Slow.Parameters(head);
        Tensor map = Map(1, images);
        double[] wanted = [.. Features(values, Numbers.Of(map), images).SelectMany(x => Logits(x, values))];

        Numbers.AssertClose(wanted, Numbers.Of(head.call(map)), 1e-4, "testing");
        Tensor labels = zeros(images, dtype: ScalarType.Int64);
        Numbers.AssertClose(wanted, Numbers.Of(head.Train([map], [labels], Context).Logits), 1e-4, "training");
    }

    [Theory]
    [InlineData(0.7, true)]
    [InlineData(4, false)]
    public void The_centroids_loss_is_that_of_the_formula_within_and_beyond_the_margin(double spread, bool within)
    {
        using var scope = NewDisposeScope();
        Tensor features = Numbers.Normal(1, ScalarType.Float32, 4, 5);
        Tensor centroids = Numbers.Normal(2, ScalarType.Float32, 3, 5) * spread;
        double[][] x = [.. Numbers.Of(features).Chunk(5)];
        double[][] m = [.. Numbers.Of(centroids).Chunk(5)];
        Assert.Equal(within, Repel(x, m, Labels) > 0);

        Tensor loss = MetaEmbeddingHead.CentroidLoss(features, tensor(new long[] { 0, 1, 0, 2 }), centroids, 3);

        double wanted = 3 * (Attract(x, m, Labels) + (0.01 * Repel(x, m, Labels)));
        Numbers.AssertClose([wanted], Numbers.Of(loss.reshape(1)), 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Loss_and_gradients_are_those_of_the_formula_and_the_centroids_get_none_of_the_logits(int embedding)
    {
        using var scope = NewDisposeScope();
        const double share = 2; // Large, so that the centroids' loss is seen.
        MetaEmbeddingHead head = Create(embedding, 3, share);
        Dictionary<string, double[]> values = Slow.Parameters(head);
        Tensor map = Map(1, 4);
        double[][] features = Features(values, Numbers.Of(map), 4);
        Tensor centroids = head.get_parameter("centroids")!;
        double[] start = values["centroids"];

        Slow.AssertLossAndGradients(
            head,
            [map],
            [Labels],
            Context,
            moved =>
            {
                double[][] x = Features(moved, moved["map 0"], 4);
                double[][] m = Centroids(moved);
                return Slow.MeanCrossEntropy(x.Select(row => Logits(row, moved)), Labels)
                    + (share * (Attract(x, m, Labels) + (0.01 * Repel(x, m, Labels))));
            },
            except: "centroids"
        );

        int size = features[0].Length;
        Assert.True(Repel(features, [.. start.Chunk(size)], Labels) > 0);
        double[] wanted =
        [
            .. Slow.Differences(start, moved => share * 0.01 * Repel(features, [.. moved.Chunk(size)], Labels)),
        ];
        for (int c = 0; c < 3; c++)
        {
            int[] own = [.. Enumerable.Range(0, 4).Where(n => Labels[n] == c)];
            for (int k = 0; k < size; k++)
            {
                double pull = own.Sum(n => start[(c * size) + k] - features[n][k]);
                wanted[(c * size) + k] += pull / (1 + own.Length) / 4;
            }
        }

        Numbers.AssertClose(wanted, Numbers.Of(centroids.grad!), 1e-4); // The pull is not weighted.
    }

    [Fact]
    public void A_class_that_is_not_in_the_batch_pulls_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor features = Numbers.Normal(1, ScalarType.Float32, 2, 5);
        Tensor centroids = (Numbers.Normal(2, ScalarType.Float32, 3, 5) * 10).requires_grad_();
        MetaEmbeddingHead.CentroidLoss(features, tensor(new long[] { 0, 2 }), centroids, 1).backward();
        double[] gradient = Numbers.Of(centroids.grad!);
        Assert.All(gradient[5..10], value => Assert.Equal(0, value)); // Beyond the margin nothing repels.
        Assert.All(gradient[..5], value => Assert.NotEqual(0, value));
    }

    [Fact]
    public void Features_on_a_centroid_leave_logits_finite()
    {
        using var scope = NewDisposeScope();
        using MetaEmbeddingHead head = Create(0, 3);
        using (no_grad())
        {
            head.get_parameter("attention.mask")!.zero_();
            head.get_parameter("centroids")!.copy_(Map(1, 3).mean([2, 3]));
        }

        HeadOutput output = head.Train([Map(1, 3)], [tensor(new long[] { 0, 1, 2 })], Context);
        (output.Logits.sum() + output.Auxiliary!).backward();
        Assert.All(Numbers.Of(output.Logits), value => Assert.True(double.IsFinite(value)));
        Assert.All(
            head.named_parameters(),
            named =>
                Assert.True(named.parameter.grad is { } gradient && gradient.isfinite().all().item<bool>(), named.name)
        );
    }

    private static MetaEmbeddingHead Create(int embedding, int classes, double centroidWeight = 0.01)
    {
        var memory = new LinearHead(Channels, classes, embedding);
        var head = new MetaEmbeddingHead(memory, new ModulatedAttention(Channels, 4), centroidWeight);
        Slow.Fill(head, 10);
        return head;
    }

    private static Tensor Map(ulong seed, int images) =>
        Numbers.Normal(seed, ScalarType.Float32, images, Channels, 2, 2) + 0.2;

    /// <summary>What the classifier sees: attention, the mean over places, and where there is one the layer.</summary>
    private static double[][] Features(Dictionary<string, double[]> values, double[] maps, int images)
    {
        double[] attended =
        [
            .. maps.Chunk(maps.Length / images)
                .SelectMany(map => PlainAttention.Apply(map, Channels, values, "attention.")),
        ];
        double[][] pooled = Slow.Pool(attended, images, Channels);
        return values.TryGetValue("memory.embedding_weight", out double[]? layer)
            ?
            [
                .. pooled.Select(x =>
                    Slow.Linear(x, layer, values["memory.embedding_bias"]).Select(y => Math.Max(0, y)).ToArray()
                ),
            ]
            : pooled;
    }

    private static double[][] Centroids(Dictionary<string, double[]> values) =>
        [.. values["centroids"].Chunk(values["selector_bias"].Length)];

    private static double[] Logits(double[] x, Dictionary<string, double[]> values)
    {
        double[][] centroids = Centroids(values);
        double[] share = Slow.Softmax(Slow.Linear(x, values["memory.weight"], values["memory.bias"]));
        double[] selector = [.. Slow.Linear(x, values["selector_weight"], values["selector_bias"]).Select(Math.Tanh)];
        double nearest = centroids.Min(m => Math.Sqrt(Square(x, m)));
        double[] met =
        [
            .. x.Select(
                (own, k) => 10 / nearest * (own + (selector[k] * centroids.Select((m, c) => share[c] * m[k]).Sum()))
            ),
        ];
        return
        [
            .. values["weight"]
                .Chunk(x.Length)
                .Select(w =>
                    16 * Slow.Norm(met) / (1 + Slow.Norm(met)) * (Slow.Dot(met, w) / (Slow.Norm(met) * Slow.Norm(w)))
                ),
        ];
    }

    private static double Square(double[] x, double[] m) => x.Zip(m, (a, b) => (a - b) * (a - b)).Sum();

    /// <summary>sum |x - m_y|^2 / (2 B).</summary>
    private static double Attract(double[][] x, double[][] m, int[] labels) =>
        x.Select((row, n) => Square(row, m[labels[n]])).Sum() / (2 * x.Length);

    /// <summary>max(0, 10 - the mean over B C of the squared distances to other classes' centroids).</summary>
    private static double Repel(double[][] x, double[][] m, int[] labels)
    {
        double apart = 0;
        for (int n = 0; n < x.Length; n++)
        {
            for (int c = 0; c < m.Length; c++)
            {
                apart += c == labels[n] ? 0 : Square(x[n], m[c]);
            }
        }

        return Math.Max(0, 10 - (apart / (x.Length * m.Length)));
    }
}
