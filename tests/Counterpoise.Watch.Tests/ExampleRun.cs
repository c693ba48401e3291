using System.Globalization;
using System.Text.Json.Nodes;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Watch.Tests;

/// <summary>Run folders as a training writes them, with numbers that tests can recognise.</summary>
internal static class ExampleRun
{
    /// <summary>A valid picture of one pixel.</summary>
    public static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    );

    /// <summary>Creates a run and keeps its lock until it is disposed of.</summary>
    public static RunFolder Create(string path, string[]? classes = null, int epochs = 10)
    {
        string[] names = classes ?? Names(4);
        Recipe recipe = Recipe.Erm.With(new Mfw());
        recipe = recipe with { Training = recipe.Training with { Epochs = epochs }, Model = "resnet8", Seed = 3 };
        return RunFolder.Create(
            path,
            RecipeText.Write(recipe),
            new RunDescription
            {
                Command = "counterpoise train",
                Started = "2026-01-02T03:04:05+00:00",
                DataName = "example",
                Classes = names,
                ClassCounts = [.. Enumerable.Range(0, names.Length).Select(label => Count(label, names.Length))],
            }
        );
    }

    /// <summary>Writes a run of some epochs; nobody holds its lock afterwards.</summary>
    public static void Write(string path, int done, string[]? classes = null, bool statistics = false, int epochs = 10)
    {
        using RunFolder run = Create(path, classes, epochs);
        int count = classes?.Length ?? 4;
        for (int epoch = 1; epoch <= done; epoch++)
        {
            run.AppendMetrics(Line(epoch, count, statistics));
        }
    }

    public static string[] Names(int count) =>
        [.. Enumerable.Range(0, count).Select(label => $"class {label.ToString(CultureInfo.InvariantCulture)}")];

    /// <summary>Training images of a class, from 500 down to 5.</summary>
    public static int Count(int label, int classes) =>
        (int)Math.Round(500 * Math.Pow(0.01, label / Math.Max(1.0, classes - 1)));

    /// <summary>An epoch's line: loss 2/epoch, accuracy 50 + epoch/10, balanced accuracy ten less.</summary>
    public static JsonObject Line(int epoch, int classes, bool statistics = false)
    {
        var line = new JsonObject
        {
            ["epoch"] = epoch,
            ["phase"] = "train",
            ["loss"] = 2.0 / epoch,
            ["running_accuracy"] = 60 + (epoch / 10.0),
            ["learning_rate"] = 0.1,
            ["images_per_second"] = 1000.0,
            ["seconds"] = 1.5,
            ["peak_memory_mb"] = 400.0,
            ["accuracy"] = 50 + (epoch / 10.0),
            ["balanced_accuracy"] = 40 + (epoch / 10.0),
            ["many_accuracy"] = 70.0,
            ["medium_accuracy"] = 40.0,
            ["few_accuracy"] = null,
            ["per_class_accuracy"] = Values(classes, label => 100.0 * (classes - label) / (classes + 1)),
        };
        if (statistics)
        {
            line["statistics"] = Statistics(epoch, classes);
        }

        return line;
    }

    private static JsonObject Statistics(int epoch, int classes) =>
        new()
        {
            ["train_accuracy"] = 80 + (epoch / 10.0),
            ["train_per_class_accuracy"] = Values(classes, label => 99.0 - label),
            ["classification_ratio"] = Values(classes, label => 1.123456789 + (label / 100.0)),
            ["test_classification_ratio"] = Values(classes, _ => 0.9),
            ["gradient_norm"] = Values(classes, label => 0.01 * (label + 1)),
            ["feature_deviation"] = Values(classes, label => 0.5 + (0.1 * label)),
            ["train_entropy"] = Values(classes, _ => 0.2),
            ["test_entropy"] = Values(classes, _ => 0.4),
            ["weight_norm"] = null,
            ["confusion"] = new JsonArray(
                new JsonArray(0, 0, 9),
                new JsonArray(0, 1, 1),
                new JsonArray(1, 0, 7),
                new JsonArray(1, 1, 3)
            ),
            ["calibration"] = new JsonObject
            {
                ["expected_error"] = 0.125,
                ["bins"] = new JsonArray(
                    new JsonObject
                    {
                        ["images"] = 20,
                        ["confidence"] = 0.75,
                        ["accuracy"] = 0.6,
                    }
                ),
            },
            ["errors"] = new JsonArray(
                new JsonObject
                {
                    ["image"] = 17,
                    ["label"] = 1,
                    ["predicted"] = 0,
                    ["confidence"] = 0.98,
                }
            ),
            ["seconds"] = 0.5,
        };

    private static JsonArray Values(int classes, Func<int, double> value) =>
        Array(Enumerable.Range(0, classes).Select(label => (JsonNode)value(label)));

    private static JsonArray Array(IEnumerable<JsonNode> values) => [.. values];
}
