using Counterpoise.Basics;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data;

/// <summary>Opens a data set from what the user names, recognising its form.</summary>
internal static class ImageDataSource
{
    /// <summary>Image files with more pixels than this are refused from their header, before any is decoded.</summary>
    public const long MostPixels = 100_000_000;

    private static readonly string[] ListEndings = [".txt", ".csv", ".json"];

    private const string Forms =
        "'synthetic', a CIFAR-10 or CIFAR-100 folder (binary version) or its .tar.gz, or a folder with one folder of "
        + "images per class, with or without train/ and test/ above, an archive (.zip, .tar, .tar.gz) of such a folder, lists of image files (.txt, .csv, iNaturalist's .json), a folder of Parquet files, or a packed file ('counterpoise data pack')";

    /// <summary>Opens a data set; the first note says what was recognised.</summary>
    /// <param name="data">
    /// <c>synthetic</c>; a folder with CIFAR-10 or CIFAR-100 in the binary version, or its .tar.gz; or a folder with one
    /// folder of JPEG, PNG, WebP or BMP images per class, with or without train/ and test/ (or val/) above. Files in
    /// folders below a class folder belong to the class. Without a test part a fifth of each class is split off. Or lists
    /// of image files, in a folder or the training list itself: lines of path and label (.txt), CSV, iNaturalist's JSON.
    /// </param>
    /// <param name="options">Image size, seed and what to do about unreadable files.</param>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is damaged or incomplete.</exception>
    public static ImageData Open(string data, OpenOptions? options = null)
    {
        OpenOptions checkedOptions = Check(data, options);
        ImageData images =
            OpenWhole(data, checkedOptions)
            ?? OpenArchive(data, checkedOptions)
            ?? ImageFolder.Read(data, List(data, checkedOptions), checkedOptions);
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
    public static DataInspection Inspect(string data, OpenOptions? options = null)
    {
        OpenOptions checkedOptions = Check(data, options);
        using ImageData? opened = OpenWhole(data, checkedOptions);
        if (opened is not null)
        {
            return DataInspection.Of(opened);
        }

        if (!ImageArchive.Is(data))
        {
            return DataInspection.Of(data, List(data, checkedOptions), checkedOptions);
        }

        (string folder, string note) = ImageArchive.Unpack(data);
        DataInspection unpacked = Inspect(folder, checkedOptions);
        return unpacked with { Notes = [.. unpacked.Notes, note] };
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
            .. images.Notes,
            .. skipped.Select(file => $"{file.Path}: skipped: {file.Reason}."),
            $"{path}: {images.Train.Count + images.Test.Count - skipped.Count} images, {new FileInfo(path).Length / 1e6:F1} MB.",
        ];
    }

    /// <summary>Rows of Parquet files can be read in order alone, so they are packed once, beside the files.</summary>
    private static ImageData? OpenParquet(string data, OpenOptions options)
    {
        if (ParquetSet.Find(data) is not { } set)
        {
            return null;
        }

        string cache = set.CachePath(options);
        List<string> notes = [];
        if (!File.Exists(cache))
        {
            using ImageData images = set.Open(options);
            Folders.Make(
                Path.GetDirectoryName(cache)!,
                "Pack the data elsewhere with 'counterpoise data pack' and train on that file."
            );
            IReadOnlyList<UnreadableFile> skipped = PackedFileWriter.Write(
                cache,
                images,
                options,
                options.Progress,
                CancellationToken.None
            );
            notes.Add($"{data}: rows of Parquet files can be read in order alone, so they were packed into {cache}.");
            notes.AddRange(skipped.Select(file => $"{file.Path}: skipped: {file.Reason}."));
        }

        ImageData packed = PackedFile.Open(cache, options);
        return packed with { Notes = [.. packed.Notes, .. notes] };
    }

    private static ImageData? OpenPacked(string data, OpenOptions options) =>
        File.Exists(data) && PackedFile.Is(data) ? PackedFile.Open(data, options) : null;

    private static OpenOptions Check(string data, OpenOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new OpenOptions();
        if (data != SyntheticImages.Name && !Path.Exists(data))
        {
            throw new UsageException($"{data}: there is no such file or folder; expected {Forms}.");
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

    /// <summary>The sets that are no listing of image files; null where the data is one, or is said to be lists.</summary>
    private static ImageData? OpenWhole(string data, OpenOptions options) =>
        OpenPacked(data, options)
        ?? (IsOfLists(options) ? null : OpenParquet(data, options) ?? OpenFixedSize(data, options));

    private static bool IsOfLists(OpenOptions options) => (options.ImageRoot ?? options.TestData) is not null;

    /// <summary>The sets that come in one size: the synthetic one and CIFAR; null where a folder of images may be.</summary>
    private static ImageData? OpenFixedSize(string data, OpenOptions options)
    {
        if (string.Equals(data, SyntheticImages.Name, StringComparison.Ordinal))
        {
            RequireSize("synthetic", SyntheticImages.Size, options);
            return SyntheticImages.Open(options.Seed);
        }

        if (FindCifar(data) is not { } cifar)
        {
            return null;
        }

        RequireSize($"{data}: {cifar.Layout.Title}", CifarLayout.Size, options);
        return Cifar.Read(cifar);
    }

    private static void RequireSize(string what, int size, OpenOptions options)
    {
        if (options.ImageSize != size)
        {
            throw new UsageException(
                $"{what} has images of {size}x{size} that are not resized, but the image size is {options.ImageSize}; "
                    + $"leave the image size at {size}."
            );
        }
    }

    private static CifarFiles? FindCifar(string data)
    {
        if (Directory.Exists(data))
        {
            return Cifar.Find(data);
        }

        if (ListEndings.Any(ending => data.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        return ImageArchive.Is(data)
            ? CifarFiles.InArchive(data)
            : throw new UsageException($"{data}: found a file that is no archive and no list; expected {Forms}.");
    }

    /// <summary>What an archive holds, unpacked; null where the data is none.</summary>
    private static ImageData? OpenArchive(string data, OpenOptions options)
    {
        if (!ImageArchive.Is(data))
        {
            return null;
        }

        (string folder, string note) = ImageArchive.Unpack(data);
        ImageData unpacked = Open(folder, options);
        return unpacked with { Notes = [.. unpacked.Notes, note] };
    }

    private static ImageListing List(string data, OpenOptions options)
    {
        try
        {
            return ListFiles.Find(data, options)
                ?? CsvList.Find(data, options)
                ?? INaturalist.Find(data, options)
                ?? ListFolder(data, options)
                ?? throw new UsageException($"{data}: found no images in folders per class; expected {Forms}.");
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(data, failure);
        }
    }

    private static ImageListing? ListFolder(string data, OpenOptions options)
    {
        if (IsOfLists(options))
        {
            throw new UsageException(
                $"{data}: found no list of image files, which {Named("imageRoot")} and {Named("testData")} go with; give one, or leave them out."
            );
        }

        return Directory.Exists(data)
            ? TieredListing.Find(data, options, TieredCounts.Paper) ?? ImageListing.Of(data, options.Seed)
            : null;
    }
}
