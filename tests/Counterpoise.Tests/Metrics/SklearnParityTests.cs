using System.Text.Json.Nodes;
using Counterpoise.Metrics;
using Counterpoise.Tests.Interop;

namespace Counterpoise.Tests.Metrics;

/// <summary>Our metrics beside scikit-learn's on the same predictions.</summary>
public sealed class SklearnParityTests : IDisposable
{
    private const string Program = """
        import csv, json, sys
        import numpy as np
        from sklearn import metrics as m

        rows = list(csv.reader(open(sys.argv[1])))
        names = rows[0][4:]
        classes = np.arange(len(names))
        y = np.array([names.index(row[1]) for row in rows[1:]])
        p = np.array([[float(value) for value in row[4:]] for row in rows[1:]])
        predicted = p.argmax(1)
        precision, recall, f1, support = m.precision_recall_fscore_support(y, predicted, labels=classes, zero_division=0)
        there = support > 0
        print(json.dumps({
            "accuracy": 100 * m.accuracy_score(y, predicted),
            "balanced_accuracy": 100 * m.balanced_accuracy_score(y, predicted),
            "macro_f1": 100 * m.f1_score(y, predicted, average="macro", zero_division=0),
            "weighted_f1": 100 * m.f1_score(y, predicted, average="weighted", zero_division=0),
            "mcc": m.matthews_corrcoef(y, predicted),
            "kappa": m.cohen_kappa_score(y, predicted),
            "quadratic_kappa": m.cohen_kappa_score(y, predicted, labels=classes, weights="quadratic"),
            "top5_accuracy": 100 * m.top_k_accuracy_score(y, p - 1e-9 * classes, k=5, labels=classes),
            "per_class_recall": [100 * v if t else None for v, t in zip(recall, there)],
            "per_class_precision": [100 * v for v in precision],
            "per_class_f1": [100 * v for v in f1],
            "per_class_average_precision": [100 * m.average_precision_score(y == c, p[:, c]) if there[c] else None for c in classes],
            "per_class_auroc": [100 * m.roc_auc_score(y == c, p[:, c]) if there[c] else None for c in classes],
        }))
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(40)]
    [InlineData(500)]
    [InlineData(3000)]
    public void All_are_those_of_scikit_learn(int images)
    {
        Python python = Python.That("import sklearn", "scikit-learn (Debian's python3-sklearn)");
        PredictedImages said = RandomPredictions.Make(images, seed: images);
        File.WriteAllText(folder["said.csv"], said.Csv());

        JsonObject theirs = JsonNode.Parse(python.Run("-W", "ignore", "-c", Program, folder["said.csv"]))!.AsObject();

        JsonObject ours = said.Metrics(new int[RandomPredictions.Classes]).ToJson();
        ours["quadratic_kappa"] = new ConfusionMatrix(
            said.Predicted,
            said.Labels,
            RandomPredictions.Classes
        ).QuadraticKappa;
        foreach ((string key, JsonNode? expected) in theirs)
        {
            if (expected is JsonArray list)
            {
                foreach ((int c, (JsonNode? one, JsonNode? other)) in list.Zip(ours[key]!.AsArray()).Index())
                {
                    AssertNear(
                        $"{key} of {c}",
                        one,
                        other ?? (key is "per_class_precision" or "per_class_f1" ? 0.0 : null)
                    );
                }
            }
            else
            {
                AssertNear(key, expected, ours[key]);
            }
        }

        static void AssertNear(string what, JsonNode? expected, JsonNode? actual)
        {
            Assert.True(expected is null == actual is null, $"{what}: {expected} {actual}");
            double difference = Math.Abs(((double?)expected ?? 0) - ((double?)actual ?? 0));
            Assert.True(difference < 1e-9, $"{what}: {expected} {actual}");
        }
    }
}
