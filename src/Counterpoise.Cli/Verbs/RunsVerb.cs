using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Spectre.Console;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>runs</c>: a table of the runs below a folder.</summary>
internal static class RunsVerb
{
    internal static Command Create()
    {
        var root = new Argument<string>("folder")
        {
            Description = "Where to look, with folders below",
            DefaultValueFactory = _ => "runs",
        };
        Option<bool> json = JsonOption.Create();
        var command = new Command("runs", "List runs with their results.") { root, json };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(root), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string root, bool json)
    {
        if (!Directory.Exists(root))
        {
            throw new UsageException($"{root} is not a folder; name one that holds run folders, or train first.");
        }

        var runs = Directory
            .EnumerateFiles(
                root,
                RunFiles.Description,
                new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }
            )
            .Select(file => Path.GetDirectoryName(file)!)
            .Order(StringComparer.Ordinal)
            .Select(Summary)
            .ToList();
        if (json)
        {
            runs.ForEach(run => Console.Out.WriteLine(run.ToJsonString()));
            return 0;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (string column in new[] { "run", "method", "model", "data", "seed", "epochs" })
        {
            table.AddColumn(column);
        }

        foreach (string column in new[] { "accuracy %", "balanced %", "few %" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddColumn("state");
        foreach (JsonObject run in runs)
        {
            string Text(string key) => Markup.Escape(run[key]?.ToString() ?? "-");
            table.AddRow(
                Text("run"),
                Text("method"),
                Text("model"),
                Text("data"),
                Text("seed"),
                $"{Text("epochs_done")}/{Text("epochs")}",
                ResultTable.Percent(run["accuracy"]),
                ResultTable.Percent(run["balanced_accuracy"]),
                ResultTable.Percent(run["few_accuracy"]),
                Text("state")
            );
        }

        AnsiConsole.Write(table);
        return 0;
    }

    /// <summary>A run in one object; one that cannot be read says why instead of hiding the others.</summary>
    private static JsonObject Summary(string path)
    {
        try
        {
            var run = RunHistory.Read(path);
            return new JsonObject
            {
                ["run"] = path,
                ["method"] = run.Recipe.MethodNames,
                ["model"] = run.Recipe.Model,
                ["data"] = run.Description.DataName,
                ["seed"] = run.Recipe.Seed,
                ["epochs_done"] = run.Epochs is [.., var last] ? last.Epoch : 0,
                ["epochs"] = run.PlannedEpochs,
                ["accuracy"] = run.Test?.Accuracy,
                ["balanced_accuracy"] = run.Test?.BalancedAccuracy,
                ["few_accuracy"] = run.Test?.FewAccuracy,
                ["state"] = run.Result is null ? "unfinished" : "finished",
            };
        }
        catch (CounterpoiseException error)
        {
            return new JsonObject { ["run"] = path, ["state"] = OptionNames.MessageOf(error) };
        }
    }
}
