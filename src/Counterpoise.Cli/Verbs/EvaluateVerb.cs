using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>evaluate</c>: tests the network of a run again, or on other images of the same classes, or two runs against each other.</summary>
internal static class EvaluateVerb
{
    internal static Command Create()
    {
        var runs = new Argument<string[]>("run")
        {
            Description = "The run folder, or two, which are compared image by image",
            Arity = new ArgumentArity(1, 2),
        };
        runs.Takes("a run folder", Thing.Run);
        var data = new Option<string?>("--data")
        {
            Description =
                "Data with the run's classes, or some of them: its test part is used, or all of it where it has none [default: the run's own data]",
            HelpName = "path",
        };
        data.Takes("images", Thing.Images);
        var opening = new DataOptions();
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A checkpoint of the run [default: the last one]",
            HelpName = "file",
        };
        var frequencies = new Option<string?>("--frequencies")
        {
            Description =
                "What results would be where classes are as frequent: balanced, training or a CSV file with the columns class and frequency",
            HelpName = "which",
        };
        var ordered = new Option<bool>("--ordered")
        {
            Description = "The classes, in their order, are a scale: gives quadratic kappa, too",
        };
        Option<bool> json = JsonOption.Create();
        var command = new Command("evaluate", "Test the network of a run, or two runs against each other.")
        {
            runs,
            data,
            checkpoint,
            frequencies,
            ordered,
            json,
        };
        command.Add(opening.OfListing);
        command.Add(opening.SkipUnreadable);
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetRequiredValue(runs);
            string? file = parsed.GetValue(checkpoint);
            if (paths.Length > 1 && file is not null)
            {
                throw new UsageException("--checkpoint is of one run, but two are given; evaluate each by itself.");
            }

            var evaluation = new RunEvaluation(
                parsed.GetValue(data),
                opening.Listing(parsed),
                parsed.GetValue(opening.SkipUnreadable),
                file
            );
            bool isJson = parsed.GetValue(json);
            List<EvaluatedRun> evaluated = [];
            foreach (string path in paths)
            {
                EvaluatedRun one = evaluation.Of(path, Messages.Writer(isJson));
                evaluated.Add(
                    one with
                    {
                        IsOrdered = parsed.GetValue(ordered),
                        Frequencies = parsed.GetValue(frequencies) is { } which
                            ? ClassPrior.Parse(which, one.Classifier).Frequencies
                            : null,
                    }
                );
                EvaluationTable.Print(evaluated[^1], isJson);
            }

            if (evaluated is [var first, var second])
            {
                EvaluationTable.PrintDifference(first, second, isJson);
            }

            return 0;
        });
        return command;
    }
}
