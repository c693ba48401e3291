using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using Counterpoise.Features;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;
using Counterpoise.Tuning;
using Counterpoise.Tuning.Choosing;

namespace Counterpoise.Cli.Verbs;

/// <summary>What a choice compares on some data, by the sizes of its images and what the time allows.</summary>
/// <param name="parsed">What was given.</param>
/// <param name="options">The options.</param>
/// <param name="run">The base recipe on the data.</param>
/// <param name="images">Opens the data.</param>
/// <param name="said">Takes what is left out, and why.</param>
internal sealed class ChoiceCandidates(
    ParseResult parsed,
    ChooseOptions options,
    TrainingPlan run,
    TrialImages images,
    TextWriter said
)
{
    /// <summary>Networks take this share of the time at most: classifiers on features are tried in any case.</summary>
    private const double ShareOfNetworks = 0.6;

    private readonly int folds = run.Recipe.Data.HeldOutFolds;

    /// <summary>The candidates, the cheapest first.</summary>
    /// <param name="budget">The time that all may take.</param>
    /// <exception cref="UsageException">The time is too short for any.</exception>
    internal IReadOnlyList<Candidate> Of(TimeSpan budget)
    {
        DataSurvey survey = ImageDataSource.Survey(run.Source, run.OpenOptions);
        Candidate[] candidates =
        [
            .. OnFeatures(survey.Side),
            .. FineTuned(survey.Side, budget),
            .. FromScratch(survey.Side, budget),
        ];
        return candidates.Length > 0
            ? candidates
            : throw new UsageException(
                $"--budget is {budget.TotalSeconds:0} s, too short to train any network without {folds} folds; give more time, or fewer --folds."
            );
    }

    private IEnumerable<Candidate> OnFeatures(int side)
    {
        string name = parsed.GetValue(options.Features) ?? FeatureExtractors.ResNet18;
        if (name == FeatureExtractors.ResNet18 && FeatureExtractors.Lacking is { } lacking)
        {
            said.WriteLine($"classifiers on features are not tried: {lacking}.");
            return [];
        }

        DataSettings sized = FeatureExtractors.Sized(run.Recipe.Data with { Features = name });
        int size = name == FeatureExtractors.ResNet18 && side > 0 ? StartingRules.LargeSize(side) : sized.ImageSize;
        using OnnxExtractor extractor = FeatureExtractors.Open(sized with { ImageSize = size });
        return [.. CandidateList.OnFeatures(name, extractor.Length, size)];
    }

    private IEnumerable<Candidate> FineTuned(int side, TimeSpan budget)
    {
        if (parsed.GetValue(options.Pretrained) is not { } name)
        {
            said.WriteLine("fine-tuning is not tried: give --pretrained a name, such as resnet18, or a file.");
            return [];
        }

        string model = NetworkCatalogue.All.Any(network => network.Name == name) ? name : run.Recipe.Model;
        int size = side > 0 ? StartingRules.LargeSize(side) : NetworkCatalogue.Find(model).ImageSize;
        return Timed(budget, epochs => CandidateList.FineTuned(name, model, size, epochs));
    }

    private IEnumerable<Candidate> FromScratch(int side, TimeSpan budget) =>
        side is > 0 and <= StartingRules.SmallSide || side == 0
            ? Timed(
                budget,
                epochs => CandidateList.FromScratch(Recipe.Erm.Model, StartingRules.SmallSize(side), epochs)
            )
            : Timed(budget, epochs => CandidateList.FromScratch("resnet18", StartingRules.LargeSize(side), epochs));

    /// <summary>Networks with as many epochs as the time allows; none where that is too few.</summary>
    private IEnumerable<Candidate> Timed(TimeSpan budget, Func<int, IEnumerable<Candidate>> make)
    {
        Candidate[] one = [.. make(1)];
        Recipe recipe = SearchSpace.Apply(run.Recipe, one[0].Settings).Resolve();
        TrainingData data = images.Prepare(run with { Recipe = recipe });
        double epoch = TrainingEstimate.Measure(recipe, data, run.Execution).Duration.TotalSeconds;
        double seconds = budget.TotalSeconds * ShareOfNetworks;
        int epochs = CandidateList.Epochs(seconds, one.Length, folds, epoch);
        if (epochs > 0)
        {
            return make(epochs);
        }

        double needed = CandidateList.Seconds(CandidateList.FewestEpochs, one.Length, folds, epoch) / ShareOfNetworks;
        said.WriteLine(
            $"{string.Join(", ", one.Select(candidate => candidate.Name))}: not tried, for {CandidateList.FewestEpochs} epochs of each without each fold take too long; --budget {Math.Ceiling(needed / 60):0}m would do."
        );
        return [];
    }
}
