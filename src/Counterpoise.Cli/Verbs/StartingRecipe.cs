using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using Counterpoise.Features;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary>What a training begins with where there is no recipe file: the default recipe, and what the images decide of it where options do not.</summary>
internal static class StartingRecipe
{
    /// <summary>Whoever sets how steps are made wants steps, and no fit to convergence, which makes none.</summary>
    private const string Steps = "training.";

    /// <summary>What such a fit heeds, too.</summary>
    private static readonly string[] OfAnyTraining =
    [
        "training.penalty",
        "training.feature_scale",
        "training.evaluate_every",
        "training.precision",
    ];

    /// <summary>Decides what is left to decide, and tells it.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="options">The options of the verb.</param>
    /// <param name="methods">The methods that are trained in any case; none where one is to be chosen.</param>
    /// <param name="ranks">Those that train together.</param>
    /// <param name="say">Takes a line for each decision.</param>
    internal static Recipe Of(
        ParseResult parsed,
        TrainOptions options,
        IReadOnlyList<string> methods,
        Ranks ranks,
        Action<string> say
    )
    {
        IReadOnlySet<string> given = options.Recipe.Given(parsed);
        bool choosesMethod = methods.Count == 0 && !given.Contains(StartingRules.Method);
        bool choosesNetwork = !given.Overlaps([StartingRules.Model, StartingRules.Features, "pretrained"]);
        bool choosesSize = given.Contains(StartingRules.Model) && !given.Contains(StartingRules.Features);
        bool choosesBatches = !given.Overlaps([
            StartingRules.BatchSize,
            StartingRules.LearningRate,
            StartingRules.Optimizer,
        ]);
        if (
            parsed.GetValue(options.Recipe.File) is not null
            || !(
                choosesMethod
                || choosesNetwork
                || choosesBatches
                || (choosesSize && !given.Contains(StartingRules.ImageSize))
            )
        )
        {
            return Recipe.Default;
        }

        Recipe asked = options.Recipe.Asked(parsed);
        string source = parsed.GetRequiredValue(options.Data.Data);
        var opening = new OpenOptions { Listing = options.Data.Listing(parsed), Messages = ReadingProgress.Lines };
        DataSurvey survey = ranks.FirstThenOthers(() => ImageDataSource.Survey(source, opening));
        if (survey.Sampled == 0)
        {
            return Recipe.Default;
        }

        var traits = DataTraits.Of(survey, asked.Data);
        Recipe start = Recipe.Default;
        if (choosesNetwork)
        {
            int? size = given.Contains(StartingRules.ImageSize) ? asked.Data.ImageSize : null;
            Take(StartingRules.Network(traits, Lacking(methods), size));
        }
        else if (choosesSize)
        {
            Take(StartingRules.Size(traits, asked.Network));
        }

        if (choosesMethod)
        {
            bool converges =
                ranks.Count == 1
                && !given.Any(key => key.StartsWith(Steps, StringComparison.Ordinal) && !OfAnyTraining.Contains(key));
            bool onFeatures = start.Data.Features.Length + asked.Data.Features.Length > 0;
            Take(StartingRules.Methods(traits, onFeatures, converges));
        }

        if (
            choosesBatches
            && start.Training.Optimizer != OptimizerKind.Lbfgs
            && StartingRules.Batches(traits.Counts.Sum()) is { } batches
        )
        {
            Take(batches);
        }

        return start;

        void Take(StartingChoice choice)
        {
            (string Key, string Value)[] settings = [.. choice.Settings.Where(setting => !given.Contains(setting.Key))];
            if (settings.Length == 0)
            {
                return;
            }

            start = settings.Aggregate(
                start,
                (recipe, setting) => RecipeText.Set(recipe, $"{setting.Key}={setting.Value}")
            );
            say($"{source}: {Command(options.Recipe, settings)}, as nothing else is said: {choice.Reason}.");
        }
    }

    /// <summary>The size that a frozen network takes images in, decided and told where nothing is said of it; null where nothing is seen of the images, either.</summary>
    internal static int? SizeOfFeatures(ParseResult parsed, TrainOptions options, TextWriter said)
    {
        IReadOnlySet<string> given = options.Recipe.Given(parsed);
        if (given.Overlaps([StartingRules.ImageSize, StartingRules.Features]))
        {
            return null;
        }

        string source = parsed.GetRequiredValue(options.Data.Data);
        var opening = new OpenOptions { Listing = options.Data.Listing(parsed), Messages = ReadingProgress.Lines };
        int side = ImageDataSource.Survey(source, opening).Side;
        if (side == 0)
        {
            return null;
        }

        int size = StartingRules.LargeSize(side);
        said.WriteLine(
            $"{source}: {options.Recipe.SpelledSize(size)}, as nothing else is said: the shorter side of images is {side} pixels (median)."
        );
        return size;
    }

    /// <summary>Settings as they are written on a command line.</summary>
    internal static string Command(RecipeOptions options, IReadOnlyList<(string Key, string Value)> settings)
    {
        bool hasFeatures = settings.Any(setting => setting.Key == StartingRules.Features); // The network follows from them.
        return string.Join(
            ' ',
            options.Spelled(settings.Where(setting => !hasFeatures || setting.Key != StartingRules.Model))
        );
    }

    /// <summary>Why there can be no features of a frozen network; null where there can.</summary>
    internal static string? Lacking(IReadOnlyList<string> methods) =>
        FeatureExtractors.Lacking
        ?? (
            methods.FirstOrDefault(names => !IsOnFeatures(names)) is { } other
                ? $"{other} takes more of a network than its features"
                : null
        );

    private static bool IsOnFeatures(string methods)
    {
        Recipe recipe = Recipe.Erm.WithMethods(methods); // A name that is not known is refused here.
        try
        {
            _ = (recipe with { Data = recipe.Data with { HeldOut = 1 } })
                .With(NetworkCatalogue.Find(FeatureNetwork.NameOf(1)))
                .Resolve();
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }
}
