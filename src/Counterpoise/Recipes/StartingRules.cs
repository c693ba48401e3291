using System.Globalization;
using System.Numerics;
using Counterpoise.Data;
using Counterpoise.Data.Listings;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Recipes;

/// <summary>What rules look at: the sizes of images and of classes, nothing else.</summary>
/// <param name="Side">The median of the images' shorter sides, in pixels.</param>
/// <param name="Counts">The training images of every class.</param>
internal sealed record DataTraits(int Side, IReadOnlyList<int> Counts)
{
    /// <summary>The imbalance ratio: the largest class's size over that of the smallest that has images.</summary>
    internal double Rho => (double)Counts.Max() / Counts.Where(count => count > 0).Min();

    /// <summary>Training images of a class on average.</summary>
    internal double PerClass => Counts.Average();

    /// <summary>Those of image files, of which an imbalanced version may be made.</summary>
    internal static DataTraits Of(DataSurvey survey, DataSettings settings)
    {
        int[] kept = new Imbalance(settings.Imbalance, settings.Rho).Select(
            survey.Labels,
            survey.Classes,
            settings.Seed
        );
        return new DataTraits(
            survey.Side,
            ClassCounts.Of(kept.Select(position => survey.Labels[position]), survey.Classes.Count)
        );
    }
}

/// <summary>What a rule takes, and why.</summary>
/// <param name="Settings">Keys of a recipe with their values.</param>
/// <param name="Reason">Why, in words that follow on a colon.</param>
internal sealed record StartingChoice(IReadOnlyList<(string Key, string Value)> Settings, string Reason)
{
    /// <summary>The value of a key; null where the rule says nothing of it.</summary>
    internal string? this[string key] => Settings.FirstOrDefault(setting => setting.Key == key).Value;
}

/// <summary>What to begin with where nobody says otherwise: pure functions of what the images are like.</summary>
internal static class StartingRules
{
    /// <summary>The key of the network.</summary>
    internal const string Model = "model";

    /// <summary>The key of the frozen network.</summary>
    internal const string Features = "data.features";

    /// <summary>The key of the images' size.</summary>
    internal const string ImageSize = "data.image_size";

    /// <summary>The key of the methods.</summary>
    internal const string Method = "method";

    /// <summary>The key of how a classifier is fitted.</summary>
    internal const string Optimizer = "training.optimizer";

    /// <summary>The key of the images of a step.</summary>
    internal const string BatchSize = "training.batch_size";

    /// <summary>The key of the learning rate.</summary>
    internal const string LearningRate = "training.learning_rate";

    /// <summary>Pictures of a shorter side up to this, in pixels, are trained on as they are: 32, or 1.5 times as many. Beyond, 32 would show less than two thirds of each side.</summary>
    internal const int SmallSide = 48;

    /// <summary>Up to this they are read at 32 pixels, of which they are no more than a quarter larger.</summary>
    internal const int SmallestSide = 40;

    /// <summary>Photographs up to this are read at 112 pixels, half of what networks of ImageNet take: at 224 they would be enlarged to nearly twice their size, or more, for four times the work.</summary>
    internal const int MediumSide = 128;

    /// <summary>Fewer images of a class on average train no network of their own: a network that has seen others knows more.</summary>
    internal const int FewImages = 20;

    /// <summary>Fewer images than this are trained on in smaller batches, so that an epoch has eight steps or so.</summary>
    internal const int ManyImages = 1024;

    /// <summary>Up to this the largest class and the smallest count as equal: 60 % of the images at most would be those of one of two classes.</summary>
    internal const double EqualRho = 1.5;

    private const string Extractor = "resnet18";
    private const int ExtractedFeatures = 512;

