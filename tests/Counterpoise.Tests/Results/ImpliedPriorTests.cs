using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Results;

namespace Counterpoise.Tests.Results;

public sealed class ImpliedPriorTests
{
    private static readonly int[] Counts = [80, 16, 4];

    [Theory]
    [InlineData("erm", 80.0, 16.0, 4.0)]
    [InlineData("mfw", 80.0, 16.0, 4.0)]
    [InlineData("remix", 80.0, 16.0, 4.0)]
    [InlineData("class-aware", 1.0, 1.0, 1.0)]
    [InlineData("square-root", 8.94427191, 4.0, 2.0)]
    [InlineData("balanced-softmax", 1.0, 1.0, 1.0)]
    [InlineData("mfw+crt", 1.0, 1.0, 1.0)]
    [InlineData("erm+lws", 1.0, 1.0, 1.0)]
    [InlineData("erm+lda", 1.0, 1.0, 1.0)]
    [InlineData("mfw+nearest-mean", 1.0, 1.0, 1.0)]
    [InlineData("erm+post-hoc-adjustment", 1.0, 1.0, 1.0)]
    [InlineData("class-aware+tau-norm", 1.0, 1.0, 1.0)] // Its second phase trains nothing.
    public void A_method_implies_the_frequencies_that_its_examples_have(
        string methods,
        double first,
        double second,
        double third
    ) => AssertShares([first, second, third], Recipe.Erm.WithMethods(methods));

    [Fact]
    public void Logit_adjustment_takes_out_a_power()
    {
        Recipe recipe = Recipe.Erm.With(new LogitAdjustment { Tau = 0.5 });
        AssertShares([.. Counts.Select(count => Math.Sqrt(count))], recipe);
    }

    [Fact]
    public void Weights_count_as_they_are_at_the_end()
    {
        double[] weights = ClassBalanced.Weights(Counts, 0.99);
        double[] shares = [.. Counts.Zip(weights, (count, weight) => count * weight)];
        AssertShares(shares, Recipe.Erm.With(new Drw { Beta = 0.99 }));
        AssertShares(shares, Recipe.Erm.With(new ClassBalanced { Beta = 0.99 }));
        AssertShares([80, 16, 4], Recipe.Erm.With(new Drw { Start = 1 }));
    }

    [Fact]
    public void A_class_without_examples_never_occurs() =>
        Assert.Equal([0.75, 0, 0.25], ImpliedPrior.Of(Recipe.Erm, [3, 0, 1]));

    private static void AssertShares(double[] shares, Recipe recipe)
    {
        double[] prior = ImpliedPrior.Of(recipe, Counts);
        Assert.Equal(shares.Length, prior.Length);
        for (int label = 0; label < shares.Length; label++)
        {
            Assert.Equal(shares[label] / shares.Sum(), prior[label], 1e-9);
        }
    }
}
