using Counterpoise.Basics;
using Counterpoise.Data.Pixels;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data;

/// <summary>Reads a folder of images into memory: one folder per class, with or without train/ and test/ above.</summary>
internal static class ImageFolder
{
    private const int MostNamed = 20;

    /// <summary>Opens the files of a listing, in memory or streamed.</summary>
    /// <exception cref="CounterpoiseException">A file is unreadable and not to be skipped, or a class has none left.</exception>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public static ImageData Read(string root, ImageListing listing, OpenOptions options) =>
        Streams(listing, options) ? Stream(root, listing, options) : Decode(root, listing, options);

    /// <summary>Whether the files are decoded whenever they are read.</summary>
    private static bool Streams(ImageListing listing, OpenOptions options)
    {
        if (options.Store == ImageStore.Memory && options.ResizeRule != ResizeRule.Square)
        {
            throw new UsageException(
                $"{Named("images")} memory keeps squares, but data.resize_rule is shorter-side; leave it to stream, or pack the data with 'counterpoise data pack'."
            );
        }

        ImageGeometry geometry = options.Geometry;
        long bytes = 3L * geometry.Resize * geometry.Resize * (listing.Train.Count + listing.Test.Count);
        return options.Store switch
        {
            ImageStore.Memory => false,
            ImageStore.Stream => true,
            _ => options.ResizeRule != ResizeRule.Square || bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2,
        };
    }

    private static ImageData Stream(string root, ImageListing listing, OpenOptions options)
    {
        if (options.SkipUnreadable)
        {
            throw new UsageException(
                $"{root}: its files are decoded as they are read, so unreadable ones cannot be left out in advance; "
                    + "use 'counterpoise data pack --skip-unreadable' once and train on the packed file."
            );
        }

        var train = new StreamedImages(listing.ImageRoot ?? root, listing.Train, listing.Classes, options.Reading);
        var test = new StreamedImages(listing.ImageRoot ?? root, listing.Test, listing.Classes, options.Reading);
        IReadOnlyList<string> notes =
        [
            .. Notes(root, listing, train, test, []),
            .. ImageRemarks.Of(root, options.Reading),
        ];
        return new ImageData(Name(root), train, test, notes) { Reading = options.Reading };
    }

    /// <summary>Decodes all files, in parallel, into the order of the listing.</summary>
    private static ImageData Decode(string root, ImageListing listing, OpenOptions options)
    {
        ImageFile[] files = [.. listing.Train, .. listing.Test];
        InMemoryImages train = Allocate(listing.ImageRoot ?? root, listing.Train, listing.Classes, options);
        InMemoryImages test = Allocate(listing.ImageRoot ?? root, listing.Test, listing.Classes, options);
        try
        {
            var traits = new ImageTraits[files.Length];
            string?[] reasons = DecodeAll(
                files,
                options,
                (i, path) =>
                {
                    PixelBuffer image = PixelBuffer.OfThisThread;
                    string? reason = ImageDecoder.Decode(path, options.Reading, image, out _);
                    traits[i] = reason is null ? image.Traits : ImageTraits.None;
                    if (reason is null)
                    {
                        image.Planes.CopyTo(i < train.Count ? train.Pixels(i) : test.Pixels(i - train.Count));
                    }

                    return reason;
                }
            );
            UnreadableFile[] unreadable = Unreadable(files, reasons);
            if (unreadable.Length > 0 && !options.SkipUnreadable)
            {
                throw new CounterpoiseException(
                    $"{unreadable[0].Path}: could not be read: {unreadable[0].Reason}; replace or remove the file, or "
                        + $"skip unreadable files ({Named("skipUnreadable")})."
                );
            }

            int trainCount = train.Count;
            train = Keep(
                listing.ImageRoot ?? root,
                listing.Train,
                train,
                options,
                position => reasons[position] is null
            );
            test = Keep(
                listing.ImageRoot ?? root,
                listing.Test,
                test,
                options,
                position => reasons[trainCount + position] is null
            );
            RequireEveryClass(root, train);
            IReadOnlyList<string> notes =
            [
                .. Notes(root, listing, train, test, unreadable),
                .. ImageRemarks.Of(root, options.Reading),
                .. ImageRemarks.Of(root, options.Reading, traits, i => Path.GetRelativePath(root, files[i].Path)),
            ];
            return new ImageData(Name(root), train, test, notes) { Reading = options.Reading };
        }
        catch
        {
            train.Dispose();
            test.Dispose();
            throw;
        }
    }

