using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>doubts</c>: training images whose labels classifiers doubt that have not seen them.</summary>
internal static class DoubtsVerb
{
    private const int Usual = 20;

    internal static Command Create()
    {
        var run = new Argument<string>("run")
        {
            Description = "A run that kept what is said out of fold: of 'probe' or 'choose', or with a fold held out",
        };
        run.Takes("a run folder", Thing.Run);
        var most = new Option<int?>("--top")
        {
            Description = "How many images are shown, those most in doubt first; 0 for all",
            HelpName = "n",
            DefaultValueFactory = _ => Usual,
        };
        var data = new Option<string?>("--data")
        {
            Description = "Where the images are now, if they have moved [default: where they were]",
            HelpName = "path",
        };
        data.Takes("images", Thing.Images);
        Option<bool> json = JsonOption.Create();
        var command = new Command("doubts", "Name training images whose labels look wrong.") { run, most, data, json };
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(run),
                parsed.GetRequiredValue(most)!.Value,
                parsed.GetValue(data),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static int Run(string path, int most, string? moved, bool json)
    {
        if (most < 0)
        {
            throw new UsageException($"--top is {most}, expected 0 or more.");
        }

        PredictedImages said =
            RunHistory.Read(path).OutOfFoldPredictions
            ?? throw new UsageException(
                $"{path} kept nothing that is said of training images out of fold; 'counterpoise probe' does, and what 'choose' ends with."
            );
        IReadOnlyList<LabelDoubt> doubts = LabelDoubt.Of(said);
        LabelDoubt[] shown = [.. doubts.Take(most == 0 ? doubts.Count : most)];
        string?[] names = Names(path, moved, shown, Messages.Writer(json));
        string note =
            $"{doubts.Count} of {said.Images.Count} labels are doubted ({100.0 * doubts.Count / said.Images.Count:F1} %): another class is more probable, and as probable as for images labelled so. Look before changing any.";
        if (json)
        {
            JsonObject content = new()
            {
                ["run"] = path,
                ["images"] = said.Images.Count,
                ["doubted"] = doubts.Count,
                ["rows"] = new JsonArray([
                    .. shown.Zip(names, (doubt, name) => (JsonNode)Json(said.Classes, doubt, name)),
                ]),
            };
            JsonObserver.WriteEvent("doubted", content);
            return 0;
        }

        new Sheet<(LabelDoubt Doubt, string? Name)>(shown.Zip(names))
            .Words("image", row => row.Name ?? $"training image {row.Doubt.Image.Position}")
            .Words("labelled", row => said.Classes[row.Doubt.Image.Label])
            .Numbers(
                "probability %",
                row => $"{100 * row.Doubt.Image.Probabilities[row.Doubt.Image.Label]:F1}",
                spare: 1
            )
            .Words("looks like", row => said.Classes[row.Doubt.Likelier])
            .Numbers("probability %", row => $"{100 * row.Doubt.Image.Probabilities[row.Doubt.Likelier]:F1}")
            .Print();
        Console.WriteLine(note);
        return 0;
    }

    /// <summary>The files of images, where the data has files.</summary>
    private static string?[] Names(string path, string? moved, LabelDoubt[] doubts, TextWriter told)
    {
        using RunFolder folder = RunFolder.Open(path, write: false);
        TrainingPlan plan = TrainingPlan.Of(folder, ResumeOptions.AnyDevice with { Source = moved });
        TrainingPlan pictures = plan with
        {
            // Names are those of files: features are of no use here.
            Recipe = plan.Recipe with
            {
                Data = plan.Recipe.Data with { Features = "", Views = 0 },
            },
        };
        using ImageData images = ReopenedData.Open(pictures, path);
        foreach (string note in images.Notes)
        {
            told.WriteLine(note);
        }

        int[] selected = TrainingData.Selected(images, plan.Recipe.Data);
        int last = doubts.Select(doubt => doubt.Image.Position).DefaultIfEmpty(0).Max();
        return
            last < selected.Length
            && doubts.All(doubt => images.Train.Labels[selected[doubt.Image.Position]] == doubt.Image.Label)
            ? Array.ConvertAll(doubts, doubt => images.Train.NameOf(selected[doubt.Image.Position]))
            : throw new CounterpoiseException(
                $"{plan.Source} is not what {path} was trained on: it has other training images; give where they are with --data."
            );
    }

    private static JsonObject Json(IReadOnlyList<string> classes, LabelDoubt doubt, string? name) =>
        new()
        {
            ["image"] = doubt.Image.Position,
            ["file"] = name,
            ["label"] = classes[doubt.Image.Label],
            ["likelier"] = classes[doubt.Likelier],
            ["label_probability"] = doubt.Image.Probabilities[doubt.Image.Label],
            ["likelier_probability"] = doubt.Image.Probabilities[doubt.Likelier],
        };
}
