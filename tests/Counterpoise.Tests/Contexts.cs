using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Tests;

/// <summary>Places in a training.</summary>
internal static class Contexts
{
    public static StepContext At(
        IReadOnlyList<int> counts,
        int epoch = 0,
        int epochs = 10,
        long firstPlace = 0,
        ulong seed = 0
    ) => new(epoch, epoch, epochs, 0, 0.1, counts, new Draws(seed), firstPlace);

    /// <summary>What a method's automatic settings may depend on in a recipe.</summary>
    public static MethodContext Of(Recipe recipe) =>
        new(recipe.Data, recipe.Training, NetworkCatalogue.Find(recipe.Model));
}
