using System.Globalization;
using System.Text;
using Counterpoise.Analysis;
using Counterpoise.Runs;

namespace Counterpoise.Report.Html;

/// <summary>A report of runs as one HTML file that needs nothing else: no network, no script, no file beside it.</summary>
public static class HtmlReport
{
    private const int MostConfusions = 10;
    private const double HighestRatio = ProgressFigures.HighestRatio;

    /// <summary>Writes the report, whole or not at all.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="runs">The runs, of the same classes.</param>
    /// <exception cref="CounterpoiseException">It cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<ReportedRun> runs)
    {
        byte[] content = Encoding.UTF8.GetBytes(Write(runs));
        AtomicFile.Write(path, stream => stream.Write(content));
    }

    /// <summary>The report's text.</summary>
    internal static string Write(IReadOnlyList<ReportedRun> runs)
    {
        string title = $"{string.Join(", ", runs.Select(run => run.Name))} on {runs[0].Text("data_name")}";
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{Escape(title)}</title><style>{Style()}</style></head><body>\n<main>\n<h1>{Escape(title)}</h1>\n<p class=\"result\">{Escape(Verdict.Of(runs))}</p>\n"
        );
        html.Append(RunTable(runs));
        html.Append(Charts(runs));
        foreach (ReportedRun run in runs)
        {
            html.Append(Classes(run));
        }

        foreach (ReportedRun run in runs)
        {
            html.Append(Mistakes(run));
        }

        foreach (ReportedRun run in runs)
        {
            html.Append(WhatWasRun(run));
        }

