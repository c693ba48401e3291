using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Tests.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class BilateralHeadTests
{
    private const int Images = 4;
    private const int Inputs = 2;
    private const int Features = 3;
    private const int Classes = 3;
    private static readonly int[] Counts = [60, 20, 5];
    private static readonly int[][] Labels =
    [
        [0, 0, 1, 2],
        [2, 2, 1, 0],
    ];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0.99)]
    [InlineData(6, 0.75)]
    [InlineData(10, 0.19)]
    public void The_share_of_images_as_they_come_falls_with_the_square_of_the_epochs(int epoch, double share)
    {
        StepContext context = Contexts.At(Counts, epoch: epoch - 1, epochs: 10);
        Assert.Equal(share, BilateralHead.Share(context), 1e-12);
        using var scope = NewDisposeScope();
        using BilateralHead head = Create();
        HeadOutput output = head.Train([Map(1), Map(2)], [zeros(4), zeros(4)], context);
        Assert.Equal([share, 1 - share], output.Shares!, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void Training_weighs_the_branches_features_by_the_share_and_testing_does_not(int epoch)
    {
        using var scope = NewDisposeScope();
        using BilateralHead head = Create();
        Dictionary<string, double[]> values = Slow.Parameters(head);
        double[][] maps = [Numbers.Of(Map(1)), Numbers.Of(Map(2))];
        double share = 1 - Math.Pow(epoch / 10.0, 2);

        HeadOutput output = head.Train([Map(1), Map(2)], [zeros(4), zeros(4)], Contexts.At(Counts, epoch));

        Assert.Null(output.Auxiliary);
        double[] trained = [.. Logits(values, maps[0], maps[1], 2 * share, 2 * (1 - share)).SelectMany(row => row)];
        Numbers.AssertClose(trained, Numbers.Of(output.Logits), 1e-5);
        double[] tested = [.. Logits(values, maps[0], maps[0], 1, 1).SelectMany(row => row)];
        Numbers.AssertClose(tested, Numbers.Of(head.call(Map(1))), 1e-5);
    }

    [Fact]
    public void Loss_and_gradients_are_those_of_the_formula()
    {
        using var scope = NewDisposeScope();
        const int epoch = 6;
        const double share = 1 - (0.6 * 0.6);
        Slow.AssertLossAndGradients(
            Create(),
            [Map(1), Map(2)],
            Labels,
            Contexts.At(Counts, epoch),
            values =>
            {
                double[][] logits = Logits(values, values["map 0"], values["map 1"], 2 * share, 2 * (1 - share));
                return (share * Slow.MeanCrossEntropy(logits, Labels[0]))
                    + ((1 - share) * Slow.MeanCrossEntropy(logits, Labels[1]));
            }
        );
    }

    [Theory]
    [InlineData("resnet8")]
    [InlineData("resnet20")]
    public void Two_copies_of_the_last_block_with_half_the_classifier_each_are_the_plain_network(string name)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork plain = NetworkCatalogue.Find(name).Create(Classes, new Draws(1));
        using StagedNetwork both = NetworkCatalogue.Find(name).Create(Classes, new Draws(2));
        using Head own = both.Head;
        both.Head = new Bbn().Create(both, new HeadPlace(Classes, 8, new Draws(3)));
        Assert.NotEqual(
            Numbers.Of(both.get_parameter("linear.conventional.conv1.weight")!),
            Numbers.Of(both.get_parameter("linear.rebalancing.conv1.weight")!)
        );
        Copy(plain, both, lastBlock: $"layer3.{(name == "resnet8" ? 0 : 2)}");
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(4, ScalarType.Float32, 6, 3, 8, 8));

        plain.eval();
        both.eval();
        Numbers.AssertClose(plain.call(images), both.call(images), 1e-5, "testing");
        plain.train();
        both.train();
        Tensor map = both.Map(images);
        Assert.Equal(name == "resnet8" ? 32 : 64, map.shape[1]);
        foreach (int epoch in new[] { 0, 5 })
        {
            HeadOutput output = both.Head.Train([map, map], [zeros(6), zeros(6)], Contexts.At(Counts, epoch));
            Numbers.AssertClose(plain.call(images), output.Logits, 1e-5, $"epoch {epoch}");
        }
    }

    /// <summary>Gives a network of two branches what a plain one has.</summary>
    private static void Copy(StagedNetwork plain, StagedNetwork both, string lastBlock)
    {
        using var noGradient = no_grad();
        Dictionary<string, Tensor> from = plain.state_dict();
        foreach ((string name, Tensor tensor) in both.state_dict())
        {
            string source = name.Replace("linear.conventional", lastBlock).Replace("linear.rebalancing", lastBlock);
            tensor.copy_(source == "linear.weight" ? cat([from[source] / 2, from[source] / 2], 1) : from[source]);
        }
    }

    private static BilateralHead Create()
    {
        var head = new BilateralHead(() => new Bend(), Features, Classes);
        Slow.Fill(head, 10);
        return head;
    }

    private static Tensor Map(ulong seed) => Numbers.Normal(seed, ScalarType.Float32, Images, Inputs, 2, 3);

    /// <summary>W [a f_c; b f_r] + bias.</summary>
    private static double[][] Logits(
        Dictionary<string, double[]> values,
        double[] conventional,
        double[] rebalancing,
        double a,
        double b
    )
    {
        double[][] first = Branch(conventional, values["conventional.matrix"]);
        double[][] second = Branch(rebalancing, values["rebalancing.matrix"]);
        return
        [
            .. first.Select(
                (row, n) =>
                    Slow.Linear(
                        [.. row.Select(value => a * value), .. second[n].Select(value => b * value)],
                        values["weight"],
                        values["bias"]
                    )
            ),
        ];
    }

    private static double[][] Branch(double[] map, double[] matrix)
    {
        const int places = 6;
        double[] bent = new double[Images * Features * places];
        for (int n = 0; n < Images; n++)
        {
            for (int p = 0; p < places; p++)
            {
                double[] x = [map[(n * Inputs * places) + p], map[(((n * Inputs) + 1) * places) + p]];
                double[] y = Slow.Linear(x, matrix);
                for (int c = 0; c < Features; c++)
                {
                    bent[(((n * Features) + c) * places) + p] = Math.Tanh(y[c]);
                }
            }
        }

        return Slow.Pool(bent, Images, Features);
    }

    /// <summary>A small block: tanh(A x) at every place.</summary>
    private sealed class Bend : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter matrix = new(zeros(Features, Inputs));

        public Bend()
            : base("bend") => register_parameter("matrix", matrix);

        public override Tensor forward(Tensor input) =>
            nn.functional.conv2d(input, matrix.reshape(Features, Inputs, 1, 1)).tanh();
    }
}