    /// <summary>The network and the size of images.</summary>
    /// <param name="traits">What the images are like.</param>
    /// <param name="lacking">Why there can be no features of a frozen network; null where there can.</param>
    /// <param name="asked">The size that somebody has chosen, which shows no more of an image than its pixels; null for none.</param>
    internal static StartingChoice Network(DataTraits traits, string? lacking, int? asked = null)
    {
        int side = Math.Min(traits.Side, asked ?? traits.Side);
        string shown =
            side < traits.Side
                ? $"images of {side} pixels are asked for"
                : $"the shorter side of images is {side} pixels (median)";
        string few =
            $"a class has {Number(traits.PerClass)} training images on average, fewer than {FewImages}, too few for a network of their own";
        string large = $"{LargeSize(side)}";
        return (side > SmallSide, traits.PerClass < FewImages, lacking) switch
        {
            (true, _, null) => OfFeatures($"{shown}, too large to be squeezed to 32"),
            (false, true, null) => OfFeatures(few),
            (true, _, _) => new StartingChoice(
                [(Model, Extractor), (ImageSize, large)],
                $"{shown}, too large to be squeezed to 32; features of a frozen network are not taken, as {lacking}"
            ),
            (false, var isFew, _) => new StartingChoice(
                [(Model, Recipe.Erm.Model), (ImageSize, $"{SmallSize(side)}")],
                isFew ? $"{shown}; {few}, but features of a frozen one are not taken, as {lacking}" : shown
            ),
        };

        StartingChoice OfFeatures(string reason) =>
            new([(Features, Extractor), (Model, FeatureNetwork.NameOf(ExtractedFeatures)), (ImageSize, large)], reason);
    }

    /// <summary>The size of images for a network that somebody has chosen.</summary>
    internal static StartingChoice Size(DataTraits traits, NetworkDescription network)
    {
        int size =
            network.ImageSize >= 224 ? LargeSize(traits.Side)
            : network.ImageSize == 32 && traits.Side <= SmallSide ? SmallSize(traits.Side)
            : network.ImageSize;
        return new StartingChoice(
            [(ImageSize, $"{size}")],
            $"{network.Name} is made for {network.ImageSize} pixels, and the shorter side of images is {traits.Side} (median)"
        );
    }

    /// <summary>The method.</summary>
    /// <param name="traits">What the images are like.</param>
    /// <param name="onFeatures">Whether features of a frozen network are trained on.</param>
    /// <param name="converges">Whether a classifier of these may be fitted to convergence.</param>
    internal static StartingChoice Methods(DataTraits traits, bool onFeatures, bool converges)
    {
        bool isEqual = traits.Rho <= EqualRho;
        string method =
            isEqual ? Recipe.Erm.MethodNames
            : onFeatures ? "logit-adjustment"
            : Recipe.Default.MethodNames;
        return new StartingChoice(
            [(Method, method), .. onFeatures && converges ? [(Optimizer, "lbfgs")] : Array.Empty<(string, string)>()],
            $"rho, the largest class over the smallest, is {Number(traits.Rho)}{(isEqual ? $", no more than {Number(EqualRho)}" : "")}"
        );
    }

    /// <summary>Smaller batches where there are few images, with a learning rate in proportion (Goyal et al., arXiv 2017).</summary>
    /// <param name="images">The training images.</param>
    /// <returns>Nothing where there are enough for what recipes have.</returns>
    internal static StartingChoice? Batches(int images)
    {
        if (images >= ManyImages)
        {
            return null;
        }

        TrainingSettings usual = Recipe.Default.Training;
        int size = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)(images / 8 + 1)) / 2, 4, usual.BatchSize);
        double rate = usual.LearningRate * size / usual.BatchSize;
        return new StartingChoice(
            [(BatchSize, $"{size}"), (LearningRate, rate.ToString("R", CultureInfo.InvariantCulture))],
            $"there are {images} training images, fewer than {ManyImages}, and an epoch is to have several steps"
        );
    }

    /// <summary>The size of small pictures for networks that are made for them.</summary>
    internal static int SmallSize(int side) => side <= SmallestSide ? 32 : SmallSide;

    /// <summary>The size of images for networks that were trained on ImageNet's.</summary>
    internal static int LargeSize(int side) => side <= MediumSide ? 112 : 224;

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
