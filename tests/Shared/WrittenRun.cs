using System.Text.Json.Nodes;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Tests;

/// <summary>Run folders written by hand, with numbers that tests can foretell.</summary>
internal sealed record WrittenRun
{
    /// <summary>A PNG of one pixel.</summary>
    public static byte[] Picture { get; } =
        Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        );

    public IReadOnlyList<string> Classes { get; init; } = ["rare", "common", "middling"];

    public IReadOnlyList<int> Counts { get; init; } = [5, 500, 50];

    public Recipe Recipe { get; init; } =
        Recipe.Erm with
        {
            Training = new TrainingSettings { Epochs = 4, Warmup = 1 },
        };

    public bool WithStatistics { get; init; } = true;

    public bool Finished { get; init; } = true;

    public string Fingerprint { get; init; } = "f00d";

    /// <summary>Test accuracy of class 0 in the last epoch; the others have 10 and 20 more.</summary>
    public double Accuracy { get; init; } = 50;

    public static WrittenRun Of(string method, ulong seed = 0) =>
        new WrittenRun() is var run && method == "erm"
            ? run with
            {
                Recipe = run.Recipe with { Seed = seed },
            }
            : run with
            {
                Recipe = (run.Recipe with { Seed = seed }).With(MethodCatalogue.All.Single(own => own.Name == method)),
            };

    /// <summary>Writes the run.</summary>
    /// <returns>The folder.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "examples"));
        Recipe resolved = Recipe.Resolve();
        File.WriteAllText(Path.Combine(folder, "recipe.toml"), RecipeText.Write(resolved));
        File.WriteAllText(Path.Combine(folder, "run.json"), Description().ToJsonString());
        int epochs = resolved.Training.Epochs;
        JsonObject[] lines =
        [
            .. Enumerable.Range(1, Finished ? epochs : epochs / 2).Select(epoch => Epoch(epoch, epochs)),
        ];
        File.WriteAllText(
            Path.Combine(folder, "metrics.jsonl"),
            string.Concat(lines.Select(line => line.ToJsonString() + "\n"))
        );
        if (WithStatistics)
        {
            File.WriteAllBytes(Path.Combine(folder, "examples", "17.png"), Picture);
        }

        if (Finished)
        {
            JsonObject result = lines[^1].DeepClone().AsObject();
            result.Remove("epoch");
            result["epochs"] = epochs;
            result["train_accuracy"] = 90.0;
            result["train_per_class_accuracy"] = List([70.0, 99.0, 80.0]);
            File.WriteAllText(Path.Combine(folder, "result.json"), result.ToJsonString());
        }

        return folder;
    }

    private JsonObject Description() =>
        new()
        {
            ["format"] = 1,
            ["written_by"] = "counterpoise 0.1.0",
            ["command"] = "counterpoise train recipe.toml --data pictures",
            ["started"] = "2026-01-02T03:04:05+00:00",
            ["data"] = "/somewhere/pictures",
            ["data_name"] = "pictures",
            ["fingerprint"] = Fingerprint,
            ["classes"] = new JsonArray([.. Classes.Select(name => (JsonNode?)name)]),
            ["class_counts"] = new JsonArray([.. Counts.Select(count => (JsonNode?)count)]),
            ["threads"] = 2,
            ["device"] = "cpu",
            ["precision"] = "fp32",
            ["machine"] = "a machine",
            ["version"] = "0.1.0",
        };

    private JsonObject Epoch(int epoch, int epochs)
    {
        double done = (double)epoch / epochs;
        double[] accuracies = [Accuracy * done, (Accuracy + 10) * done, (Accuracy + 20) * done];
        var line = new JsonObject
        {
            ["epoch"] = epoch,
            ["phase"] = "train",
            ["loss"] = 1 / (double)epoch,
            ["running_accuracy"] = 90 * done,
            ["seconds"] = 2.0,
            ["accuracy"] = accuracies.Average(),
            ["balanced_accuracy"] = accuracies.Average(),
            ["many_accuracy"] = accuracies[1],
            ["medium_accuracy"] = accuracies[2],
            ["few_accuracy"] = accuracies[0],
            ["per_class_accuracy"] = List(accuracies),
        };
        if (WithStatistics)
        {
            line["statistics"] = Statistics(epoch);
        }

        return line;
    }

    private static JsonObject Statistics(int epoch) =>
        new()
        {
            ["train_accuracy"] = 90.0,
            ["train_per_class_accuracy"] = List([70.0, 99.0, 80.0]),
            ["classification_ratio"] = List([0.1 * epoch, 30.0 / epoch, 1.0]),
            ["test_classification_ratio"] = List([0.4, 1.5, 1.1]),
            ["gradient_norm"] = List([0.3 / epoch, 0.1 / epoch, 0.2 / epoch]),
            ["feature_deviation"] = new JsonArray(3.0 * epoch, 1.0 * epoch, null),
            ["train_entropy"] = List([0.5, 0.1, 0.3]),
            ["test_entropy"] = List([0.6, 0.2, 0.4]),
            ["weight_norm"] = null,
            ["confusion"] = new JsonArray(Cell(0, 0, 4), Cell(0, 1, 6), Cell(1, 1, 9), Cell(1, 2, 1), Cell(2, 2, 10)),
            ["calibration"] = new JsonObject
            {
                ["expected_error"] = 0.125,
                ["bins"] = new JsonArray(Bin(10, 0.5, 0.25), Bin(10, 0.75, 0.75)),
            },
            ["errors"] = new JsonArray(Mistake(17, 0.98), Mistake(18, 0.91)),
            ["seconds"] = 1.5,
        };

    private static JsonObject Mistake(int image, double confidence) =>
        new()
        {
            ["image"] = image,
            ["label"] = 0,
            ["predicted"] = 1,
            ["confidence"] = confidence,
        };

    private static JsonObject Bin(int images, double confidence, double accuracy) =>
        new()
        {
            ["images"] = images,
            ["confidence"] = confidence,
            ["accuracy"] = accuracy,
        };

    private static JsonArray Cell(int label, int predicted, int images) => new(label, predicted, images);

    private static JsonArray List(double[] values) => [.. values.Select(value => (JsonNode?)value)];
}
