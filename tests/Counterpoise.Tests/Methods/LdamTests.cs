using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Models;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class LdamTests
{
    [Theory]
    [InlineData(0.5, 30)]
    [InlineData(0.3, 10)]
    [InlineData(0, 30)]
    public void The_labels_cosine_loses_the_margin_of_its_class(double largest, double scale) =>
        LossReference.Check(
            new Ldam { MaxMargin = largest, Scale = scale },
            (logits, label) =>
            {
                // m_c = C / N_c^(1/4), with C such that the smallest class, of 2 examples, has the largest margin.
                double margin = largest * Math.Pow(2, 0.25) / Math.Pow(LossReference.Counts[label], 0.25);
                double[] cosines = [.. logits.Select(logit => logit / scale)];
                cosines[label] -= margin;
                return LossReference.CrossEntropy([.. cosines.Select(cosine => scale * cosine)], label);
            }
        );

    [Fact]
    public void Huge_logits_stay_finite() => LossReference.AssertFiniteForHugeLogits(new Ldam());

    [Fact]
    public void Margins_fall_with_the_fourth_root_of_the_class_size() =>
        Gen.Int[1, 5000]
            .Array[1, 10]
            .Sample(counts =>
            {
                double[] inverse = [.. counts.Select(count => 1 / Math.Sqrt(Math.Sqrt(count)))];
                Numbers.AssertClose(
                    [.. inverse.Select(value => 0.5 * value / inverse.Max())],
                    Ldam.Margins(counts, 0.5),
                    1e-12
                );
            });

    [Fact]
    public void The_largest_class_of_CIFAR10_has_a_third_of_the_smallest_ones_margin()
    {
        double[] margins = Ldam.Margins(new Imbalance(ImbalanceKind.LongTailed, 100).Counts(5000, 10), 0.5);
        Assert.Equal(0.5, margins[9], 1e-12);
        Assert.Equal(0.5 / Math.Sqrt(10), margins[0], 1e-12); // 100^(1/4)
    }

    [Fact]
    public void Its_classifier_gives_scaled_cosines_and_starts_on_the_unit_sphere()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(3, new Draws(1));
        using Head head = new Ldam { Scale = 30 }.Create(network, new HeadPlace(3, 32, new Draws(2)));
        double[][] weight = [.. Numbers.Of(head.get_parameter("weight")!).Chunk(64)];
        Assert.All(weight, row => Assert.Equal(1, row.Sum(value => value * value), 1e-5));
        Assert.Single(head.named_parameters()); // No bias.

        Tensor map = Numbers.Normal(3, ScalarType.Float32, 5, 64, 2, 2);
        double[][] features = [.. Numbers.Of(map.mean([2, 3])).Chunk(64)];
        double[] wanted =
        [
            .. features.SelectMany(x =>
                weight.Select(w =>
                    30 * x.Zip(w, (a, b) => a * b).Sum() / Math.Sqrt(x.Sum(a => a * a)) / Math.Sqrt(w.Sum(b => b * b))
                )
            ),
        ];
        Numbers.AssertClose(wanted, Numbers.Of(head.call(map)), 1e-5);
    }
}
