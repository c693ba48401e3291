using Counterpoise.Networks;
using Counterpoise.Recipes;

namespace Counterpoise.Tuning;

/// <summary>What a choice compares: classifiers on features of a frozen network, networks fine-tuned, and networks from scratch.</summary>
internal static class CandidateList
{
    /// <summary>Fewer epochs than this would show what a network has not learnt yet.</summary>
    internal const int FewestEpochs = 5;

    /// <summary>With fewer epochs than this for each, fewer networks are compared, or smaller ones.</summary>
    internal const int GoodEpochs = 15;

    /// <summary>As many as the paper trains for; more have not helped.</summary>
    internal const int MostEpochs = 200;

    /// <summary>An epoch takes longer than its steps.</summary>
    private const double Allowance = 1.2;

    /// <summary>Beginning and testing take so many seconds of each training.</summary>
    private const double Start = 2;

    /// <summary>How many probes are tried before any network: those that are always in the race.</summary>
    internal const int FirstProbes = 5;

    /// <summary>Plain training, post-hoc adjustment, closed forms and what a loss can do; then variations.</summary>
    private static readonly string[] Probes =
    [
        "method=erm",
        "method=erm+post-hoc-adjustment",
        "method=nearest-mean",
        "method=lda",
        "method=logit-adjustment",
        "method=class-balanced",
        "method=logit-adjustment logit-adjustment.tau=0.5",
        "method=logit-adjustment logit-adjustment.tau=1.5",
        "method=ldam",
    ];

    /// <summary>The methods of networks, in the order in which they are wanted where there is no time for all.</summary>
    internal static IReadOnlyList<string> OfNetworks { get; } = ["logit-adjustment", "mfw", "erm"];

    /// <summary>Classifiers on features.</summary>
    /// <param name="features">The frozen network, as <c>data.features</c> takes it.</param>
    /// <param name="length">How many features it makes.</param>
    /// <param name="size">The size that it takes images in, in pixels.</param>
    internal static IEnumerable<Candidate> OnFeatures(string features, int length, int size) =>
        Probes.Select(settings =>
        {
            string common = $"data.features={features} data.image_size={size} model={FeatureNetwork.NameOf(length)}";
            bool isFitted =
                !settings.Contains("nearest-mean", StringComparison.Ordinal)
                && !settings.EndsWith("lda", StringComparison.Ordinal);
            string fit = isFitted ? " training.optimizer=lbfgs" : "";
            return Candidate.Parse($"probe {Short(settings)}: {common} {settings}{fit}");
        });

    /// <summary>Networks that begin with parameters which were trained on other images.</summary>
    /// <param name="pretrained">A name or a file, as <c>pretrained</c> takes it.</param>
    /// <param name="model">The network.</param>
    /// <param name="size">The size of images, in pixels.</param>
    /// <param name="methods">Some of <see cref="OfNetworks"/>.</param>
    /// <param name="epochs">How many epochs the time allows.</param>
    /// <param name="images">The training images without a fold.</param>
    internal static IEnumerable<Candidate> FineTuned(
        string pretrained,
        string model,
        int size,
        IEnumerable<string> methods,
        int epochs,
        int images
    ) =>
        methods.Select(method =>
            Candidate.Parse(
                $"fine-tune {method}: pretrained={pretrained} model={model} data.image_size={size} data.normalisation=imagenet "
                    + $"method={method} training.epochs={epochs} training.optimizer=adamw training.learning_rate=0.0005 training.layer_decay=0.75 training.warmup=1"
                    + Batches(images, [StartingRules.BatchSize])
            )
        );

    /// <summary>Networks that begin with random parameters.</summary>
    /// <param name="model">The network.</param>
    /// <param name="size">The size of images, in pixels.</param>
    /// <param name="methods">Some of <see cref="OfNetworks"/>.</param>
    /// <param name="epochs">How many epochs the time allows.</param>
    /// <param name="images">The training images without a fold.</param>
    internal static IEnumerable<Candidate> FromScratch(
        string model,
        int size,
        IEnumerable<string> methods,
        int epochs,
        int images
    ) =>
        methods.Select(method =>
            Candidate.Parse(
                $"from scratch {method}: model={model} data.image_size={size} method={method} training.epochs={epochs}"
                    + Batches(images, [StartingRules.BatchSize, StartingRules.LearningRate])
            )
        );

    /// <summary>What few images need, of what is said of it: a space and settings, or nothing.</summary>
    private static string Batches(int images, string[] keys) =>
        string.Concat(
            (StartingRules.Batches(images)?.Settings ?? [])
                .Where(setting => keys.Contains(setting.Key))
                .Select(setting => $" {setting.Key}={setting.Value}")
        );

    /// <summary>How many epochs each network may be trained for, so that all of them fit into a share of the time.</summary>
    /// <param name="seconds">The time that networks may take altogether.</param>
    /// <param name="networks">How many there are.</param>
    /// <param name="folds">Folds.</param>
    /// <param name="secondsAnEpoch">The time of an epoch without one fold.</param>
    /// <returns>0 where it is too few to be worth it.</returns>
    internal static int Epochs(double seconds, int networks, int folds, double secondsAnEpoch)
    {
        double each = seconds / Trainings(networks, folds);
        int epochs = (int)Math.Clamp((each - Start) / (secondsAnEpoch * Allowance), 0, MostEpochs);
        return epochs >= FewestEpochs ? epochs : 0;
    }

    /// <summary>The time that networks need, for as few epochs as are worth it.</summary>
    internal static double LeastSeconds(int networks, int folds, double secondsAnEpoch) =>
        Trainings(networks, folds) * ((FewestEpochs * secondsAnEpoch * Allowance) + Start);

    /// <summary>All are trained without one fold and one on everything, in units of a training without a fold; they see more folds where time is left.</summary>
    private static double Trainings(int networks, int folds) => networks + (folds / (folds - 1.0));

    private static string Short(string settings) =>
        string.Join(
            ' ',
            settings
                .Split(' ')
                .Select(setting => setting.Split('='))
                .Select(pair => pair[0] == SearchSpace.MethodKey ? pair[1] : $"{pair[0].Split('.')[^1]} {pair[1]}")
        );
}