    /// <summary>Runs a decoding over all files. Unless failures are skipped, it ends at the first in order that fails.</summary>
    public static string?[] DecodeAll(ImageFile[] files, OpenOptions options, Func<int, string, string?> decode)
    {
        string?[] reasons = new string?[files.Length];
        int done = 0;
        int step = Math.Max(1, files.Length / 200);
        Parallel.For(
            0,
            files.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (i, state) =>
            {
                reasons[i] = decode(i, files[i].Path);
                if (reasons[i] is not null && !options.SkipUnreadable)
                {
                    // Every file before this one is still decoded: the first failure is the same each time.
                    state.Break();
                }

                int now = Interlocked.Increment(ref done);
                if (now % step == 0 || now == files.Length)
                {
                    options.Progress?.Report((now, files.Length));
                }
            }
        );
        return reasons;
    }

    /// <summary>The files that have a reason, in order.</summary>
    public static UnreadableFile[] Unreadable(ImageFile[] files, string?[] reasons) =>
        [
            .. files
                .Zip(reasons)
                .Where(pair => pair.Second is not null)
                .Select(pair => new UnreadableFile(pair.First.Path, pair.Second!)),
        ];

    /// <summary>The folder's own name, for tables.</summary>
    public static string Name(string root) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));

    private static InMemoryImages Allocate(
        string root,
        IReadOnlyList<ImageFile> files,
        IReadOnlyList<string> classes,
        OpenOptions options
    )
    {
        ImageGeometry geometry = options.Geometry;
        return InMemoryImages.Allocate(
            [.. files.Select(file => file.Label)],
            classes,
            geometry.Resize,
            geometry.Resize,
            geometry.Size,
            position => StreamedImages.Identity(root, files[position].Path)
        );
    }

    private static InMemoryImages Keep(
        string root,
        IReadOnlyList<ImageFile> files,
        InMemoryImages images,
        OpenOptions options,
        Func<int, bool> isKept
    )
    {
        int[] kept = [.. Enumerable.Range(0, images.Count).Where(isKept)];
        if (kept.Length == images.Count)
        {
            return images;
        }

        InMemoryImages fewer = Allocate(root, [.. kept.Select(position => files[position])], images.Classes, options);
        for (int i = 0; i < kept.Length; i++)
        {
            images.Pixels(kept[i]).CopyTo(fewer.Pixels(i));
        }

        images.Dispose();
        return fewer;
    }

    private static void RequireEveryClass(string root, InMemoryImages train)
    {
        int[][] positions = ClassPositions.Of(train.Labels, train.Classes.Count);
        int empty = Array.FindIndex(positions, list => list.Length == 0);
        if (empty >= 0)
        {
            throw new CounterpoiseException(
                $"{root}: class '{train.Classes[empty]}' has no readable training image; add one or remove the class."
            );
        }
    }

    private static List<string> Notes(
        string root,
        ImageListing listing,
        IImageSource train,
        IImageSource test,
        UnreadableFile[] unreadable
    )
    {
        List<string> notes =
        [
            $"{root}: recognised {listing.Form}: {train.Classes.Count} classes, {train.Count} training and "
                + $"{test.Count} test images.",
            .. listing.Notes,
        ];
        if (unreadable.Length > 0)
        {
            notes.Add($"{root}: skipped {unreadable.Length} unreadable files.");
            notes.AddRange(unreadable.Take(MostNamed).Select(file => $"{file.Path}: skipped: {file.Reason}."));
        }

        if (unreadable.Length > MostNamed)
        {
            notes.Add($"and {unreadable.Length - MostNamed} more unreadable files.");
        }

        return notes;
    }
}
