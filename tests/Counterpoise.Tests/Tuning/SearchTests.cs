using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Tuning;
using CsCheck;

namespace Counterpoise.Tests.Tuning;

public sealed class SearchTests
{
    [Fact]
    public void A_grid_is_every_combination_that_differs()
    {
        var grid = new GridSearch(SearchSpace.Parse(Recipe.Default, ["mfw.alpha=1,5", "method=mfw,remix", "seed=0,1"]));

        string[] points = [.. Enumerable.Range(0, grid.Count).Select(i => string.Join(' ', grid.Propose(i, 0, [])!))];

        Assert.Equal(
            [
                "method=mfw mfw.alpha=1 seed=0",
                "method=mfw mfw.alpha=1 seed=1",
                "method=mfw mfw.alpha=5 seed=0",
                "method=mfw mfw.alpha=5 seed=1",
                "method=remix seed=0",
                "method=remix seed=1",
            ],
            points
        );
        Assert.Null(grid.Propose(grid.Count, 0, []));
    }

    [Fact]
    public void A_grid_takes_no_range_and_not_too_much()
    {
        SearchSpace range = SearchSpace.Parse(Recipe.Default, ["mfw.alpha=1..5"]);
        string many = string.Join(',', Enumerable.Range(1, 101));
        SearchSpace large = SearchSpace.Parse(Recipe.Default, [$"mfw.alpha={many}", $"training.batch_size={many}"]);

        Assert.Contains("is a range", Assert.Throws<UsageException>(() => new GridSearch(range)).Message);
        Assert.Contains("10201 combinations", Assert.Throws<UsageException>(() => new GridSearch(large)).Message);
    }

    [Fact]
    public void Random_values_stay_in_their_ranges_and_depend_on_seed_and_number_alone()
    {
        SearchSpace space = SearchSpace.Parse(
            Recipe.Default,
            ["training.learning_rate=0.001..0.3:log", "training.warmup=1..3:log", "mfw.weight=power,sigmoid"]
        );
        Gen.Select(Gen.ULong, Gen.Int[0, 1000])
            .Sample(
                (seed, number) =>
                {
                    ValueList<Assignment> settings = new RandomSearch(space, seed).Propose(number, 0, [])!;
                    Assert.Equal(settings, new RandomSearch(space, seed).Propose(number, 0, [new(settings, 1)]));
                    Assert.NotEqual(settings, new RandomSearch(space, seed).Propose(number, 1, []));
                    Assert.InRange(Number(settings[0]), 0.001, 0.3);
                    Assert.InRange(Number(settings[1]), 1, 3);
                    Assert.True(settings[2].Value is "power" or "sigmoid");
                    _ = space.Apply(settings).Resolve();
                },
                iter: 200
            );
    }

    [Fact]
    public void A_logarithmic_range_is_even_in_factors()
    {
        SearchSpace space = SearchSpace.Parse(Recipe.Default, ["training.learning_rate=0.001..0.1:log"]);
        var search = new RandomSearch(space, 3);

        int below = Enumerable.Range(0, 1000).Count(i => Number(search.Propose(i, 0, [])![0]) < 0.01);

        Assert.InRange(below, 430, 570); // Half of them; four and a half standard deviations.
    }

    [Fact]
    public void The_Parzen_estimator_finds_a_known_best_better_than_chance()
    {
        double[] tpe = [.. Enumerable.Range(0, 25).Select(seed => Best(space => new TpeSearch(space, (ulong)seed)))];
        double[] random =
        [
            .. Enumerable.Range(0, 25).Select(seed => Best(space => new RandomSearch(space, (ulong)seed))),
        ];

        Assert.True(Median(tpe) > Median(random), $"{Median(tpe)} against {Median(random)}");
    }

    [Fact]
    public void The_Parzen_estimator_repeats_itself_and_survives_equal_scores_and_divergence()
    {
        SearchSpace space = Space();
        var search = new TpeSearch(space, 5);
        ScoredSettings[] scored =
        [
            .. Enumerable
                .Range(0, 12)
                .Select(i => new ScoredSettings(search.Propose(i, 0, [])!, i % 3 == 0 ? double.NegativeInfinity : 50)),
        ];

        Assert.Equal(search.Propose(12, 0, scored), new TpeSearch(space, 5).Propose(12, 0, scored));
    }

    /// <summary>The best of forty trials of a function whose best, 0, is at a learning rate of 0.05, a momentum of 0.7 and the cosine.</summary>
    private static double Best(Func<SearchSpace, ISearch> create)
    {
        ISearch search = create(Space());
        List<ScoredSettings> scored = [];
        for (int i = 0; i < 40; i++)
        {
            ValueList<Assignment> settings = search.Propose(i, 0, scored)!;
            double rate = Math.Log10(Number(settings[0]) / 0.05);
            double momentum = Number(settings[1]) - 0.7;
            double schedule = settings[2].Value == "cosine" ? 0 : 0.5;
            scored.Add(new ScoredSettings(settings, -((rate * rate) + (4 * momentum * momentum) + schedule)));
        }

        return scored.Max(trial => trial.Score);
    }

    private static SearchSpace Space() =>
        SearchSpace.Parse(
            Recipe.Default,
            [
                "training.learning_rate=0.0001..10:log",
                "training.momentum=0..1",
                "training.schedule=constant,multi-step,cosine",
            ]
        );

    private static double Number(Assignment setting) => double.Parse(setting.Value, CultureInfo.InvariantCulture);

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
