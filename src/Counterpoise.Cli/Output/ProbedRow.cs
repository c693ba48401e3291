using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Runs;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Output;

/// <summary>A classifier on features, in the table of a probe.</summary>
/// <param name="Methods">Its methods.</param>
/// <param name="Run">Its run folder.</param>
/// <param name="OutOfFold">Balanced accuracy on training images of classifiers that have not seen them, in percent; null where there are none.</param>
/// <param name="Accuracy">Balanced accuracy on the test images, in percent.</param>
/// <param name="Error">Its standard error, by the number of test images.</param>
/// <param name="Penalty">The penalty on its weights; null for none.</param>
/// <param name="Scale">How its features were scaled; null for the usual scale, and for what is trained by steps.</param>
/// <param name="Seconds">The time of fitting, in seconds.</param>
internal sealed record ProbedRow(
    string Methods,
    string Run,
    double? OutOfFold,
    double Accuracy,
    double Error,
    double? Penalty,
    string? Scale,
    double Seconds
)
{
    /// <summary>Reads a finished run.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="testCounts">Test images of every class.</param>
    /// <exception cref="CounterpoiseException">It is damaged, or was not tested.</exception>
    internal static ProbedRow Of(string path, IReadOnlyList<int> testCounts)
    {
        RunHistory run = RunHistory.Read(path);
        if (run.Result is not { Test: { } test } result)
        {
            throw new CounterpoiseException($"{path}: is not finished with a test; resume it first.");
        }

        return new ProbedRow(
            run.Recipe.MethodNames,
            path,
            result.OutOfFoldBalancedAccuracy,
            test.BalancedAccuracy,
            HeldOutScore
                .OfClasses([
                    .. test
                        .PerClassAccuracy.Zip(testCounts)
                        .Where(pair => pair.First is not null)
                        .Select(pair => (pair.First!.Value, pair.Second)),
                ])
                .Error,
            result.Penalty,
            result.FeatureScale,
            run.Epochs.Sum(epoch => epoch.Seconds)
        );
    }

    /// <summary>The table, the best of each column in bold.</summary>
    internal static Sheet<ProbedRow> Sheet(IReadOnlyList<ProbedRow> rows)
    {
        Sheet<ProbedRow> sheet = new Sheet<ProbedRow>(rows)
            .Words("method", row => row.Methods)
            .Numbers(
                "out of fold",
                row => row.OutOfFold is { } accuracy ? $"{accuracy:F2}" : "-",
                row => row.OutOfFold is not null && row.OutOfFold == rows.Max(other => other.OutOfFold)
            )
            .Numbers(
                "test",
                row => $"{row.Accuracy:F2} ± {row.Error:F2}",
                row => row.Accuracy == rows.Max(other => other.Accuracy)
            )
            .Numbers("penalty", row => row.Penalty is { } penalty ? $"{penalty:G3}" : "-");
        sheet = rows.Any(row => row.Scale is not null) ? sheet.Words("feature scale", row => row.Scale ?? "-") : sheet;
        return sheet.Numbers("time", row => Durations.Describe(TimeSpan.FromSeconds(row.Seconds)));
    }

    internal static JsonObject Json(IEnumerable<ProbedRow> rows, string note) =>
        new()
        {
            ["note"] = note,
            ["rows"] = new JsonArray([
                .. rows.Select(row =>
                    (JsonNode?)
                        new JsonObject
                        {
                            ["method"] = row.Methods,
                            ["balanced_accuracy"] = row.Accuracy,
                            ["error"] = row.Error,
                            ["out_of_fold_balanced_accuracy"] = row.OutOfFold,
                            ["penalty"] = row.Penalty,
                            ["feature_scale"] = row.Scale,
                            ["seconds"] = row.Seconds,
                            ["run"] = row.Run,
                        }
                ),
            ]),
        };
}
