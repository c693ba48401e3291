using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class CausalHeadTests
{
    private const int Classes = 3;
    private const int Features = 6;
    private const int Images = 4;
    private static readonly int[] Labels = [0, 1, 2, 0];
    private static readonly StepContext Context = Contexts.At([60, 20, 5]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Logits_in_training_and_testing_are_those_of_the_formula(int groups)
    {
        using var scope = NewDisposeScope();
        using CausalHead head = Create(new CausalSettings(groups, 16, 1.0 / 32, 0.9, 1.5));
        double[] weight = Numbers.Of(head.get_parameter("weight")!);
        Tensor map = Map(1);
        double[][] features = Pool(map);

        double[] trained = Numbers.Of(head.Train([map], [tensor(new long[Images])], Context).Logits);

        Numbers.AssertClose([.. features.SelectMany(x => Logits(x, weight, groups))], trained, 1e-5);
        double[] direction = Mean(features);
        double[] wanted = [.. Pool(Map(2)).SelectMany(x => Logits(x, weight, groups, direction, alpha: 1.5))];
        Numbers.AssertClose(wanted, Numbers.Of(head.call(Map(2))), 1e-5);
    }

    [Fact]
    public void The_moving_sum_of_features_keeps_a_share_at_every_step_and_stays_in_testing()
    {
        using var scope = NewDisposeScope();
        using CausalHead head = Create(new CausalSettings(2, 16, 1.0 / 32, 0.8, 1));
        double[] wanted = new double[Features];
        for (ulong step = 1; step <= 3; step++)
        {
            head.Train([Map(step)], [tensor(new long[Images])], Context);
            double[] mean = Mean(Pool(Map(step)));
            wanted = [.. wanted.Select((sum, k) => (0.8 * sum) + mean[k])];
            head.call(Map(9));
            Numbers.AssertClose(wanted, Numbers.Of(head.get_buffer("direction")!), 1e-5, $"step {step}");
        }

        Assert.False(head.get_buffer("direction")!.requires_grad);
    }

    [Fact]
    public void Loss_and_gradients_are_those_of_the_formula()
    {
        using var scope = NewDisposeScope();
        CausalHead head = Create(new CausalSettings(2, 3, 1.0 / 32, 0.9, 1));
        Slow.AssertLossAndGradients(
            head,
            [Map(3)],
            [Labels],
            Context,
            values =>
                Slow.MeanCrossEntropy(
                    Slow.Pool(values["map 0"], Images, Features)
                        .Select(x => Logits(x, values["weight"], groups: 2, scale: 3)),
                    Labels
                )
        );
    }

    [Fact]
    public void Without_taking_the_mean_direction_away_TDE_is_de_confound()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(Classes, new Draws(1));
        var place = new HeadPlace(Classes, 8, new Draws(5));
        using Head plain = new DeConfound().Create(network, place);
        using Head none = new DeConfoundTde { Alpha = 0 }.Create(network, place);
        using Head one = new DeConfoundTde().Create(network, place);
        Tensor map = Numbers.Normal(1, ScalarType.Float32, 4, 64, 2, 2) + 0.5;
        double[][] trained =
        [
            .. new[] { plain, none, one }.Select(head =>
                Numbers.Of(head.Train([map], [tensor(new long[4])], Context).Logits)
            ),
        ];

        Assert.Equal(trained[0], trained[1]);
        Assert.Equal(trained[0], trained[2]);
        Assert.Equal(Numbers.Of(plain.call(map)), Numbers.Of(none.call(map)));
        Assert.Equal(trained[0], Numbers.Of(plain.call(map)));
        double[] taken = Numbers.Of(one.call(map));
        Assert.True(taken.Zip(trained[0], (a, b) => Math.Abs(a - b)).Max() > 0.1);
    }

    [Fact]
    public void Defaults_are_the_papers_and_weights_begin_uniform()
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(100, new Draws(1));
        using Head head = new DeConfoundTde().Create(network, new HeadPlace(100, 8, new Draws(5)));
        double[] weight = Numbers.Of(head.get_parameter("weight")!);

        Assert.All(weight, value => Assert.InRange(value, -1.0 / 8, 1.0 / 8)); // 1 / sqrt(64)
        Assert.Equal(1.0 / 3, weight.Average(value => value * value * 64), 0.03);
        using Tensor map = Numbers.Normal(1, ScalarType.Float32, 2, 64, 2, 2);
        double[] wanted = [.. Slow.Pool(Numbers.Of(map), 2, 64).SelectMany(x => Logits(x, weight, groups: 2))];
        using Tensor logits = head.call(map);
        Numbers.AssertClose(wanted, Numbers.Of(logits), 1e-5);
    }

    [Theory]
    [InlineData("de-confound")]
    [InlineData("de-confound-tde")]
    public void Groups_that_do_not_divide_the_networks_features_are_refused_with_the_recipe(string method)
    {
        Recipe recipe = RecipeText.Set(Recipe.Erm.WithMethods(method), $"{method}.groups=5");
        var error = Assert.Throws<UsageException>(recipe.Resolve);
        Assert.Contains($"{method}.groups is 5, but resnet32 has 64 features", error.Message);
        Assert.Equal(4, Groups(RecipeText.Set(recipe, $"{method}.groups=4").Resolve().Methods[0]));

        static int Groups(Method resolved) =>
            resolved is DeConfound plain ? plain.Groups : ((DeConfoundTde)resolved).Groups;
    }

    private static CausalHead Create(CausalSettings settings)
    {
        var head = new CausalHead(Features, Classes, settings);
        Slow.Fill(head, 10);
        return head;
    }

    private static Tensor Map(ulong seed) => Numbers.Normal(seed, ScalarType.Float32, Images, Features, 2, 3) + 0.3;

    private static double[][] Pool(Tensor map) => Slow.Pool(Numbers.Of(map), Images, Features);

    private static double[] Mean(double[][] rows) =>
        [.. Enumerable.Range(0, Features).Select(k => rows.Average(row => row[k]))];

    /// <summary>(tau / K) sum_k w_c^k x^k / ((|w_c^k| + gamma) |x^k|), or with what is left of x^k / |x^k| in testing.</summary>
    private static double[] Logits(
        double[] x,
        double[] weight,
        int groups,
        double[]? direction = null,
        double alpha = 0,
        double scale = 16
    )
    {
        int size = x.Length / groups;
        double[] logits = new double[weight.Length / x.Length];
        for (int k = 0; k < groups; k++)
        {
            double[] part = x[(k * size)..((k + 1) * size)];
            double[] unit = [.. part.Select(value => value / Slow.Norm(part))];
            if (direction is not null)
            {
                double[] mean = direction[(k * size)..((k + 1) * size)];
                double cosine = Slow.Dot(part, mean) / (Slow.Norm(part) * Slow.Norm(mean));
                unit = [.. unit.Select((value, i) => value - (alpha * cosine * mean[i] / Slow.Norm(mean)))];
            }

            for (int c = 0; c < logits.Length; c++)
            {
                double[] own = weight[((c * x.Length) + (k * size))..((c * x.Length) + ((k + 1) * size))];
                logits[c] += scale / groups * Slow.Dot(own, unit) / (Slow.Norm(own) + (1.0 / 32));
            }
        }

        return logits;
    }
}
