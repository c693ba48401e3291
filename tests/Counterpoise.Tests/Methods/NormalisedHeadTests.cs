using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class NormalisedHeadTests
{
    private const int Features = 5;
    private const int Classes = 3;

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.7, true)]
    [InlineData(0.7, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Weights_are_divided_by_a_power_of_their_norms(double tau, bool keepBias)
    {
        using var scope = NewDisposeScope();
        using LinearHead linear = Classifier();
        using var head = new NormalisedHead(Features, Classes);
        head.Take(linear, tau, keepBias);
        double[] bias = keepBias ? Numbers.Of(linear.Bias) : new double[Classes];
        double[] weight =
        [
            .. Numbers
                .Of(linear.Weight)
                .Chunk(Features)
                .SelectMany(w => w.Select(v => v / Math.Pow(Slow.Norm(w), tau))),
        ];
        Tensor map = Numbers.Normal(1, ScalarType.Float32, 4, Features, 2, 3);
        double[] wanted = [.. Slow.Pool(Numbers.Of(map), 4, Features).SelectMany(x => Slow.Linear(x, weight, bias))];

        Numbers.AssertClose(weight, Numbers.Of(head.get_parameter("weight")!), 1e-6, "weight");
        Assert.Equal(bias, Numbers.Of(head.get_parameter("bias")!));
        Assert.Equal((float)tau, head.get_buffer("tau")!.item<float>());
        Numbers.AssertClose(wanted, Numbers.Of(head.call(map)), 1e-5, "testing");
        Numbers.AssertClose(wanted, Numbers.Of(head.Train([map], [], Contexts.At([3, 2, 1])).Logits), 1e-5, "training");
    }

    [Fact]
    public void A_power_of_0_with_the_bias_is_the_plain_classifier_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using LinearHead linear = Classifier();
        using var head = new NormalisedHead(Features, Classes);
        head.Take(linear, 2, keepBias: false); // What was taken before leaves nothing.
        head.Take(linear, 0, keepBias: true);
        Tensor map = Numbers.Normal(1, ScalarType.Float32, 4, Features, 2, 3);
        Assert.Equal(Numbers.Of(linear.call(map)), Numbers.Of(head.call(map)));
    }

    [Fact]
    public void A_power_of_1_gives_all_classes_the_norm_1_and_leaves_a_class_of_zeros()
    {
        using var scope = NewDisposeScope();
        using LinearHead linear = Classifier();
        using (no_grad())
        {
            linear.Weight[1].zero_();
        }

        using var head = new NormalisedHead(Features, Classes);
        head.Take(linear, 1, keepBias: false);
        double[] norms = [.. Numbers.Of(head.get_parameter("weight")!).Chunk(Features).Select(Slow.Norm)];
        Assert.Equal([1, 0, 1], norms, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    private static LinearHead Classifier()
    {
        var linear = new LinearHead(Features, Classes);
        Slow.Fill(linear, 10, deviation: 2);
        return linear;
    }
}
