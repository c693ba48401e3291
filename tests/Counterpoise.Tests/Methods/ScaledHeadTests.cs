using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class ScaledHeadTests
{
    private const int Images = 4;
    private const int Features = 5;
    private const int Classes = 3;
    private static readonly int[] Labels = [0, 1, 2, 0];

    [Fact]
    public void At_first_logits_are_the_classifiers()
    {
        using var scope = NewDisposeScope();
        LinearHead linear = Classifier();
        using var head = new ScaledHead(linear, Classes);
        Assert.Equal(Numbers.Of(linear.call(Map())), Numbers.Of(head.call(Map())));
    }

    [Fact]
    public void Every_classs_logit_with_its_bias_is_multiplied_by_its_factor()
    {
        using var scope = NewDisposeScope();
        using var head = new ScaledHead(Classifier(), Classes);
        Slow.Fill(head, 20);
        double[] wanted = [.. Logits(Slow.Parameters(head), Numbers.Of(Map())).SelectMany(row => row)];
        Numbers.AssertClose(wanted, Numbers.Of(head.call(Map())), 1e-5, "testing");
        Numbers.AssertClose(
            wanted,
            Numbers.Of(head.Train([Map()], [], Contexts.At([3, 2, 1])).Logits),
            1e-5,
            "training"
        );
    }

    [Fact]
    public void Loss_and_gradients_are_those_of_the_formula()
    {
        using var scope = NewDisposeScope();
        var head = new ScaledHead(Classifier(), Classes);
        Slow.Fill(head, 20);
        Slow.AssertLossAndGradients(
            head,
            [Map()],
            [Labels],
            Contexts.At([3, 2, 1]),
            values => Slow.MeanCrossEntropy(Logits(values, values["map 0"]), Labels)
        );
    }

    private static double[][] Logits(Dictionary<string, double[]> values, double[] maps) =>
        [
            .. Slow.Pool(maps, Images, Features)
                .Select(x => Slow.Linear(x, values["classifier.weight"], values["classifier.bias"]))
                .Select(row => row.Select((logit, c) => logit * values["scale"][c]).ToArray()),
        ];

    private static Tensor Map() => Numbers.Normal(1, ScalarType.Float32, Images, Features, 2, 3);

    private static LinearHead Classifier()
    {
        var linear = new LinearHead(Features, Classes);
        Slow.Fill(linear, 10);
        return linear;
    }
}
