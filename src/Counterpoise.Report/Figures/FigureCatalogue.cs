using Counterpoise.Basics;
using Counterpoise.Runs;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Report.Figures;

/// <summary>The figures that can be drawn from runs.</summary>
public static class FigureCatalogue
{
    private const string Statistics =
        "statistics: train with --statistics every=1, or take them from kept checkpoints with analyze --recompute";
    private const string Predictions =
        "predictions of test images, which finished runs keep: run 'resume', or train again where an older version trained";
    private const string Tests = "tested epochs: train with --evaluate-every 1, or finish the run with 'resume'";

    /// <summary>All figures, in the order in which a report shows them.</summary>
    public static IReadOnlyList<FigureKind> All { get; } =
    [
        new("class-counts", Tests, true, ClassCountFigure.Of),
        new("accuracy", "a finished run: go on with 'resume'", true, AccuracyFigure.Of),
        new("learning-curves", "a complete epoch: go on with 'resume'", false, LearningCurveFigure.Of),
        new("deviation", Statistics, true, DeviationFigure.Of),
        new("classification-ratio", Statistics, false, ClassificationRatioFigure.Of),
        new("deviation-over-epochs", Statistics, false, DeviationOverEpochsFigure.Of),
        new("gradient-norm", Statistics, false, GradientNormFigure.Of),
        new("confusion", Statistics, false, set => ConfusionFigure.Of(set, byPrediction: false)),
        new("confusion-by-prediction", Statistics, false, set => ConfusionFigure.Of(set, byPrediction: true)),
        new("precision-recall", Predictions, false, CurveFigure.PrecisionRecall),
        new("roc", Predictions, false, CurveFigure.Roc),
        new("calibration", Statistics, false, CalibrationFigure.Of),
        Sweep("beta-sweep", "mfw.beta", "beta"),
        Sweep("alpha-sweep", "mfw.alpha", "alpha"),
        Sweep("rho-sweep", "data.rho", "rho"),
    ];

    /// <summary>The figure of a name.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest name.</exception>
    public static FigureKind Find(string name) =>
        All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UsageException(
            $"{Named("figures")} names '{name}', which is not known; {Nearest.Hint(name, [.. All.Select(kind => kind.Name)])}"
        );

    private static FigureKind Sweep(string name, string key, string setting) =>
        new(
            name,
            $"finished runs with two or more values of {key} that differ in nothing else but the seed: name them all",
            false,
            set => SweepFigure.Of(set, key, setting)
        );
}

/// <summary>A kind of figure.</summary>
public sealed class FigureKind
{
    private readonly string needs;
    private readonly bool sameClasses;
    private readonly Func<RunSet, Figure?> draw;

    /// <param name="name">Its name.</param>
    /// <param name="needs">What runs must have for it, and how to get that.</param>
    /// <param name="sameClasses">Whether the runs must have the same classes and training images.</param>
    /// <param name="draw">Draws it; null where the runs lack something.</param>
    internal FigureKind(string name, string needs, bool sameClasses, Func<RunSet, Figure?> draw)
    {
        Name = name;
        this.needs = needs;
        this.sameClasses = sameClasses;
        this.draw = draw;
    }

    /// <summary>Its name: also that of its file.</summary>
    public string Name { get; }

    /// <summary>Draws it.</summary>
    /// <param name="set">The runs.</param>
    /// <param name="missing">What is missing and how to get it, where the figure is null.</param>
    /// <returns>The figure, or null where the runs do not allow it.</returns>
    public Figure? Draw(RunSet set, out string? missing)
    {
        ArgumentNullException.ThrowIfNull(set);
        RunHistory first = set.Runs[0].History;
        if (
            sameClasses
            && set.Runs.Any(run =>
                !run.History.Classes.SequenceEqual(first.Classes)
                || !run.History.ClassCounts.SequenceEqual(first.ClassCounts)
            )
        )
        {
            missing = "runs with the same classes and training images: name runs of one data set";
            return null;
        }

        Figure? figure = draw(set);
        missing = figure is null ? needs : null;
        return figure;
    }
}
