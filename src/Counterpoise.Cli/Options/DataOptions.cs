using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Understanding;
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
            Description =
                "The list to test on where --data is a training list, or the folder where it is a folder [default: what is beside it or in it]",
            HelpName = "path",
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

    internal DataOptions()
    {
        Images.TakesOneOf("auto", "memory", "stream");
        FolderReading.TakesOneOf("auto", "classes", "parts");
        Data.Takes("images", Thing.Images);
    }

    /// <summary>What they say.</summary>
    internal ListingOptions Listing(ParseResult parsed) =>
        new()
        {
            TestData = parsed.GetValue(TestData),
            ImageRoot = parsed.GetValue(ImageRoot),
            Include = new ValueList<string>(parsed.GetValue(Include) ?? []),
            Exclude = new ValueList<string>(parsed.GetValue(Exclude) ?? []),
            Folders = Enum.Parse<Counterpoise.Data.FolderReading>(
                parsed.GetRequiredValue(FolderReading),
                ignoreCase: true
            ),
            PathColumn = parsed.GetValue(PathColumn),
            LabelColumn = parsed.GetValue(LabelColumn),
            Group = parsed.GetValue(Group),
        };

    internal Option<string[]> Include { get; } =
        new("--include")
        {
            Description =
                "Use the image files that this pattern fits alone, such as '*.jpg'; may be repeated [default: all]",
            HelpName = "pattern",
        };

    internal Option<string[]> Exclude { get; } =
        new("--exclude")
        {
            Description =
                "Leave out files and folders that this pattern fits, such as masks or '*_mask.png'; may be repeated [default: none]",
            HelpName = "pattern",
        };

    internal Option<string> FolderReading { get; } =
        new("--folders")
        {
            Description =
                "What the folders in --data are: classes, parts (train, test, ...), or auto, which tells by names and contents and refuses what could be both",
            HelpName = "name",
            DefaultValueFactory = _ => "auto",
        };

    internal Option<string?> PathColumn { get; } =
        new("--path-column")
        {
            Description = "The column of paths in a list, by name or number from 1 [default: found by its name]",
            HelpName = "column",
        };

    internal Option<string?> LabelColumn { get; } =
        new("--label-column")
        {
            Description =
                "The column of labels in a list or in Parquet files, by name or number from 1 [default: found by its name]",
            HelpName = "column",
        };

    internal Option<string?> Group { get; } =
        new("--group")
        {
            Description =
                "Keep images of one object on one side of every split: a column of the list, or a regular expression over paths, such as 'patient(\\d+)' [default: none]",
            HelpName = "column or pattern",
        };

    /// <summary>Those that say which files are used and how they are labelled.</summary>
    internal IEnumerable<Option> OfListing =>
        [TestData, ImageRoot, Include, Exclude, FolderReading, PathColumn, LabelColumn, Group];

    internal IEnumerable<Option> All => [Data, .. OfListing, SkipUnreadable, Images];

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
