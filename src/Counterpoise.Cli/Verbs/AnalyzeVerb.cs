using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Analysis;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Report;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>analyze</c>: statistics and figures of one run or of several side by side.</summary>
internal sealed class AnalyzeVerb
{
    private const int MostCurves = 10;
    private const int EmbeddedOfAClass = 250;

    private readonly Argument<string[]> runs = new("run")
    {
        Description = "The run folders; figures show them side by side",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description =
            "The folder for figures [default: figures/ in the run folder, of the first run if there are several]",
        HelpName = "folder",
    };

    private readonly Option<string> format = new("--format")
    {
        Description = "png or svg",
        HelpName = "name",
        DefaultValueFactory = _ => "png",
    };

    private readonly Option<string?> classes = new("--classes")
    {
        Description =
            "Names of the classes in curves and embeddings, joined by commas [default: all up to ten, else the five largest and the five smallest]",
        HelpName = "names",
    };

    private readonly Option<bool> recompute = new("--recompute")
    {
        Description = "Take the statistics of every kept checkpoint again; reads the run's data",
    };

    private readonly Option<string> embedding = new("--embedding")
    {
        Description = "Place features of the last checkpoint in the plane by tsne or pca; reads the run's data",
        HelpName = "name",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<string?> data = new("--data")
    {
        Description = "Where the images are now, if they have moved [default: where they were]",
        HelpName = "path",
    };

    private readonly Option<bool> json = TrainOptions.JsonOption();

    private AnalyzeVerb()
    {
        format.AcceptOnlyFromAmong("png", "svg");
        embedding.AcceptOnlyFromAmong("none", "tsne", "pca");
    }

    internal static Command Create()
    {
        var verb = new AnalyzeVerb();
        var command = new Command("analyze", "Show how training went with every class: a table and figures.")
        {
            verb.runs,
            verb.output,
            verb.format,
            verb.classes,
            verb.recompute,
            verb.embedding,
            verb.data,
            verb.json,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        TextWriter said = parsed.GetValue(json) ? Console.Error : Console.Out;
        string[] paths = parsed.GetRequiredValue(runs);
        string? moved = parsed.GetValue(data);
        if (parsed.GetValue(recompute))
        {
            foreach (string path in paths)
            {
                Recompute(path, moved, said);
            }
        }

        RunHistory[] histories = [.. paths.Select(Read)];
        NamedRun.RequireSameClasses(histories);
        IReadOnlyList<NamedRun> named = NamedRun.Of(histories);
        IReadOnlyList<int> labels = Labels(named[0].History, parsed.GetValue(classes));
        string kind = parsed.GetRequiredValue(embedding);
        IReadOnlyList<IReadOnlyList<EmbeddedPoint>> embeddings =
            kind == "none" ? [] : [.. paths.Select(path => Embed(path, moved, labels, kind, said))];
        IReadOnlyList<string> figures = Draw(
            named,
            labels,
            embeddings,
            parsed.GetValue(output) ?? Path.Combine(paths[0], "figures"),
            parsed.GetRequiredValue(format)
        );
        if (parsed.GetValue(json))
        {
            foreach (NamedRun run in named)
            {
                WriteEvent(run, figures);
            }

            return 0;
        }

        foreach (NamedRun run in named)
        {
            StatisticsTable.Print(run);
        }

        foreach (string figure in figures)
        {
            Console.WriteLine(figure);
        }

        return 0;
    }

    private static RunHistory Read(string path)
    {
        using RunFolder folder = RunFolder.Open(path, write: false);
        return RunHistory.Of(folder);
    }

    private static IReadOnlyList<int> Labels(RunHistory run, string? names)
    {
        if (names is null)
        {
            IReadOnlyList<int> bySize = run.BySize;
            return bySize.Count <= MostCurves
                ? bySize
                : [.. bySize.Take(MostCurves / 2), .. bySize.Skip(bySize.Count - (MostCurves / 2))];
        }

        return
        [
            .. names
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(name => Label(run.Classes, name)),
        ];
    }

    private static int Label(IReadOnlyList<string> classes, string name)
    {
        for (int label = 0; label < classes.Count; label++)
        {
            if (classes[label] == name)
            {
                return label;
            }
        }

        throw new UsageException($"--classes: there is no class '{name}'; {Nearest.Hint(name, [.. classes])}");
    }

    private static void Recompute(string path, string? moved, TextWriter said)
    {
        using RunFolder folder = RunFolder.Open(path, write: true);
        WithData(
            folder,
            moved,
            said,
            images =>
            {
                RunAnalysis.Recompute(
                    folder,
                    images,
                    new FeatureDeviation(),
                    epoch => said.WriteLine($"{path}: statistics after {epoch} epochs")
                );
                return 0;
            }
        );
    }

    private static IReadOnlyList<EmbeddedPoint> Embed(
        string path,
        string? moved,
        IReadOnlyList<int> labels,
        string kind,
        TextWriter said
    )
    {
        using RunFolder folder = RunFolder.Open(path, write: false);
        IReadOnlyList<ImageFeatures> found = WithData(
            folder,
            moved,
            said,
            images => RunAnalysis.Features(folder, images, labels, EmbeddedOfAClass)
        );
        said.WriteLine(
            $"{path}: placing the features of {found.Count} images, at most {EmbeddedOfAClass} a class and part"
        );
        IReadOnlyList<float[]> features = [.. found.Select(image => image.Features)];
        (double X, double Y)[] places = kind == "pca" ? [.. Principal(features)] : new TSne().Embed(features);
        return [.. found.Zip(places, (image, at) => new EmbeddedPoint(at.X, at.Y, image.Label, image.IsTest))];
    }

    private static IEnumerable<(double X, double Y)> Principal(IReadOnlyList<float[]> features)
    {
        var components = PrincipalComponents.Of(features);
        return features.Select(components.Project).Select(place => (place[0], place[1]));
    }

    private static T WithData<T>(RunFolder folder, string? moved, TextWriter said, Func<TrainingData, T> use)
    {
        Allocator.KeepFreedMemory();
        RunSpecification run = RunSpecification.Of(folder, device: "auto");
        run = run with { Source = moved ?? run.Source };
        using ImageData images = RunData.Open(run);
        return use(RunData.Prepare(folder, run, images, said));
    }

    private static IReadOnlyList<string> Draw(
        IReadOnlyList<NamedRun> named,
        IReadOnlyList<int> labels,
        IReadOnlyList<IReadOnlyList<EmbeddedPoint>> embeddings,
        string folder,
        string format
    )
    {
        List<(string Name, Figure Figure)> figures = [("learning-curves", ProgressFigures.Curves(named))];
        if (named.All(run => run.History.Last is not null))
        {
            IReadOnlyList<int> bySize = named[0].History.BySize;
            figures.Add(("deviation", ClassFigures.Deviation(named)));
            figures.Add(("classification-ratio", ProgressFigures.Ratio(named, [bySize[0], bySize[^1]])));
            figures.Add(("deviation-over-epochs", ProgressFigures.Deviation(named, labels, embeddings)));
            figures.Add(("gradient-norm", ProgressFigures.Gradient(named, labels)));
            figures.Add(("accuracy", ClassFigures.Accuracy(named)));
        }

        MakeFolder(folder);
        return
        [
            .. figures.Select(figure =>
            {
                string path = Path.Combine(folder, $"{figure.Name}.{format}");
                figure.Figure.Save(path);
                return path;
            }),
        ];
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CounterpoiseException(
                $"--output: the folder {folder} cannot be made: {failure.Message} Choose another one.",
                failure
            );
        }
    }

    private static void WriteEvent(NamedRun run, IReadOnlyList<string> figures)
    {
        RunHistory history = run.History;
        EpochHistory? last = history.Studied is [.., var studied] ? studied : null;
        JsonArray List(IReadOnlyList<double?>? values) => [.. (values ?? []).Select(value => (JsonNode?)value)];
        JsonObserver.WriteEvent(
            "analyzed",
            new JsonObject
            {
                ["run"] = history.Path,
                ["epoch"] = last?.Epoch,
                ["classes"] = new JsonArray([.. history.Classes.Select(name => (JsonNode?)name)]),
                ["class_counts"] = new JsonArray([.. history.ClassCounts.Select(count => (JsonNode?)count)]),
                ["train_per_class_accuracy"] = List(last?.Statistics!.TrainPerClassAccuracy),
                ["per_class_accuracy"] = List(last?.PerClassAccuracy),
                ["classification_ratio"] = List(last?.Statistics!.ClassificationRatio),
                ["gradient_norm"] = List(last?.Statistics!.GradientNorm),
                ["feature_deviation"] = List(last?.Statistics!.FeatureDeviation),
                ["expected_calibration_error"] = last?.Statistics!.Calibration.ExpectedError,
                ["figures"] = new JsonArray([.. figures.Select(path => (JsonNode?)path)]),
            }
        );
    }
}
