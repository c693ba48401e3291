using System.CommandLine;
using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Cli.Options;

/// <summary>Which images, and how they are opened.</summary>
internal sealed class DataOptions
{
    internal Option<string> Data { get; } =
        new("--data")
        {
            Description = $"The images: {DataFormats.Expected}",
            Required = true,
            HelpName = "path",
        };

    internal Option<string?> TestData { get; } =
        new("--test-data")
        {
            Description = "The list to test on, where --data is a training list [default: the list beside it]",
            HelpName = "file",
        };

    internal Option<string?> ImageRoot { get; } =
        new("--image-root")
        {
            Description =
                "The folder that the paths of lists start from [default: where the list is, or a folder there]",
            HelpName = "folder",
        };

    internal Option<bool> SkipUnreadable { get; } =
        new("--skip-unreadable")
        {
            Description = "Leave unreadable images out, and name them, instead of failing [default: fail]",
        };

    internal Option<string> Images { get; } =
        new("--images")
        {
            Description =
                "Where the pixels of image files are kept: memory, stream (decoded whenever they are read) or auto, which is memory where they take less than half of it; it changes no result",
            HelpName = "place",
            DefaultValueFactory = _ => "auto",
        };

    internal DataOptions() => Images.AcceptOnlyFromAmong("auto", "memory", "stream");

    internal IEnumerable<Option> All => [Data, TestData, ImageRoot, SkipUnreadable, Images];

    /// <summary>Where the pixels are kept.</summary>
    internal ImageStore Store(ParseResult parsed) =>
        Enum.Parse<ImageStore>(parsed.GetRequiredValue(Images), ignoreCase: true);

    /// <summary>The same options for images that a run had, which may have moved since.</summary>
    internal static DataOptions Moved()
    {
        var options = new DataOptions();
        options.Data.Required = false;
        options.Data.Description = "Where the images are now, if they have moved [default: where they were]";
        options.TestData.Description = "Where the list to test on is now, if it has moved [default: where it was]";
        options.ImageRoot.Description =
            "Where the images of lists are now, if they have moved [default: where they were]";
        return options;
    }
}
