using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Tests.Recipes;

public sealed class RecipeTests
{
    [Fact]
    public void Recipes_compare_by_value()
    {
        static Recipe Make() =>
            Recipe.Erm.With(new Mfw { Alpha = 0.2 }).With(new Drw()) with
            {
                Training = new TrainingSettings { Milestones = new ValueList<int>(1, 2) },
                Data = new DataSettings { Rho = 50 },
            };
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.NotEqual(Make(), Make().With(new Mfw { Alpha = 0.3 }));
        Assert.NotEqual(
            Make(),
            Make() with
            {
                Training = new TrainingSettings { Milestones = new ValueList<int>(1, 3) },
            }
        );
        Assert.NotEqual(Make(), Make() with { Data = new DataSettings { Rho = 10 } });
        Assert.NotEqual(Make(), Make() with { Seed = 1 });
    }

    [Fact]
    public void With_leaves_the_recipe_it_starts_from_alone()
    {
        Recipe mfw = Recipe.Erm.With(new Mfw());
        Assert.Equal("erm", Recipe.Erm.MethodNames);
        Assert.Equal("mfw", mfw.MethodNames);
        Assert.Equal("mfw+drw", mfw.With(new Drw()).MethodNames);
        Assert.Equal(mfw, mfw.With(new Erm()));
    }

    [Fact]
    public void A_method_that_is_there_already_gets_the_new_settings_in_its_place()
    {
        Recipe recipe = Recipe.Erm.With(new Mfw()).With(new Drw()).With(new Mfw { Alpha = 5 });
        Assert.Equal([new Mfw { Alpha = 5 }, new Drw()], recipe.Methods);
    }

    [Fact]
    public void Methods_fill_the_same_phases_in_any_order()
    {
        Recipe one = Recipe.Erm.WithMethods("mfw+drw");
        Recipe other = Recipe.Erm.WithMethods("drw + mfw");
        Assert.Equal(one.Phases, other.Phases);
        Phase phase = Assert.Single(one.Phases);
        Assert.Equal(new Slot<IMixer>(new Mfw(), "mfw"), phase.Mixer);
        Assert.Equal(new Slot<IClassWeights>(new Drw(), "drw"), phase.Weights);
        Assert.Null(phase.Loss);
        Assert.Null(phase.Sampler);
        Assert.Equal(200, phase.Epochs);
    }

    [Theory]
    [InlineData("class-balanced+drw", "class-balanced", "drw")]
    [InlineData("drw+mfw+class-balanced", "drw", "class-balanced")]
    public void Two_methods_for_one_slot_are_refused_by_name(string names, string first, string second) =>
        Assert.Equal(
            $"methods '{first}' and '{second}' cannot be combined: both fill the class weights slot; choose one of them.",
            Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods(names)).Message
        );

    [Fact]
    public void With_refuses_what_fills_a_slot_twice() =>
        Assert.Contains(
            "'drw' and 'class-balanced'",
            Assert.Throws<UsageException>(() => Recipe.Erm.With(new Drw()).With(new ClassBalanced())).Message
        );

    [Theory]
    [InlineData("mfw+mfw", "method 'mfw+mfw' names 'mfw' twice; name each method once.")]
    [InlineData("mwf", "method 'mwf' is not known; did you mean 'mfw'?")]
    [InlineData("mfw+class-balance", "method 'class-balance' is not known; did you mean 'class-balanced'?")]
    public void Names_that_are_not_methods_are_refused(string names, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods(names)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("mfw++drw")]
    public void An_empty_name_is_refused_with_those_that_are_known(string names) =>
        Assert.Equal(
            $"method '' is not known; known are: {string.Join(", ", MethodCatalogue.All.Select(method => method.Name))}.",
            Assert.Throws<UsageException>(() => Recipe.Erm.WithMethods(names)).Message
        );

    [Fact]
    public void Naming_methods_keeps_the_settings_of_those_that_are_there()
    {
        Recipe recipe = Recipe.Erm.With(new Mfw { Alpha = 5 }).WithMethods("drw+mfw");
        Assert.Equal([new Drw(), new Mfw { Alpha = 5 }], recipe.Methods);
        Assert.Empty(recipe.WithMethods("erm").Methods);
    }

    [Theory]
    [InlineData(ImbalanceKind.LongTailed, 32, 2, 4)]
    [InlineData(ImbalanceKind.Step, 64, 0.01, 8)]
    [InlineData(ImbalanceKind.Natural, 84, 2, 10)]
    public void Resolving_replaces_what_is_automatic(ImbalanceKind kind, int size, double beta, int pad)
    {
        Recipe recipe = Recipe.Erm.With(new Mfw()) with
        {
            Data = new DataSettings { Imbalance = kind, ImageSize = size },
        };
        Recipe resolved = recipe.Resolve();
        Assert.Equal(beta, Assert.IsType<Mfw>(Assert.Single(resolved.Methods)).Beta);
        Assert.Equal(pad, resolved.Data.Pad);
        Assert.Equal(resolved, resolved.Resolve());
    }

    [Theory]
    [InlineData(224, null, 224, 28)]
    [InlineData(224, 256, 256, 0)]
    public void Images_are_padded_only_where_they_are_not_resized_to_more(int size, int? resize, int resized, int pad)
    {
        Recipe recipe = Recipe.Erm with
        {
            Data = new DataSettings { ImageSize = size, Resize = resize },
        };
        Assert.Equal(resized, recipe.Resolve().Data.Resize);
        Assert.Equal(pad, recipe.Resolve().Data.Pad);
    }

    [Fact]
    public void Resizing_to_less_than_what_is_cropped_is_refused()
    {
        Recipe recipe = Recipe.Erm with
        {
            Data = new DataSettings { ImageSize = 64, Resize = 60 },
        };
        Assert.Equal(
            "data.resize is 60 pixels, expected at least data.image_size, which is 64.",
            Assert.Throws<UsageException>(() => recipe.Resolve()).Message
        );
    }

    [Fact]
    public void Resolving_keeps_what_was_chosen()
    {
        var data = new DataSettings { Pad = 0, Resize = 40 };
        Recipe recipe = Recipe.Erm.With(new Mfw { Beta = 0.5, Stage = 1 }) with { Data = data };
        Assert.Equal(recipe, recipe.Resolve());
    }

    [Fact]
    public void A_stage_that_the_network_has_not_is_refused()
    {
        Assert.Equal(
            "mfw mixes after stage 4, but resnet32 has stages 0 to 3 (input, layer1, layer2, layer3); choose from them.",
            Assert.Throws<UsageException>(() => Recipe.Erm.With(new Mfw { Stage = 4 }).Resolve()).Message
        );
        Recipe.Erm.With(new Mfw { Stage = 3 }).Resolve();
    }

    [Fact]
    public void A_network_that_is_not_known_is_refused() =>
        Assert.Equal(
            "model 'resnet33' is not known; did you mean 'resnet32'?",
            Assert.Throws<UsageException>(() => (Recipe.Erm with { Model = "resnet33" }).Resolve()).Message
        );
}
