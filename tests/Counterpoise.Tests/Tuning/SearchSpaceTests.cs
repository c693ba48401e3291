using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Tuning;

namespace Counterpoise.Tests.Tuning;

public sealed class SearchSpaceTests
{
    [Fact]
    public void Lists_and_ranges_are_read_as_they_are_written()
    {
        SearchSpace space = SearchSpace.Parse(
            Recipe.Default,
            [
                "mfw.alpha=0.1, 1,5",
                "training.learning_rate=1e-3..0.3:log",
                "training.warmup=0..4",
                "training.milestones=[10,20],[15]",
            ]
        );

        Assert.Equal(["0.1", "1", "5"], Assert.IsType<ListDimension>(space.Dimensions[0]).Values);
        Assert.Equal(
            new RangeDimension("training.learning_rate", 0.001, 0.3, IsLogarithmic: true, IsWhole: false),
            space.Dimensions[1]
        );
        Assert.Equal(new RangeDimension("training.warmup", 0, 4, false, IsWhole: true), space.Dimensions[2]);
        Assert.Equal(["[10,20]", "[15]"], Assert.IsType<ListDimension>(space.Dimensions[3]).Values);
    }

    [Fact]
    public void Settings_change_the_recipe_the_method_first()
    {
        SearchSpace space = SearchSpace.Parse(Recipe.Default, ["mixup.alpha=0.5,1", "method=mfw,mixup"]);

        Recipe recipe = space.Apply([new("method", "mixup"), new("mixup.alpha", "0.5")]);

        Assert.Equal(["method", "mixup.alpha"], space.Dimensions.Select(dimension => dimension.Key));
        Assert.Equal(0.5, Assert.IsType<Mixup>(Assert.Single(recipe.Methods)).Alpha);
    }

    [Fact]
    public void The_last_part_of_a_key_is_enough_where_it_is_of_one_alone()
    {
        Assert.Equal("mfw.alpha", SearchSpace.Parse(Recipe.Default, ["alpha=0.5,1"]).Dimensions[0].Key);
        Assert.Contains(
            "'alpha' is short for mfw.alpha and mixup.alpha",
            Refusal(() => SearchSpace.Parse(Recipe.Default, ["method=mfw,mixup", "alpha=0.5,1"]))
        );
        Assert.Contains(
            "names mfw.alpha twice",
            Refusal(() => SearchSpace.Parse(Recipe.Default, ["alpha=1", "mfw.alpha=2"]))
        );
    }

    [Theory]
    [InlineData("mfw", "mfw.alpha=0.1,0.2,0.5,1,5")]
    [InlineData("mixup+drw", "mixup.alpha=0.1,0.2,0.5,1,5")]
    public void The_papers_grid_is_over_alpha_of_the_method_that_mixes(string methods, string grid) =>
        Assert.Equal(grid, SearchSpace.PaperGrid(Recipe.Erm.WithMethods(methods)));

    [Fact]
    public void There_is_no_such_grid_without_mixing() =>
        Assert.Contains("mixes nothing", Refusal(() => SearchSpace.PaperGrid(Recipe.Erm)));

    [Theory]
    [InlineData("mfw.alpha", "key=value")]
    [InlineData("mfw.alhpa=1", "did you mean 'mfw.alpha'?")]
    [InlineData("mixup.alpha=1", "belongs to mixup")]
    [InlineData("mfw.alpha=1,-1", "mfw.alpha is -1", "above 0")]
    [InlineData("mfw.alpha=1,1", "has 1 twice")]
    [InlineData("mfw.alpha=0..1", "mfw.alpha is 0", "above 0")]
    [InlineData("mfw.alpha=5..1", "smaller end first")]
    [InlineData("mfw.stage=1,7", "after stage 7")]
    [InlineData("training.warmup=0..5:log", "above 0", ":log")]
    [InlineData("training.warmup=0.5..5", "training.warmup is 0.5", "a whole number")]
    [InlineData("training.schedule=cosine,step", "training.schedule is step")]
    [InlineData("model=1..2", "'1'")]
    [InlineData("pretrained=1..2", "is no number")]
    [InlineData("data.rho=10,100", "could not be compared")]
    [InlineData("method=mfw,mwf", "did you mean 'mfw'?")]
    public void What_cannot_be_tuned_is_refused_by_name(string text, params string[] named)
    {
        string message = Refusal(() => SearchSpace.Parse(Recipe.Default, [text]));
        Assert.All([.. named, "over"], part => Assert.Contains(part, message));
    }

    [Fact]
    public void A_key_is_named_once() =>
        Assert.Contains(
            "mfw.alpha twice",
            Refusal(() => SearchSpace.Parse(Recipe.Default, ["mfw.alpha=1", "mfw.alpha=2"]))
        );

    private static string Refusal(Action action) => Assert.Throws<UsageException>(action).Message;
}