        return html.Append("</main>\n</body></html>\n").ToString();
    }

    private static string RunTable(IReadOnlyList<ReportedRun> runs) =>
        Table(
            "Test accuracies after the last epoch, in percent; many, medium and few are classes with more than 100, 20 to 100 and fewer than 20 training images",
            ["run", "epochs", "accuracy", "balanced", "many", "medium", "few", "training"],
            runs.Select(run =>
                (string[])
                    [
                        run.Name + (run.Result is null ? " (not finished)" : ""),
                        $"{run.History.Epochs.Count} of {run.History.Recipe.Phases.Sum(phase => phase.Epochs)}",
                        Percent(run.Accuracy),
                        Percent(run.BalancedAccuracy),
                        Percent((double?)run.Result?["many_accuracy"]),
                        Percent((double?)run.Result?["medium_accuracy"]),
                        Percent((double?)run.Result?["few_accuracy"]),
                        Percent((double?)run.Result?["train_accuracy"]),
                    ]
            )
        );

    private static string Charts(IReadOnlyList<ReportedRun> runs)
    {
        RunHistory first = runs[0].History;
        IReadOnlyList<int> order = first.BySize;
        string[] names = [.. order.Select(label => first.Classes[label])];
        ChartSeries Over(ReportedRun run, string name, Func<EpochHistory, double?> value) =>
            new(name, [.. run.History.Epochs.Select(epoch => ((double)epoch.Epoch, value(epoch)))]);
        ChartSeries By(ReportedRun run, IReadOnlyList<double?>? values) =>
            new(run.Name, [.. order.Select((label, place) => ((double)place, values?[label]))]);

        var html = new StringBuilder("<h2>How training went</h2>\n");
        html.Append(
            SvgChart.Curves(
                "Balanced test accuracy (%)",
                [.. runs.Select(run => Over(run, run.Name, epoch => epoch.BalancedAccuracy))],
                100
            )
        );
        html.Append(
            SvgChart.Curves(
                "Training loss, as trained",
                [.. runs.Select(run => Over(run, run.Name, epoch => epoch.Loss))]
            )
        );
        html.Append(
            SvgChart.Bars(
                "Test accuracy of every class (%), the class with the most training images first",
                names,
                [.. runs.Select(run => By(run, run.Tested?.PerClassAccuracy))],
                100
            )
        );
        if (runs.Any(run => run.History.Last is null))
        {
            return html.Append(
                    "<p class=\"note\">Not every run has statistics of its classes. Train with <code>--statistics every=1</code>, or take them from kept checkpoints with <code>counterpoise analyze RUN --recompute</code>.</p>\n"
                )
                .ToString();
        }

        int smallest = order[^1];
        html.Append(
            SvgChart.Curves(
                $"Classification ratio of the smallest class, {first.Classes[smallest]}: images predicted as it over images of it; 1 is balanced, above {HighestRatio} is drawn at {HighestRatio}",
                [.. runs.Select(run => Over(run, run.Name, epoch => epoch.Statistics?.ClassificationRatio[smallest]))],
                HighestRatio
            )
        );
        html.Append(
            SvgChart.Bars(
                "Norm of the feature gradients of every class",
                names,
                [.. runs.Select(run => By(run, run.History.Last!.GradientNorm))]
            )
        );
        html.Append(
            SvgChart.Bars(
                "Feature deviation of every class: how far training features are from test features",
                names,
                [.. runs.Select(run => By(run, run.History.Last!.FeatureDeviation))]
            )
        );
        return html.ToString();
    }

    private static string Classes(ReportedRun run)
    {
        RunHistory history = run.History;
        StatisticsHistory? last = history.Last;
        return $"<h2>Every class: {Escape(run.Name)}</h2>\n"
            + Table(
                last is null ? "Of the newest epoch that was tested" : $"After {history.Studied[^1].Epoch} epochs",
                ["class", "images", "training %", "test %", "ratio", "gradient", "deviation"],
                history.BySize.Select(label =>
                    (string[])
                        [
                            history.Classes[label],
                            $"{history.ClassCounts[label]}",
                            Percent(last?.TrainPerClassAccuracy[label]),
                            Percent(run.Tested?.PerClassAccuracy?[label]),
                            Number(last?.ClassificationRatio[label]),
                            Number(last?.GradientNorm[label]),
                            Number(last?.FeatureDeviation[label]),
                        ]
                )
            );
    }

    private static string Mistakes(ReportedRun run)
    {
        if (run.History.Last is not { } last)
        {
            return "";
        }

        IReadOnlyList<string> classes = run.History.Classes;
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<h2>Mistakes on test images: {Escape(run.Name)}</h2>\n");
        html.Append(
            Table(
                $"The most frequent ones. Expected calibration error: {last.Calibration.ExpectedError:F3}",
                ["class", "taken for", "images"],
                last.Confusion.Where(cell => cell.Label != cell.Predicted)
                    .OrderByDescending(cell => cell.Images)
                    .Take(MostConfusions)
                    .Select(cell => (string[])[classes[cell.Label], classes[cell.Predicted], $"{cell.Images}"])
            )
        );
        html.Append("<h3>The surest ones of the worst classes</h3>\n<ul class=\"mistakes\">");
        foreach (Mistake mistake in last.Mistakes)
        {
            string file = Path.Combine(run.ExamplesPath, $"{mistake.Image}.png");
            string what = $"{classes[mistake.Label]} taken for {classes[mistake.Predicted]}";
            string picture = File.Exists(file)
                ? $"<img alt=\"{Escape(what)}\" src=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(file))}\">"
                : "<span class=\"note\">(picture missing)</span> ";
            html.Append(
                CultureInfo.InvariantCulture,
                $"<li>{picture}<b>{Escape(classes[mistake.Label])}</b> taken for {Escape(classes[mistake.Predicted])}, {100 * mistake.Confidence:F0} % sure</li>"
            );
        }

        return html.Append("</ul>\n").ToString();
    }

    private static string WhatWasRun(ReportedRun run)
    {
        (string, string)[] facts =
        [
            ("run folder", run.History.Path),
            ("command", run.Text("command")),
            ("started", run.Text("started")),
            ("data", $"{run.Text("data_name")}, {run.Text("data")}"),
            ("fingerprint of the data", run.Text("fingerprint")),
            ("machine", run.Text("machine")),
            ("computed", $"{run.Text("threads")} threads on {run.Text("device")} in {run.Text("precision")}"),
            ("version", run.Text("version")),
        ];
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<h2>What was run: {Escape(run.Name)}</h2>\n<div class=\"scroll\"><table><tbody>"
        );
        foreach ((string name, string value) in facts)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\">{Escape(name)}</th><td class=\"text\">{Escape(value)}</td></tr>"
            );
        }

        return html.Append("</tbody></table></div>\n<details><summary>The recipe</summary><pre>")
            .Append(Escape(run.Recipe))
            .Append(
                "</pre></details>\n<p>To run it again, save the recipe as <code>recipe.toml</code>:</p>\n<pre>counterpoise train recipe.toml --data "
            )
            .Append(Escape(run.Text("data")))
            .Append("</pre>\n")
            .ToString();
    }

    private static string Table(string caption, string[] columns, IEnumerable<string[]> rows)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table><caption>");
        html.Append(Escape(caption)).Append("</caption><thead><tr>");
        foreach (string column in columns)
        {
            html.Append("<th scope=\"col\">").Append(Escape(column)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>");
        foreach (string[] row in rows)
        {
            html.Append("<tr>");
            foreach (string cell in row)
            {
                html.Append("<td>").Append(Escape(cell)).Append("</td>");
            }

            html.Append("</tr>");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    private static string Style()
    {
        using Stream css = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(css);
        return reader.ReadToEnd();
    }

    private static string Escape(string text) => SvgChart.Escape(text);

    private static string Percent(double? value) =>
        value is { } number ? number.ToString("F1", CultureInfo.InvariantCulture) : "–";

    private static string Number(double? value) =>
        value is { } number ? number.ToString("G3", CultureInfo.InvariantCulture) : "–";
}
