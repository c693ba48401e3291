using System.CommandLine;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>data pack</c>: one file of a data set, its images decoded and resized, that is mapped into memory.</summary>
internal static class PackVerb
{
    internal static Command Create()
    {
        var data = new Argument<string>("data") { Description = "What 'train --data' takes" };
        data.Takes("images", Thing.Images);
        var opening = new DataOptions();
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write, such as images.pack",
            HelpName = "file",
            Required = true,
        };
        var resize = new Option<int>("--resize")
        {
            Description =
                "The length that images are resized to, in pixels: data.resize of the recipe, or its data.image_size",
            HelpName = "pixels",
            DefaultValueFactory = _ => 32,
        };
        var rule = new Option<string>("--resize-rule")
        {
            Description = "square, or shorter-side, which keeps the shape: data.resize_rule of the recipe",
            HelpName = "name",
            DefaultValueFactory = _ => "square",
        };
        rule.TakesOneOf("square", "shorter-side");
        var background = new Option<string>("--background")
        {
            Description =
                "The colour that transparent pixels are laid over, black, white or #rrggbb: data.background of the recipe",
            HelpName = "colour",
            DefaultValueFactory = _ => "black",
        };
        var range = new Option<string>("--range")
        {
            Description =
                "full, or file, which scales files of 16 bits by their own smallest and largest value: data.range of the recipe",
            HelpName = "name",
            DefaultValueFactory = _ => "full",
        };
        range.TakesOneOf("full", "file");
        var seed = new Option<ulong?>("--data-seed")
        {
            Description = "data.seed of the recipe, for the test part of a folder that has none [default: 0]",
            HelpName = "number",
        };
        var tiered = new Option<string>("--tiered")
        {
            Description = "test or tune, for Tiered-ImageNet: data.tiered of the recipe",
            HelpName = "name",
            DefaultValueFactory = _ => "test",
        };
        tiered.TakesOneOf("test", "tune");
        Option<bool> skip = opening.SkipUnreadable;
        var command = new Command("pack", "Make one file of a data set that is read at the speed of memory.")
        {
            data,
            output,
            resize,
            rule,
            background,
            range,
            seed,
            tiered,
            skip,
        };
        command.Add(opening.OfListing);
        command.SetAction(parsed =>
            Stoppable.Run(
                stop =>
                    Run(
                        parsed.GetRequiredValue(data),
                        parsed.GetRequiredValue(output),
                        new OpenOptions
                        {
                            ImageSize = parsed.GetValue(resize),
                            ResizeRule = parsed.GetValue(rule) == "square" ? ResizeRule.Square : ResizeRule.ShorterSide,
                            Background = BackgroundColour.Parse(parsed.GetRequiredValue(background), "--background"),
                            Range = parsed.GetValue(range) == "file" ? PixelRange.File : PixelRange.Full,
                            Seed = parsed.GetValue(seed) ?? 0,
                            Tiered = parsed.GetValue(tiered) == "tune" ? TieredStep.Tune : TieredStep.Test,
                            Listing = opening.Listing(parsed),
                            SkipUnreadable = parsed.GetValue(skip),
                        },
                        stop
                    ),
                how: null
            )
        );
        return command;
    }

    private static int Run(string data, string output, OpenOptions options, CancellationToken stop)
    {
        try
        {
            foreach (string note in ImageDataSource.Pack(data, output, ReadingProgress.Told(options), stop))
            {
                Console.WriteLine(note);
            }

            Console.WriteLine($"train on it with: counterpoise train --data {ShellWord.Quoted(output)}");
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"stopped; nothing was written to {output}");
            return Failures.Interrupted;
        }
    }
}
