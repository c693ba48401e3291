using System.Text.Json.Nodes;

namespace Counterpoise.Cli.Output;

/// <summary>Prints results: every class with its size and accuracy, and the accuracies of groups of classes.</summary>
internal static class ResultTable
{
    internal static void Print(JsonObject result, string run)
    {
        PrintClasses(
            [.. result["classes"]!.AsArray().Select(name => name!.GetValue<string>())],
            [.. result["class_counts"]!.AsArray().Select(count => count!.GetValue<int>())],
            [.. result["per_class_accuracy"]!.AsArray().Select(accuracy => accuracy?.GetValue<double>())],
            [.. result["train_per_class_accuracy"]!.AsArray().Select(accuracy => accuracy?.GetValue<double>())]
        );
        Console.WriteLine(
            $"method {result["method"]}, {result["model"]}, last of {result["epochs"]} epochs, seed {result["seed"]}"
        );
        PrintAccuracies(result);
        Console.WriteLine(
            $"training accuracy  {Percent(result["train_accuracy"])} %  (without mixing or augmentation)"
        );
        if (result["statistics_seconds"]?.GetValue<double>() is > 0 and var seconds)
        {
            double share = 100 * seconds / (seconds + result["training_seconds"]!.GetValue<double>());
            Console.WriteLine($"statistics         {seconds:F1} s, {share:F1} % of the time");
        }

        Console.WriteLine($"run                {run}");
    }

    internal static void PrintClasses(
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        IReadOnlyList<double?> test,
        IReadOnlyList<double?>? train = null
    )
    {
        Sheet<int> sheet = new Sheet<int>(Enumerable.Range(0, classes.Count))
            .Words("class", c => classes[c])
            .Numbers("training images", c => $"{counts[c]}");
        if (train is not null)
        {
            sheet.Numbers("training accuracy %", c => Percent(train[c]));
        }

        sheet.Numbers("test accuracy %", c => Percent(test[c])).Print();
    }

    internal static void PrintAccuracies(JsonObject metrics)
    {
        Console.WriteLine(
            $"test accuracy      {Percent(metrics["accuracy"])} %  balanced {Percent(metrics["balanced_accuracy"])} %"
        );
        Console.WriteLine(
            $"many/medium/few    {Percent(metrics["many_accuracy"])} / {Percent(metrics["medium_accuracy"])} / {Percent(metrics["few_accuracy"])} %"
        );
    }

    internal static string Percent(JsonNode? value) => Percent(value?.GetValue<double>());

    internal static string Percent(double? value) => value is { } number ? number.ToString("F2") : "-";
}
