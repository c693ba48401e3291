using Counterpoise.Report.Figures;
using Counterpoise.Runs;

namespace Counterpoise.Report;

/// <summary>The figures that can be drawn from runs.</summary>
public static class FigureCatalogue
{
    private const string Statistics = "statistics: train with --statistics every=1, or analyze with --recompute";
    private const string Tests = "tested epochs: train with --evaluate-every 1, or finish the run with 'resume'";

    /// <summary>All figures, in the order in which a report shows them.</summary>
    public static IReadOnlyList<FigureKind> All { get; } =
    [
        new("class-counts", "training images and test accuracy of every class", Tests, true, ClassCountFigure.Of),
        new(
            "train-test-accuracy",
            "figure 11: training and test accuracy of every class",
            "a finished run: go on with 'resume'",
            true,
            TrainTestAccuracyFigure.Of
        ),
        new(
            "learning-curves",
            "loss, running, test and balanced accuracy over the epochs",
            "a first complete epoch: go on with 'resume'",
            false,
            LearningCurveFigure.Of
        ),
        new(
            "feature-deviation",
            "figure 7: feature deviation of every class",
            Statistics,
            true,
            FeatureDeviationFigure.Of
        ),
        new(
            "classification-ratio",
            "figure 8: classification ratio of a major and a minor class over the epochs",
            Statistics,
            false,
            ClassificationRatioFigure.Of
        ),
        new(
            "feature-deviation-epochs",
            "figure 9: feature deviation over the epochs",
            Statistics,
            false,
            FeatureDeviationEpochsFigure.Of
        ),
        new(
            "gradient-norms",
            "norm of the feature gradient of every class over the epochs",
            Statistics,
            false,
            GradientNormFigure.Of
        ),
        new("confusion", "confusion matrix of the test images", Statistics, false, ConfusionFigure.Of),
        new("calibration", "reliability diagram of the test images", Statistics, false, CalibrationFigure.Of),
        Sweep("beta-sweep", "figure 10: accuracy over beta", "mfw.beta", "beta"),
        Sweep("alpha-sweep", "table 6: accuracy over alpha", "mfw.alpha", "alpha"),
        Sweep("rho-sweep", "table 7: accuracy over the imbalance ratio", "data.rho", "rho"),
    ];

    /// <summary>The figure of a name.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest name.</exception>
    public static FigureKind Find(string name) =>
        All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UsageException(
            $"--figures names '{name}', which is not known; {Nearest.Hint(name, [.. All.Select(kind => kind.Name)])}"
        );

    private static FigureKind Sweep(string name, string summary, string key, string setting) =>
        new(
            name,
            summary,
            $"finished runs with two or more values of {key}: name them all",
            false,
            runs => SweepFigure.Of(runs, key, setting)
        );
}

/// <summary>A kind of figure.</summary>
public sealed class FigureKind
{
    private readonly bool sameClasses;
    private readonly Func<IReadOnlyList<RunHistory>, Figure?> draw;

    internal FigureKind(
        string name,
        string summary,
        string needs,
        bool sameClasses,
        Func<IReadOnlyList<RunHistory>, Figure?> draw
    )
    {
        Name = name;
        Summary = summary;
        Needs = needs;
        this.sameClasses = sameClasses;
        this.draw = draw;
    }

    /// <summary>Its name: also that of its file.</summary>
    public string Name { get; }

    /// <summary>What it shows, with its number in the paper.</summary>
    public string Summary { get; }

    /// <summary>What runs must have for it, and how to get that.</summary>
    public string Needs { get; }

    /// <summary>Draws it.</summary>
    /// <param name="runs">One run or more.</param>
    /// <param name="missing">What is missing and how to get it, where the figure is null.</param>
    /// <returns>The figure, or null where the runs do not allow it.</returns>
    public Figure? Draw(IReadOnlyList<RunHistory> runs, out string? missing)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (
            sameClasses
            && runs.Any(run =>
                !run.Classes.SequenceEqual(runs[0].Classes) || !run.ClassCounts.SequenceEqual(runs[0].ClassCounts)
            )
        )
        {
            missing = "runs with the same classes and training images: name runs of one data set";
            return null;
        }

        Figure? figure = draw(runs);
        missing = figure is null ? Needs : null;
        return figure;
    }
}
