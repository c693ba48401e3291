using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Data.Files;
using Counterpoise.Features;
using Counterpoise.Results.Export;
using Counterpoise.Runs;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>predict</c>: classifies image files by an exported model or the last checkpoint of a run.</summary>
internal static class PredictVerb
{
    /// <summary>Stands for a path a line on standard input.</summary>
    private const string StandardInput = "-";

    internal static Command Create()
    {
        Argument<string> model = ModelArgument();
        var images = new Argument<string[]>("images")
        {
            Description = "Image files, folders of them with all below, or - for a path a line on standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        images.Takes("images", [Thing.Picture, .. Thing.Images]);
        var top = new Option<int?>("--top")
        {
            Description = "How many classes are shown for an image, the most probable first",
            HelpName = "n",
            DefaultValueFactory = _ => 3,
        };
        var by = new Option<string?>("--rank")
        {
            Description =
                "Show the images in order of this class's probability, the most probable first, once all are read",
            HelpName = "class",
        };
        Option<string?> prior = PriorOption();
        var csv = new Option<bool>("--csv") { Description = "CSV with a header on standard output, a line an image" };
        var json = new Option<bool>("--json")
        {
            Description = "JSON on standard output, exactly one line an image, and everything else on standard error",
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads of the computation [default: all processors]",
            HelpName = "n",
        };
        Option<bool> trust = RecipeOptions.TrustOption();
        var command = new Command("predict", "Show what a classifier says of images.")
        {
            model,
            images,
            top,
            by,
            prior,
            csv,
            json,
            threads,
            trust,
        };
        command.SetAction(parsed =>
        {
            int most = parsed.GetRequiredValue(top)!.Value;
            Require(most, "--top", 1);
            Require(parsed.GetValue(threads) ?? 1, "--threads", 1);
            if (parsed.GetValue(csv) && parsed.GetValue(json))
            {
                throw new UsageException("--csv and --json exclude each other; give one of them.");
            }

            using OnnxClassifier classifier = Open(
                parsed.GetRequiredValue(model),
                parsed.GetValue(threads),
                parsed.GetValue(trust)
            );
            ClassPrior? expected = parsed.GetValue(prior) is { } option
                ? ClassPrior.Parse(option, classifier.Description)
                : null;
            string? ranked = parsed.GetValue(by);
            if (ranked is not null && !classifier.Description.Classes.Contains(ranked))
            {
                throw new UsageException(
                    $"--rank is '{ranked}', which is no class; {Nearest.Hint(ranked, [.. classifier.Description.Classes])}"
                );
            }

            TellDecision(classifier.Description);
            using IPredictionWriter writer =
                parsed.GetValue(json) ? new PredictionLines()
                : parsed.GetValue(csv) ? new PredictionCsv(most, classifier.Description.Decision is not null)
                : new PredictionTable(classifier.Description.Classes);
            return Run(classifier, parsed.GetRequiredValue(images), most, expected, ranked, writer);
        });
        return command;
    }

    /// <summary>Says on standard error what is decided, where a decision came along.</summary>
    internal static void TellDecision(ClassifierDescription classifier)
    {
        if (classifier.Decision is { } decision)
        {
            Console.Error.WriteLine(
                $"decides by what came along: {Printable.OfLine(decision.Demand)}, chosen on {Printable.OfLine(decision.Basis)}{(decision.RaisesAlarms ? "; '-' is no alarm" : decision.LeastConfidence is null ? "" : "; '?' is left to people")}"
            );
        }
    }

    /// <summary>The classifier of an ONNX file or of a run.</summary>
    internal static OnnxClassifier Open(string path, int? threads, bool trustModel)
    {
        if (Directory.Exists(path))
        {
            using RunFolder folder = RunFolder.Open(path, write: false);
            return new OnnxClassifier(FeatureExtractors.ToOnnx(folder, trustModel: trustModel), threads);
        }

        return new OnnxClassifier(OnnxModel.Read(path, trustModel), threads);
    }

    internal static Argument<string> ModelArgument()
    {
        var model = new Argument<string>("model") { Description = "An ONNX file that 'export' wrote, or a run folder" };
        model.Takes("an ONNX model or a run folder", Thing.Model, Thing.Run);
        return model;
    }

    internal static Option<string?> PriorOption() =>
        new("--prior")
        {
            Description =
                "The class frequencies where the classifier is used: balanced, training or a CSV file with the columns class and frequency [default: those that its training implies]",
            HelpName = "which",
        };

    private static int Run(
        OnnxClassifier classifier,
        IReadOnlyList<string> images,
        int top,
        ClassPrior? prior,
        string? ranked,
        IPredictionWriter writer
    )
    {
        int read = 0;
        int unreadable = 0;
        var summary = new PredictionSummary();
        List<(double Probability, ImagePrediction Prediction)> kept = [];
        writer.Begin();
        foreach (
            ImagePrediction prediction in FilePredictions.Of(
                classifier,
                images.SelectMany(Paths),
                ranked is null ? top : classifier.Description.Classes.Count,
                prior,
                oneByOne: images.Contains(StandardInput)
            )
        )
        {
            if (prediction.Error is null)
            {
                read++;
                summary.Add(prediction);
            }
            else
            {
                unreadable++;
                Console.Error.WriteLine($"{prediction.Image}: skipped: {prediction.Error}");
            }

            if (ranked is null)
            {
                writer.Write(prediction);
            }
            else
            {
                double probability = prediction.Top.FirstOrDefault(of => of.Class == ranked).Probability;
                kept.Add((probability, prediction with { Top = [.. prediction.Top.Take(top)] }));
            }
        }

        foreach ((_, ImagePrediction prediction) in kept.OrderByDescending(one => one.Probability))
        {
            writer.Write(prediction);
        }

        if (read > 1 && writer is PredictionTable)
        {
            Console.Error.WriteLine(summary.ToString()); // For people; programs count themselves.
        }

        if (read + unreadable == 0)
        {
            throw new UsageException(
                $"no images in {string.Join(", ", images)}; name files, or a folder with files of {string.Join(", ", ImageFormats.Endings)}."
            );
        }

        if (unreadable > 0)
        {
            Console.Error.WriteLine($"{unreadable} of {read + unreadable} images could not be read");
        }

        return read > 0 ? 0 : Failures.Failed;
    }

    /// <summary>The image files of an argument, one after the other: a folder is listed as it is walked.</summary>
    internal static IEnumerable<string> Paths(string argument)
    {
        if (argument == StandardInput)
        {
            while (Console.In.ReadLine() is { } line)
            {
                if (line.Length > 0)
                {
                    yield return line;
                }
            }
        }
        else if (Directory.Exists(argument))
        {
            var walk = new ImageFileWalk(argument);
            foreach (string file in walk.Files(argument, null))
            {
                yield return file;
            }

            foreach (string note in LeftOut.Notes(argument, walk.LeftOut.All))
            {
                Console.Error.WriteLine(note);
            }
        }
        else
        {
            yield return argument;
        }
    }

    private static void Require(int value, string option, int least)
    {
        if (value < least)
        {
            throw new UsageException($"{option} is {value}, expected {least} or more.");
        }
    }
}
