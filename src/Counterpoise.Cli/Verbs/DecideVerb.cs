using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Data;
using Counterpoise.Decisions;
using Counterpoise.Metrics;
using Counterpoise.Results.Export;
using Counterpoise.Runs;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>decide</c>: chooses what follows from a run's probabilities, on images that its classifier has not seen.</summary>
internal static class DecideVerb
{
    private const string Estimate = "estimate";

    internal static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run folder" };
        run.Takes("a run folder", Thing.Run);
        var options = new DecideOptions();
        var prior = new Option<string?>("--prior")
        {
            Description =
                $"The class frequencies where the classifier is used: balanced, training, a CSV file with the columns class and frequency, or {Estimate}, from the images of --field [default: those of the images it is chosen on]",
            HelpName = "which",
        };
        var field = new Option<string[]>("--field")
        {
            Description =
                $"Images without labels from where the classifier is used, files or folders, for --prior {Estimate}",
            HelpName = "images",
        };
        var data = new Option<string?>("--data")
        {
            Description =
                "Labelled images that were neither trained nor are to be tested on [default: what the run holds out]",
            HelpName = "path",
        };
        data.Takes("images", Thing.Images);
        var opening = new DataOptions();
        var remove = new Option<bool>("--remove") { Description = "Forget the run's decision" };
        Option<bool> json = JsonOption.Create();
        var command = new Command("decide", "Set thresholds, costs or what is left to people, and see what that buys.")
        {
            run,
        };
        command.Add(options.All);
        command.Add([prior, field, data]);
        command.Add(opening.OfListing);
        command.Add([opening.SkipUnreadable, remove, json]);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(run);
            TextWriter told = Messages.Writer(parsed.GetValue(json));
            using RunFolder folder = RunFolder.Open(path, write: false);
            if (parsed.GetValue(remove))
            {
                Console.WriteLine(
                    DecisionFile.Remove(folder) ? $"the decision of {path} is removed" : $"{path} has no decision"
                );
                return 0;
            }

            var history = RunHistory.Read(path);
            Demands demands = options.Demands(parsed, history.Classes);
            (PredictedImages said, string basis) = Unseen(
                history,
                new RunEvaluation(
                    parsed.GetValue(data),
                    opening.Listing(parsed),
                    parsed.GetValue(opening.SkipUnreadable),
                    Checkpoint: null
                ),
                told
            );
            ProbabilityMap map = CalibrationFit.Of(said);
            double[]? frequencies = Frequencies(
                parsed.GetValue(prior),
                parsed.GetValue(field) ?? [],
                folder,
                map,
                told
            );
            var maker = new DecisionMaker(said, map with { Prior = frequencies });
            Decision decision = maker.Make(demands, basis);
            DecisionFile.Write(folder, decision);
            DecisionTable.Print(history, decision, said, maker, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    /// <summary>What the run's classifier says of images that it has not seen, and that it is not tested on.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    private static (PredictedImages Said, string Basis) Unseen(
        RunHistory run,
        RunEvaluation evaluation,
        TextWriter told
    )
    {
        if (evaluation.Data is not null)
        {
            PredictedImages given = evaluation.Of(run.Path, told).Said;
            return (given, $"{given.Images.Count} images of {evaluation.Data}");
        }

        if (run.OutOfFoldPredictions is { } folds)
        {
            int[] numbers = [.. folds.Images.Select(image => image.Fold ?? 0).Distinct()];
            told.WriteLine(
                numbers.Length > 1
                    ? "thresholds are of classifiers without a fold each, and so approximate for the one trained on everything"
                    : "thresholds are of this classifier, on the fold that was held out of its training"
            );
            return (folds, $"{folds.Images.Count} out-of-fold images");
        }

        return run.HeldOutPredictions is { } held
            ? (held, $"{held.Images.Count} held-out images")
            : throw new UsageException(
                $"{run.Path} kept nothing that its classifier says of images that it has not seen, and test images are not chosen on: train with --set data.held_out=50 or let 'probe' or 'choose' keep out-of-fold predictions, or give labelled images to --data."
            );
    }

    private static double[]? Frequencies(
        string? which,
        string[] field,
        RunFolder folder,
        ProbabilityMap map,
        TextWriter told
    )
    {
        if (which != Estimate)
        {
            return field.Length > 0
                    ? throw new UsageException($"--field is for --prior {Estimate}; give both, or neither.")
                : which is null ? null
                : [.. ClassPrior.Parse(which, ClassifierDescription.Of(folder)).Frequencies];
        }

        if (field.Length == 0)
        {
            throw new UsageException(
                $"--prior {Estimate} needs images from where the classifier is used; give them to --field."
            );
        }

        using OnnxClassifier classifier = PredictVerb.Open(folder.Path, threads: null, trustModel: false);
        double[][] probabilities = [.. FieldImages.Probabilities(classifier, field, told).Select(row => map.Of(row))];
        var estimate = PriorEstimate.Of(probabilities, map.Implied);
        PriorText.Print(classifier.Description.Classes, estimate, map.Implied, probabilities.Length, told);
        return estimate.Frequencies;
    }
}
