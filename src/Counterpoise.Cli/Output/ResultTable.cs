using System.Text.Json.Nodes;
using Spectre.Console;

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
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        string[] numbers = train is null
            ? ["training images", "test accuracy %"]
            : ["training images", "training accuracy %", "test accuracy %"];
        foreach (string number in numbers)
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        for (int c = 0; c < classes.Count; c++)
        {
            string[] cells = train is null
                ? [Markup.Escape(classes[c]), $"{counts[c]}", Percent(test[c])]
                : [Markup.Escape(classes[c]), $"{counts[c]}", Percent(train[c]), Percent(test[c])];
            table.AddRow(cells);
        }

        AnsiConsole.Write(table);
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
