using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>Opens a data set from what the user names, recognising its form.</summary>
internal static class ImageDataSource
{
    /// <summary>Opens a data set; the first note says what was recognised.</summary>
    /// <param name="data">Data of any form of <see cref="DataFormats"/>. Without a test part a fifth of each class is split off.</param>
    /// <param name="options">Image size, seed and what to do about unreadable files.</param>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is damaged or incomplete.</exception>
    public static ImageData Open(string data, OpenOptions? options = null)
    {
        ImageData images = Within(data, Check(data, options));
        Allocator.GiveGarbageBack();
        return images with
        {
            Notes = [.. images.Notes.Concat(ClassNames.Notes(data, images.Train.Classes)).Select(Printable.Of)],
        };
    }

    /// <summary>Opens a data set that is within another one, such as an archive, whose options were looked at.</summary>
    internal static ImageData Within(string data, OpenOptions options) =>
        Recognise(data, options, (format, given) => format.Open(data, given));

    /// <summary>As <see cref="Within"/>, to say what the data set holds.</summary>
    internal static DataInspection InspectWithin(string data, OpenOptions options) =>
        Recognise(data, options, (format, given) => format.Inspect(data, given));

    /// <summary>As <see cref="Within"/>, to look at sizes.</summary>
    internal static DataSurvey SurveyWithin(string data, OpenOptions options) =>
        Recognise(data, options, (format, given) => format.Survey(data, given));

    /// <summary>Looks at the sizes of classes and images, decoding nothing.</summary>
    /// <param name="data">As in <see cref="Open"/>.</param>
    /// <param name="options">As in <see cref="Open"/>.</param>
    /// <returns><see cref="DataSurvey.None"/> where images have a size or a protocol of their own.</returns>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is laid out wrongly.</exception>
    public static DataSurvey Survey(string data, OpenOptions? options = null) =>
        SurveyWithin(data, Check(data, options));

    /// <summary>
    /// Says what a data set holds: class counts, original image sizes, unreadable files. Every file is decoded once and
    /// none is kept; an unreadable one is listed and is no error.
    /// </summary>
    /// <param name="data">As in <see cref="Open"/>.</param>
    /// <param name="options">As in <see cref="Open"/>.</param>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is laid out wrongly, or a CIFAR file is damaged.</exception>
    public static DataInspection Inspect(string data, OpenOptions? options = null)
    {
        OpenOptions looking = Check(data, options) with { Inspects = true, SkipUnreadable = true };
        DataInspection found = InspectWithin(data, looking);
        return found with
        {
            Notes =
            [
                .. found.Notes.Concat(ClassNames.Notes(data, found.Classes)).Select(Printable.Of),
                .. looking.Compares && found.Near is null
                    ?
                    [
                        $"{data}: images that look the same are looked for among image files alone, which these are not.",
                    ]
                    : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>Makes one file of a data set that is mapped into memory when it is opened.</summary>
    /// <param name="data">As in <see cref="Open"/>.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="options">As in <see cref="Open"/>.</param>
    /// <param name="stop">Stops between images; nothing is left of the file then.</param>
    /// <returns>What the user must be told, one line each.</returns>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">An image is unreadable, or the file cannot be written.</exception>
    public static IReadOnlyList<string> Pack(
        string data,
        string path,
        OpenOptions? options = null,
        CancellationToken stop = default
    )
    {
        OpenOptions checkedOptions = Check(data, options);
        using ImageData images = Recognise(data, checkedOptions, (format, given) => format.OpenToPack(data, given));
        IReadOnlyList<UnreadableFile> skipped = PackedFileWriter.Write(
            path,
            images,
            checkedOptions,
            checkedOptions.Progress,
            stop
        );
        return
        [
            .. PackedFile.Notes(path),
            .. skipped.Select(file => $"{file.Path}: skipped: {file.Reason}.").Except(images.Notes),
            $"{path}: {images.Parts.Sum(part => part.Count) - skipped.Count} images, {new FileInfo(path).Length / 1e6:F1} MB.",
        ];
    }

    /// <summary>The options that are not as usual, and what they need.</summary>
    private static (string Name, ListingNeed Need)[] Given(ListingOptions listing) =>
        [
            .. new (string Name, ListingNeed Need, bool IsGiven)[]
            {
                ("imageRoot", ListingNeed.ImageRoot, listing.ImageRoot is not null),
                ("testData", ListingNeed.TestData, listing.TestData is not null),
                ("include", ListingNeed.Files, listing.Include.Count > 0),
                ("exclude", ListingNeed.Files, listing.Exclude.Count > 0),
                ("group", ListingNeed.Files, listing.Group is not null),
                ("folds", ListingNeed.Files, listing.Folds > 0),
                ("pathColumn", ListingNeed.PathColumn, listing.PathColumn is not null),
                ("labelColumn", ListingNeed.LabelColumn, listing.LabelColumn is not null),
                ("folders", ListingNeed.Folders, listing.Folders != FolderReading.Auto),
            }
                .Where(option => option.IsGiven)
                .Select(option => (option.Name, option.Need)),
        ];

    private static string Names(ListingNeed needs) =>
        needs.HasFlag(ListingNeed.PathColumn) ? "a list with columns of paths and labels"
        : needs == ListingNeed.LabelColumn ? "a list with columns, or Parquet files"
        : needs.HasFlag(ListingNeed.LabelColumn) ? "a list with columns"
        : needs.HasFlag(ListingNeed.ImageRoot) ? "a list of image files"
        : needs.HasFlag(ListingNeed.Folders) ? "a folder of images"
        : "a folder or a list of image files";

    private static OpenOptions Check(string data, OpenOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new OpenOptions();
        if (data != SyntheticImages.Name && !Path.Exists(data))
        {
            throw new UsageException($"{data}: there is no such file or folder; expected {DataFormats.Expected}.");
        }

        if (File.Exists(data) && RegularFile.LengthOf(data) == 0)
        {
            throw new CounterpoiseException(
                $"{data}: is empty, a pipe or a device; expected a file with something in it that can be read again and again."
            );
        }

        if (options.Listing.TestData is { } test && !Path.Exists(test))
        {
            throw new UsageException(
                $"{test}: there is no such file; give the list to test on with {Named("testData")}."
            );
        }

        return options.ImageSize is >= 1 and <= 4096
            ? options
            : throw new UsageException($"The image size is {options.ImageSize}; give 1 to 4096 pixels.");
    }

    /// <summary>What the first form that the data is of makes of it.</summary>
    private static T Recognise<T>(string data, OpenOptions options, Func<DataFormat, OpenOptions, T?> read)
        where T : class
    {
        (string Name, ListingNeed Need)[] given = Given(options.Listing);
        ListingNeed needs = given.Aggregate(ListingNeed.None, (all, option) => all | option.Need);
        return DataFormats
                .All.Where(format => (format.Heeds & needs) == needs)
                .Select(format => read(format, options))
                .FirstOrDefault(found => found is not null)
            ?? throw new UsageException(
                given.Length > 0
                    ? $"{data}: found no data that {string.Join(" and ", given.Select(option => Named(option.Name)))} goes with; give {Names(needs)}, or leave it out."
                : File.Exists(data)
                    ? $"{data}: found a file that is no archive and no list; expected {DataFormats.Expected}."
                : $"{data}: found no images in folders per class; expected {DataFormats.Expected}."
            );
    }
}
