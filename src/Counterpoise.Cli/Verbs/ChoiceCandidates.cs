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

    /// <summary>The candidates, in the order in which they are tried.</summary>
    /// <param name="budget">The time that all may take.</param>
    /// <exception cref="UsageException">The time is too short for any.</exception>
    internal IReadOnlyList<Candidate> Of(TimeSpan budget)
    {
        DataSurvey survey = ImageDataSource.Survey(run.Source, run.OpenOptions);
        Candidate[] probes = kinds.Contains(ChooseOptions.Probe) ? [.. OnFeatures(survey.Side)] : [];
        Candidate[] candidates =
        [
            .. probes.Take(CandidateList.FirstProbes),
            .. kinds.Contains(ChooseOptions.FineTune) ? FineTuned(survey, budget) : [],
            .. kinds.Contains(ChooseOptions.Scratch) ? FromScratch(survey, budget) : [],
            .. probes.Skip(CandidateList.FirstProbes),
        ];
        return candidates.Length > 0
            ? [.. candidates.Select(Changed)]
            : throw new UsageException(
                $"nothing is left to choose from: --kinds is {parsed.GetRequiredValue(options.Kinds)}, and --budget {budget.TotalSeconds:0} s; give more of either."
            );
    }

    /// <summary>What <c>--set</c> says of all candidates holds for each; a network that it names is the one from scratch, for others follow from their features or parameters.</summary>
    private Candidate Changed(Candidate candidate) =>
        candidate with
        {
            Settings = new ValueList<Assignment>([
                .. candidate.Settings.Where(setting =>
                    setting.Key == StartingRules.Model || !given.Contains(setting.Key)
                ),
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
        return Timed(
            "fine-tune",
            budget,
            [model],
            (network, methods, epochs) => CandidateList.FineTuned(name, network, size, methods, epochs, Images(survey))
        );
    }

    private IEnumerable<Candidate> FromScratch(DataSurvey survey, TimeSpan budget)
    {
        bool isSmall = survey.Side <= StartingRules.SmallSide; // Or has a size of its own.
        int size = isSmall ? StartingRules.SmallSize(survey.Side) : StartingRules.LargeSize(survey.Side);
        return Timed(
            "from scratch",
            budget,
            given.Contains(StartingRules.Model) ? [run.Recipe.Model]
                : isSmall ? [Recipe.Erm.Model, "resnet20"]
                : ["resnet18"],
            (network, methods, epochs) => CandidateList.FromScratch(network, size, methods, epochs, Images(survey))
        );
    }

    /// <summary>The training images without a fold; many where nothing is seen of them.</summary>
    private int Images(DataSurvey survey) =>
        survey.Labels.Count == 0 ? StartingRules.ManyImages : survey.Labels.Count * (folds - 1) / folds;

    /// <summary>As many methods on as large a network as the time allows enough epochs for; none where it allows too few for one.</summary>
    private IEnumerable<Candidate> Timed(
        string kind,
        TimeSpan budget,
        IReadOnlyList<string> networks,
        Func<string, IReadOnlyList<string>, int, IEnumerable<Candidate>> make
    )
    {
        IReadOnlyList<string> all = CandidateList.OfNetworks;
        if (given.Contains(Epochs))
        {
            return make(networks[0], all, run.Recipe.Training.Epochs);
        }

        double seconds = budget.TotalSeconds * Share;
        Dictionary<(string Network, string Method), double> measured = [];
        (string Network, int Methods, int Epochs)[] plans =
        [
            .. networks.SelectMany(network =>
                Enumerable.Range(1, all.Count).Reverse().Select(count => (network, count, EpochsOf(network, count)))
            ),
        ];
        (string network, int count, int epochs) = plans.FirstOrDefault(
            plan => plan.Epochs >= CandidateList.GoodEpochs,
            plans[^1]
        );
        if (epochs > 0)
        {
            string left =
                count < all.Count
                    ? $"; {string.Join(" and ", all.Skip(count))} are not tried, which would take its time"
                    : "";
            said.WriteLine(
                $"{kind}: {network} for {epochs} epochs, with {string.Join(", ", all.Take(count))}, by the time that is given{left}."
            );
            return make(network, [.. all.Take(count)], epochs);
        }

        double needed = CandidateList.LeastSeconds(1, folds, measured[(networks[^1], all[0])]) / Share;
        said.WriteLine(
            $"{kind}: not tried, for {CandidateList.FewestEpochs} epochs without a fold and on everything take too long; --budget {Math.Ceiling(needed / 60):0}m would do."
        );
        return [];

        int EpochsOf(string network, int count)
        {
            string slowest = all[Math.Min(count, 2) - 1]; // MFW, where it is among them.
            if (!measured.TryGetValue((network, slowest), out double epoch))
            {
                epoch = SecondsAnEpoch(make(network, [slowest], 1).Single());
                measured[(network, slowest)] = epoch;
            }

            return CandidateList.Epochs(seconds, count, folds, epoch);
        }
    }

    /// <summary>The share of the time that networks of one kind may take.</summary>
    private double Share =>
        kinds.Contains(ChooseOptions.Scratch)
        && kinds.Contains(ChooseOptions.FineTune)
        && parsed.GetValue(options.Pretrained) is not null
            ? ShareOfNetworks / 2
            : ShareOfNetworks;

    private double SecondsAnEpoch(Candidate candidate)
    {
        Recipe recipe = SearchSpace.Apply(run.Recipe, Changed(candidate).Settings).Resolve();
        TrainingData data = images.Prepare(run with { Recipe = recipe });
        return TrainingEstimate.Measure(recipe, data, run.Execution).Duration.TotalSeconds;
    }
}
