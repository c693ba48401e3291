using Counterpoise.Basics;
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
        ImageData images = Recognise(
            data,
            Check(data, options),
            (format, checkedOptions) => format.Open(data, checkedOptions)
        );
        Allocator.GiveGarbageBack();
        return images;
    }

    /// <summary>
    /// Says what a data set holds: class counts, original image sizes, unreadable files. Every file is decoded once and
    /// none is kept; an unreadable one is listed and is no error.
    /// </summary>
    /// <param name="data">As in <see cref="Open"/>.</param>
    /// <param name="options">As in <see cref="Open"/>.</param>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is laid out wrongly, or a CIFAR file is damaged.</exception>
    public static DataInspection Inspect(string data, OpenOptions? options = null) =>
        Recognise(data, Check(data, options), (format, checkedOptions) => format.Inspect(data, checkedOptions));

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

        // Files are decoded while the pack is written, a few at a time; unreadable ones are left out there.
        OpenOptions streamed = checkedOptions with
        {
            Store = ImageStore.Stream,
            SkipUnreadable = false,
        };
        using ImageData images = ParquetSet.Find(data)?.Open(checkedOptions) ?? Open(data, streamed);
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
            .. skipped.Select(file => $"{file.Path}: skipped: {file.Reason}."),
            $"{path}: {images.Train.Count + images.Test.Count - skipped.Count} images, {new FileInfo(path).Length / 1e6:F1} MB.",
        ];
    }

    private static OpenOptions Check(string data, OpenOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new OpenOptions();
        if (data != SyntheticImages.Name && !Path.Exists(data))
        {
            throw new UsageException($"{data}: there is no such file or folder; expected {DataFormats.Expected}.");
        }

        if (options.TestData is { } test && !File.Exists(test))
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
        bool ofLists = (options.ImageRoot ?? options.TestData) is not null;
        return DataFormats
                .All.Where(format => format.GoesWithLists || !ofLists)
                .Select(format => read(format, options))
                .FirstOrDefault(found => found is not null)
            ?? throw new UsageException(
                ofLists
                    ? $"{data}: found no list of image files, which {Named("imageRoot")} and {Named("testData")} go with; give one, or leave them out."
                : File.Exists(data)
                    ? $"{data}: found a file that is no archive and no list; expected {DataFormats.Expected}."
                : $"{data}: found no images in folders per class; expected {DataFormats.Expected}."
            );
    }
}
