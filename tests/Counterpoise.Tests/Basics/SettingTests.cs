using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Tests.Basics;

public sealed class SettingTests
{
    [Fact]
    public void Lists_compare_by_their_items()
    {
        Assert.Equal(new ValueList<int>(1, 2), new ValueList<int>(1, 2));
        Assert.Equal(new ValueList<int>(1, 2).GetHashCode(), new ValueList<int>(1, 2).GetHashCode());
        Assert.False(new ValueList<int>(1, 2).Equals(new ValueList<int>(2, 1)));
        Assert.False(new ValueList<int>(1, 2).Equals(new ValueList<int>(1)));
        Assert.False(new ValueList<int>().Equals(null));
        Assert.Equal("[1, 2]", new ValueList<int>(1, 2).ToString());
    }

    [Fact]
    public void A_list_does_not_change_with_the_array_it_was_made_of()
    {
        int[] items = [1, 2];
        var list = new ValueList<int>(items);
        items[0] = 9;
        Assert.Equal([1, 2], list);
    }

    [Theory]
    [InlineData("alpha", "a number above 0")]
    [InlineData("beta", "a number above 0, or \"auto\"")]
    [InlineData("weight", "power | sigmoid | exponential")]
    [InlineData("stage", "a whole number, 0 or more, or \"auto\"")]
    [InlineData("until", "a number from 0 to 1")]
    public void Expectations_say_type_and_range(string key, string expectation) =>
        Assert.Equal(expectation, Setting.Of(typeof(Mfw)).Single(setting => setting.Key == key).Expectation);

    [Fact]
    public void Another_value_gives_a_copy_and_leaves_the_record_alone()
    {
        var before = new Mfw();
        Setting stage = Setting.Of(typeof(Mfw)).Single(setting => setting.Key == "stage");
        Assert.Equal(new Mfw { Stage = 1 }, stage.With(before, 1L, "here"));
        Assert.Equal(new Mfw(), before);
    }

    [Fact]
    public void Every_setting_of_every_method_has_a_description_without_a_full_stop()
    {
        IEnumerable<Setting> all = MethodCatalogue
            .All.Select(method => method.GetType())
            .Append(typeof(Recipe))
            .Append(typeof(TrainingSettings))
            .SelectMany(Setting.Of);
        Assert.All(all, setting => Assert.Matches("^[A-Z].*[^.]$", setting.Documentation.Description));
    }
}
