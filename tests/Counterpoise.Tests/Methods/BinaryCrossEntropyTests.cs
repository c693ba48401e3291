using Counterpoise.Basics;
using Counterpoise.Methods;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class BinaryCrossEntropyTests
{
    [Fact]
    public void The_loss_is_the_mean_of_the_binary_cross_entropies_of_the_softmax() =>
        LossInput.Ordinary.Sample(AssertAgrees, iter: 50);

    [Fact]
    public void Logits_of_1000_give_finite_losses_and_slopes() => LossInput.Extreme.Sample(AssertAgrees, iter: 50);

    [Fact]
    public void It_is_exact_however_sure_the_network_is() =>
        Assert.All(
            Enumerable.Range(5, 40),
            gap =>
                AssertAgrees(
                    new(
                        [1, 1, 1],
                        [
                            [gap, 0, 1],
                            [0, gap, 1],
                            [1, gap, gap],
                        ],
                        [0, 0, 0]
                    )
                )
        );

    [Fact]
    public void Two_examples_have_their_known_losses()
    {
        // Probabilities 1/2, 1/4, 1/4.
        double[] z = [Math.Log(2), 0, 0];
        double[] losses = LossReference.Values(new BinaryCrossEntropy(), new([1, 1, 1], [z, z], [0, 1]));
        Assert.Equal((Math.Log(2) + (2 * Math.Log(4 / 3.0))) / 3, losses[0], 1e-6);
        Assert.Equal((Math.Log(4) + Math.Log(2) + Math.Log(4 / 3.0)) / 3, losses[1], 1e-6);
    }

    [Fact]
    public void Two_labels_losses_by_their_shares_are_the_loss_of_the_mixed_label() =>
        Gen.Select(LossInput.Mild, Gen.Double[0, 1], Gen.ULong)
            .Sample(
                (input, share, seed) =>
                {
                    using var scope = NewDisposeScope();
                    DrawStream draws = new(seed);
                    int[] others = [.. input.Labels.Select(_ => draws.NextInt(input.Counts.Length))];
                    double[] own = LossReference.Values(new BinaryCrossEntropy(), input);
                    double[] other = LossReference.Values(new BinaryCrossEntropy(), input with { Labels = others });
                    Tensor mixed =
                        (OneHot(input.Labels, input.Counts.Length) * share)
                        + (OneHot(others, input.Counts.Length) * (1 - share));
                    Tensor wanted = nn
                        .functional.binary_cross_entropy(
                            input.LogitTensor().to(float64).softmax(1),
                            mixed,
                            reduction: nn.Reduction.None
                        )
                        .mean([1]);
                    Numbers.AssertClose(
                        Numbers.Of(wanted),
                        [.. own.Zip(other, (a, b) => (share * a) + ((1 - share) * b))],
                        1e-5
                    );
                },
                iter: 50
            );

    private static Tensor OneHot(int[] labels, int classes) =>
        nn.functional.one_hot(tensor(Array.ConvertAll(labels, label => (long)label)), classes).to(float64);

    private static void AssertAgrees(LossInput input) =>
        LossReference.AssertAgrees(
            new BinaryCrossEntropy(),
            input,
            (z, y, _) =>
                z.Select((_, c) => c == y ? LossReference.CrossEntropy(z, c) : -LossReference.LogRest(z, c)).Average()
        );
}
