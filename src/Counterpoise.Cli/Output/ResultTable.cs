using System.Text.Json.Nodes;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints a finished run's result: every class with its size and accuracy, and the accuracies of groups.</summary>
internal static class ResultTable
{
    internal static void Print(JsonObject result, string run)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        table.AddColumn(new TableColumn("training images").RightAligned());
        table.AddColumn(new TableColumn("training accuracy %").RightAligned());
        table.AddColumn(new TableColumn("test accuracy %").RightAligned());
        JsonArray classes = result["classes"]!.AsArray();
        for (int c = 0; c < classes.Count; c++)
        {
            table.AddRow(
                Markup.Escape(classes[c]!.GetValue<string>()),
                result["class_counts"]![c]!.GetValue<int>().ToString(),
                Percent(result["train_per_class_accuracy"]![c]),
                Percent(result["per_class_accuracy"]![c])
            );
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            $"method {result["method"]}, {result["model"]}, {result["epochs"]} epochs (last epoch), seed {result["seed"]}"
        );
        AnsiConsole.WriteLine(
            $"test accuracy      {Percent(result["accuracy"])} %   balanced {Percent(result["balanced_accuracy"])} %"
        );
        AnsiConsole.WriteLine(
            $"many/medium/few    {Percent(result["many_accuracy"])} / {Percent(result["medium_accuracy"])} / {Percent(result["few_accuracy"])} %"
        );
        AnsiConsole.WriteLine(
            $"training accuracy  {Percent(result["train_accuracy"])} % (without mixing or augmentation)"
        );
        AnsiConsole.WriteLine($"run                {run}");
    }

    internal static string Percent(JsonNode? value) => value is null ? "-" : value.GetValue<double>().ToString("F2");
}
