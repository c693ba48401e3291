using System.CommandLine;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Report;
using Counterpoise.Report.Figures;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>analyze</c>: statistics and figures of one run or of several side by side.</summary>
internal sealed class AnalyzeVerb
{
    private readonly Argument<string[]> runs = RunsArgument();

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description =
            "The folder for figures [default: figures/ in the run folder, of the first run if there are several]",
        HelpName = "folder",
    };

    private readonly Option<string?> figures = new("--figures")
    {
        Description =
            $"Which figures, joined by commas: {string.Join(", ", FigureCatalogue.All.Select(kind => kind.Name))} [default: all that the runs allow]",
        HelpName = "names",
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
            "Names of the classes in curves and embeddings, joined by commas [default: all up to ten, else ten evenly by size]",
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

    private readonly Option<bool> json = JsonOption.Create();

    private AnalyzeVerb()
    {
        format.TakesOneOf("png", "svg");
        embedding.TakesOneOf("none", "tsne", "pca");
    }

    internal static Command Create()
    {
        var verb = new AnalyzeVerb();
        var command = new Command("analyze", "Show how training went with every class: a table and figures.")
        {
            verb.runs,
            verb.output,
            verb.figures,
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

    internal static Argument<string[]> RunsArgument()
    {
        var folders = new Argument<string[]>("run")
        {
            Description = "The run folders; figures show them side by side",
            Arity = ArgumentArity.OneOrMore,
        };
        folders.Takes("a run folder", Thing.Run);
        return folders;
    }

    private int Run(ParseResult parsed)
    {
        string[] paths = parsed.GetRequiredValue(runs);
        FigureKind[] kinds = Names(parsed.GetValue(figures)) is { } wanted
            ? [.. wanted.Select(FigureCatalogue.Find).Distinct()]
            : [.. FigureCatalogue.All];
        TextWriter said = Messages.Writer(parsed.GetValue(json));
        AnalyzedCheckpoints Checkpoints(string path) => new(path, parsed.GetValue(data), said);
        if (parsed.GetValue(recompute))
        {
            foreach (string path in paths)
            {
                Checkpoints(path).Recompute();
            }
        }

        var set = RunSet.Read(paths);
        set = Names(parsed.GetValue(classes)) is { } names ? set.Show(names) : set;
        if (parsed.GetRequiredValue(embedding) is var kind and not "none")
        {
            set = set with
            {
                Embeddings =
                [
                    .. set.Runs.Select(run => Checkpoints(run.History.Path).Embed(set.LabelsOf(run.History), kind)),
                ],
            };
        }

        IReadOnlyList<FigureFile> files = FigureFile.Save(
            kinds,
            set,
            parsed.GetValue(output) ?? Path.Combine(paths[0], "figures"),
            parsed.GetRequiredValue(format)
        );
        if (parsed.GetValue(json))
        {
            AnalysisJson.Write(set, files);
        }
        else
        {
            AnalysisText.Print(set, files);
        }

        return 0;
    }

    private static string[]? Names(string? joined) =>
        joined?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
