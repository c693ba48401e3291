using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using TorchSharp;

namespace Counterpoise.Tests.Training;

/// <summary>The synthetic set as vectors that tell its classes apart, under noise.</summary>
internal static class SmallVectors
{
    /// <summary>The length of a vector.</summary>
    internal const int Length = 12;

    /// <summary>A recipe of few epochs on such vectors, to be resolved.</summary>
    internal static Recipe Recipe(string methods)
    {
        Recipe recipe = SmallTraining
            .Recipe("erm", epochs: 6)
            .With(NetworkCatalogue.Find("features12"))
            .WithMethods(methods);
        return methods == "tau-norm" ? RecipeText.Set(recipe, "tau-norm.tau=0.5") : recipe;
    }

    /// <summary>The same, fitted to convergence.</summary>
    internal static Recipe Fitted(string methods) => RecipeText.Set(Recipe(methods), "training.optimizer=lbfgs");

    /// <param name="viewsOf">How many views a training image of a class has; null for none.</param>
    internal static ImageData Open(Func<int, int>? viewsOf = null)
    {
        ImageData data = SyntheticImages.Open(0, trainPerClass: 30, testPerClass: 10);
        return data with { Train = Of(data.Train, 1, viewsOf), Test = Of(data.Test, 2, null) };
    }

    private static FeatureImages Of(IImageSource images, ulong seed, Func<int, int>? viewsOf)
    {
        int[] views =
        [
            .. images.Labels.SelectMany((label, image) => Enumerable.Repeat(image, viewsOf?.Invoke(label) ?? 0)),
        ];
        float[] numbers =
        [
            .. images.Labels.SelectMany((label, image) => Vector(label, image, seed)),
            .. views.SelectMany((image, view) => Vector(images.Labels[image], view, seed + 10)),
        ];
        return new FeatureImages(
            images,
            [.. Enumerable.Range(0, images.Count)],
            torch.tensor(numbers).view(-1, Length),
            "noise",
            views
        );
    }

    private static float[] Vector(int label, int image, ulong seed)
    {
        DrawStream stream = new Draws(seed).At(DrawPurpose.Order, 0, image);
        return [.. Enumerable.Range(0, Length).Select(d => (float)stream.NextNormal() + (d == label ? 4 : 0))];
    }
}
