using Counterpoise.Metrics;
using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Classes as figures show them.</summary>
internal static class ClassChoice
{
    internal const string Label = "class (training images)";

    /// <summary>All classes, the one with most training images first.</summary>
    internal static IReadOnlyList<Category> Categories(RunHistory run) =>
        [.. run.BySize.Select(c => new Category(run.Classes[c], $"{run.ClassCounts[c]}"))];

    /// <summary>A value for every class in the order of <see cref="Categories"/>, a series a run.</summary>
    internal static IReadOnlyList<Series> Series(RunSet set, Func<RunHistory, IReadOnlyList<double?>> values) =>
        [
            .. set.Runs.Select(
                (run, style) =>
                    new Series(
                        run.Name,
                        values(run.History) is var all ? [.. run.History.BySize.Select(c => all[c])] : [],
                        style
                    )
            ),
        ];

    /// <summary>What is to be said where classes are left out.</summary>
    internal static string Note(RunSet set)
    {
        int all = set.Runs[0].History.Classes.Count;
        int shown = set.LabelsOf(set.Runs[0].History).Count;
        return set.Classes is not null && shown < all ? $"{shown} of {all} classes."
            : shown < all ? $"{shown} of {all} classes, evenly by rank of their training images."
            : "Classes in order of their training images.";
    }

    /// <summary>A panel a run of lines over the epochs with statistics, a line a class; all on one scale, so that runs can be compared by eye.</summary>
    /// <param name="set">The runs.</param>
    /// <param name="y">The axis; its ends may be left to the values.</param>
    /// <param name="labels">The classes of a run.</param>
    /// <param name="values">What is drawn of them.</param>
    internal static IReadOnlyList<LinePanel> Panels(
        RunSet set,
        Axis y,
        Func<RunHistory, IReadOnlyList<int>> labels,
        Func<TrainingStatistics, IReadOnlyList<double?>> values
    )
    {
        IReadOnlyList<Line>[] lines = [.. set.Runs.Select(run => Lines(run.History, labels(run.History), values))];
        double[] all = [.. lines.SelectMany(of => of).SelectMany(line => line.Points).Select(p => p.Y).Where(y.Shows)];
        Axis common = all.Length == 0 ? y : y with { Min = y.Min ?? all.Min(), Max = y.Max ?? all.Max() };
        return
        [
            .. set.Runs.Zip(
                lines,
                (run, own) => new LinePanel(set.Runs.Count == 1 ? "" : run.Name, new Axis("epoch"), common, own)
            ),
        ];
    }

    /// <summary>How many runs stand beside each other.</summary>
    internal static int Columns(RunSet set) => set.Runs.Count % 2 == 0 ? 2 : 1;

    private static IReadOnlyList<Line> Lines(
        RunHistory run,
        IReadOnlyList<int> labels,
        Func<TrainingStatistics, IReadOnlyList<double?>> values
    ) =>
        [
            .. labels.Select(
                (c, style) =>
                    new Line(
                        $"{FigureStyle.Shorten(run.Classes[c])} ({run.ClassCounts[c]})",
                        [
                            .. run
                                .Epochs.Where(epoch => epoch.Statistics is not null)
                                .Select(epoch => (epoch.Epoch, Value: values(epoch.Statistics!)[c]))
                                .Where(point => point.Value is not null)
                                .Select(point => new LinePoint(point.Epoch, point.Value!.Value)),
                        ],
                        style
                    )
            ),
        ];
}
