using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Metrics;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Report;
using Counterpoise.Report.Figures;
using Counterpoise.Report.Reports;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>demo</c>: plain training beside MFW on the built-in images, in a few minutes and without a download.</summary>
internal static class DemoVerb
{
    private const int Seeds = 2;
    private const int StatisticsEvery = 3;

    internal static Command Create()
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "Where the run folders and the figure go",
            HelpName = "folder",
            DefaultValueFactory = _ => Path.Combine("runs", "demo"),
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads of the computation [default: one a processor]",
            HelpName = "number",
        };
        var command = new Command("demo", "Train ERM and MFW on built-in images and compare them.") { output, threads };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(output), parsed.GetValue(threads)));
        return command;
    }

    /// <summary>A small network and a short training, chosen so that four runs take about two minutes on two cores.</summary>
    internal static Recipe DemoRecipe { get; } =
        Recipe.Erm with
        {
            Model = "resnet8",
            Data = new DataSettings { Imbalance = ImbalanceKind.LongTailed, Rho = 100 },
            Training = new TrainingSettings
            {
                Epochs = 18,
                BatchSize = 32,
                Warmup = 2,
                EvaluateEvery = 0,
            },
        };

    private static int Run(string output, int? threads)
    {
        Allocator.KeepFreedMemory();
        using ImageData images = ImageDataSource.Open(SyntheticImages.Name);
        TrainingData data = TrainingData.Prepare(images, DemoRecipe.Data);
        Console.WriteLine("Ten classes of drawn shapes; the largest has a hundred times the images of the smallest:");
        ClassTable.Print(data.Train.Classes, data.ClassCounts, null);
        List<JsonObject> erm = [];
        List<JsonObject> mfw = [];
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            foreach (
                (Recipe recipe, List<JsonObject> results) in new[]
                {
                    (DemoRecipe, erm),
                    (DemoRecipe.With(new Mfw()), mfw),
                }
            )
            {
                if (Train((recipe with { Seed = seed }).Resolve(), data, output, threads) is not { } result)
                {
                    Console.Error.WriteLine("stopped; the same command goes on where it was");
                    return Failures.Interrupted;
                }

                results.Add(result);
            }
        }

        string figure = Path.Combine(output, "per-class-accuracy.png");
        PerClassAccuracyFigure.Save(
            figure,
            $"Built-in images, long-tailed, rho = {DemoRecipe.Data.Rho}, mean of {Seeds} seeds",
            data.Train.Classes,
            data.ClassCounts,
            [("ERM", MeanPerClass(erm)), ("MFW", MeanPerClass(mfw))]
        );
        string report = Path.Combine(output, "report.html");
        new RunReport(
            RunSet.Read([
                .. Enumerable.Range(0, Seeds).Select(seed => Path.Combine(output, $"erm-seed{seed}")),
                .. Enumerable.Range(0, Seeds).Select(seed => Path.Combine(output, $"mfw-seed{seed}")),
            ])
        ).SaveHtml(report);
        PrintComparison(data.ClassCounts, erm, mfw);
        Console.WriteLine($"figure  {figure}");
        Console.WriteLine($"report  {report}");
        Console.WriteLine($"runs    {output} ('counterpoise runs {output}' lists them)");
        Console.WriteLine("next    counterpoise train --data FOLDER, with a folder of images per class in FOLDER");
        return 0;
    }

    /// <returns>The result, or null when stopped.</returns>
    private static JsonObject? Train(Recipe recipe, TrainingData data, string output, int? threads)
    {
        string path = Path.Combine(output, $"{recipe.MethodNames}-seed{recipe.Seed}");
        var run = new TrainingPlan(
            recipe,
            SyntheticImages.Name,
            SkipUnreadable: false,
            Execution.Resolve(threads, "auto", recipe.Training.Precision)
        )
        {
            StatisticsEvery = StatisticsEvery,
        };
        using var session = TrainingSession.Start(
            run,
            data,
            path,
            TrainVerb.CommandLine(),
            new ResumeOptions { Threads = threads }
        );
        if (!session.IsFinished)
        {
            Console.WriteLine($"training {recipe.MethodNames}, seed {recipe.Seed}, {recipe.Training.Epochs} epochs");
            if (TrainingConsole.Train(session, data, json: false) == TrainingOutcome.Interrupted)
            {
                return null;
            }
        }
        else
        {
            Console.WriteLine($"{path} is finished already");
        }

        return session.Folder.Result;
    }

    private static void PrintComparison(IReadOnlyList<int> counts, List<JsonObject> erm, List<JsonObject> mfw)
    {
        int[] bySize = [.. Enumerable.Range(0, counts.Count).OrderByDescending(c => counts[c])];
        int half = counts.Count / 2;
        double[] Of(List<JsonObject> results, IEnumerable<int> classes) =>
            [.. results.Select(r => classes.Average(c => r["per_class_accuracy"]![c]!.GetValue<double>()))];
        (string Name, double[] Erm, double[] Mfw)[] rows =
        [
            ("all classes", Of(erm, bySize), Of(mfw, bySize)),
            ($"{half} major classes", Of(erm, bySize[..half]), Of(mfw, bySize[..half])),
            ($"{counts.Count - half} minor classes", Of(erm, bySize[half..]), Of(mfw, bySize[half..])),
        ];
        Console.WriteLine($"test accuracy in %, mean and spread of {Seeds} seeds");
        new Sheet<(string Name, double[] Erm, double[] Mfw)>(rows)
            .Words("", row => row.Name)
            .Numbers("ERM", row => new SampleStatistic(row.Erm).Show("F1"))
            .Numbers("MFW", row => new SampleStatistic(row.Mfw).Show("F1"))
            .Print();
        double gain = rows[0].Mfw.Average() - rows[0].Erm.Average();
        double minorGain = rows[2].Mfw.Average() - rows[2].Erm.Average();
        Console.WriteLine(
            gain > 0
                ? $"MFW won: {gain:+0.0} points over all classes, {minorGain:+0.0;-0.0} on the minor ones."
                : $"MFW did not win here: {gain:+0.0;-0.0} points over all classes, {minorGain:+0.0;-0.0} on the minor ones."
        );
    }

    private static double?[] MeanPerClass(List<JsonObject> results) =>
        [
            .. Enumerable
                .Range(0, results[0]["per_class_accuracy"]!.AsArray().Count)
                .Select(c => results.Average(result => result["per_class_accuracy"]![c]?.GetValue<double>())),
        ];
}
