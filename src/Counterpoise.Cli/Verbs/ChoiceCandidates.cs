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

    private const string Epochs = "training.epochs";

    private readonly int folds = run.Recipe.Data.HeldOutFolds;
    private readonly IReadOnlySet<string> kinds = options.WantedKinds(parsed);
    private readonly IReadOnlySet<string> given = options.Given(parsed);

    /// <summary>The candidates, the cheapest first.</summary>
    /// <param name="budget">The time that all may take.</param>
    /// <exception cref="UsageException">The time is too short for any.</exception>
    internal IReadOnlyList<Candidate> Of(TimeSpan budget)
    {
        DataSurvey survey = ImageDataSource.Survey(run.Source, run.OpenOptions);
        Candidate[] candidates =
        [
            .. kinds.Contains(ChooseOptions.Probe) ? OnFeatures(survey.Side) : [],
            .. kinds.Contains(ChooseOptions.FineTune) ? FineTuned(survey, budget) : [],
            .. kinds.Contains(ChooseOptions.Scratch) ? FromScratch(survey, budget) : [],
        ];
        return candidates.Length > 0
            ? [.. candidates.Select(Changed)]
            : throw new UsageException(
                $"nothing is left to choose from: --kinds is {parsed.GetRequiredValue(options.Kinds)}, and --budget {budget.TotalSeconds:0} s; give more of either."
            );
    }

    /// <summary>What <c>--set</c> says of all candidates holds for each.</summary>
    private Candidate Changed(Candidate candidate) =>
        candidate with
        {
            Settings = new ValueList<Assignment>([
                .. candidate.Settings.Where(setting => !given.Contains(setting.Key)),
            ]),
        };

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

    private IEnumerable<Candidate> FineTuned(DataSurvey survey, TimeSpan budget)
    {
        int side = survey.Side;
        if (parsed.GetValue(options.Pretrained) is not { } name)
        {
            said.WriteLine("fine-tuning is not tried: give --pretrained a name, such as resnet18, or a file.");
            return [];
        }

        string model = NetworkCatalogue.All.Any(network => network.Name == name) ? name : run.Recipe.Model;
        int size = side > 0 ? StartingRules.LargeSize(side) : NetworkCatalogue.Find(model).ImageSize;
        return Timed(budget, epochs => CandidateList.FineTuned(name, model, size, epochs, Images(survey)));
    }

    private IEnumerable<Candidate> FromScratch(DataSurvey survey, TimeSpan budget)
    {
        bool isSmall = survey.Side <= StartingRules.SmallSide; // Or has a size of its own.
        string model = isSmall ? Recipe.Erm.Model : "resnet18";
        int size = isSmall ? StartingRules.SmallSize(survey.Side) : StartingRules.LargeSize(survey.Side);
        return Timed(budget, epochs => CandidateList.FromScratch(model, size, epochs, Images(survey)));
    }

    /// <summary>The training images without a fold; many where nothing is seen of them.</summary>
    private int Images(DataSurvey survey) =>
        survey.Labels.Count == 0 ? StartingRules.ManyImages : survey.Labels.Count * (folds - 1) / folds;

    /// <summary>Networks with as many epochs as the time allows; none where that is too few.</summary>
    private IEnumerable<Candidate> Timed(TimeSpan budget, Func<int, IEnumerable<Candidate>> make)
    {
        Candidate[] one = [.. make(1)];
        if (given.Contains(Epochs))
        {
            return one;
        }

        Recipe recipe = SearchSpace.Apply(run.Recipe, Changed(one[^1]).Settings).Resolve(); // The slowest is the last.
        TrainingData data = images.Prepare(run with { Recipe = recipe });
        double epoch = TrainingEstimate.Measure(recipe, data, run.Execution).Duration.TotalSeconds;
        bool isShared =
            kinds.Contains(ChooseOptions.Scratch)
            && kinds.Contains(ChooseOptions.FineTune)
            && parsed.GetValue(options.Pretrained) is not null;
        double share = isShared ? ShareOfNetworks / 2 : ShareOfNetworks;
        double seconds = budget.TotalSeconds * share;
        int epochs = CandidateList.Epochs(seconds, one.Length, folds, epoch);
        if (epochs > 0)
        {
            return make(epochs);
        }

        double needed = CandidateList.LeastSeconds(one.Length, folds, epoch) / share;
        said.WriteLine(
            $"{string.Join(", ", one.Select(candidate => candidate.Name))}: not tried, for {CandidateList.FewestEpochs} epochs of each without each fold take too long; --budget {Math.Ceiling(needed / 60):0}m would do."
        );
        return [];
    }
}
