using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Runs;

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

        Sheet<JsonObject> sheet = new(runs);
        foreach (string column in new[] { "run", "method", "model", "data", "seed" })
        {
            sheet.Words(column, run => Text(run, column));
        }

        sheet
            .Words("epochs", run => $"{Text(run, "epochs_done")}/{Text(run, "epochs")}")
            .Numbers("accuracy %", run => ResultTable.Percent(run["accuracy"]))
            .Numbers("balanced %", run => ResultTable.Percent(run["balanced_accuracy"]))
            .Numbers("few %", run => ResultTable.Percent(run["few_accuracy"]))
            .Words("state", run => Text(run, "state"))
            .Print();
        return 0;
    }

    private static string Text(JsonObject run, string key) => run[key]?.ToString() ?? "-";

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
