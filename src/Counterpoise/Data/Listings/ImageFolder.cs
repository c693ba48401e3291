using Counterpoise.Basics;
using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Listings;

/// <summary>Reads a folder of images into memory: one folder per class, with or without train/ and test/ above.</summary>
internal static class ImageFolder
{
    private const int MostNamed = 20;

    /// <summary>Opens the files of a listing, in memory or streamed.</summary>
    /// <exception cref="CounterpoiseException">A file is unreadable and not to be skipped, or a class has none left.</exception>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public static ImageData Read(string root, ImageListing listing, OpenOptions options)
    {
        if (options.Decoding == DecodingRules.First && listing.Validation is { Count: var unused })
        {
            // What began before validation parts were used goes on without them.
            listing = listing with
            {
                Validation = null,
                Notes =
                [
                    .. listing.Notes,
                    $"{root}: its validation part, {unused} images, is not used, as by the version that the run began with.",
                ],
            };
        }

        return Streams(listing, options) ? Stream(root, listing, options) : Decode(root, listing, options);
    }

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
        long bytes = 3L * geometry.Resize * geometry.Resize * listing.All.Count();
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

        string from = listing.ImageRoot ?? root;
        IImageSource[] parts =
        [
            .. listing.Parts.Select(files => new StreamedImages(from, files, listing.Classes, options.Reading)),
        ];
        return Data(
            root,
            listing with
            {
                Notes =
                [
                    .. listing.Notes,
                    .. Duplicates(root, listing, options),
                    .. ImageRemarks.Of(root, options.Reading),
                ],
            },
            parts,
            [],
            [],
            _ => true
        ) with
        {
            Reading = options.Reading,
        };
    }

    /// <summary>Decodes all files, in parallel, into the order of the listing.</summary>
    private static ImageData Decode(string root, ImageListing listing, OpenOptions options)
    {
        string from = listing.ImageRoot ?? root;
        ImageFile[] files = [.. listing.All];
        InMemoryImages[] parts = [.. listing.Parts.Select(part => Allocate(from, part, listing.Classes, options))];
        try
        {
            var traits = new ImageTraits[files.Length];
            (InMemoryImages Part, int At)[] places =
            [
                .. parts.SelectMany(part => Enumerable.Range(0, part.Count).Select(at => (part, at))),
            ];
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
                        image.Planes.CopyTo(places[i].Part.Pixels(places[i].At));
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

            int first = 0;
            for (int part = 0; part < parts.Length; part++)
            {
                int start = first;
                first += parts[part].Count;
                parts[part] = Keep(from, listing.Parts[part], parts[part], options, i => reasons[start + i] is null);
            }

            RequireEveryClass(root, parts[0], listing);
            listing = listing with
            {
                Notes =
                [
                    .. listing.Notes,
                    .. Duplicates(root, listing, options with { ReadsAll = true }),
                    .. ImageRemarks.Of(root, options.Reading),
                    .. ImageRemarks.Of(root, options.Reading, traits, i => Path.GetRelativePath(root, files[i].Path)),
                ],
            };
            return Data(
                root,
                listing,
                parts,
                unreadable,
                LeftOutOf(files, reasons, listing.Classes),
                i => reasons[i] is null
            ) with
            {
                Reading = options.Reading,
            };
        }
        catch
        {
            foreach (InMemoryImages part in parts)
            {
                part.Dispose();
            }

            throw;
        }
    }

    private static ImageData Data(
        string root,
        ImageListing listing,
        IImageSource[] parts,
        UnreadableFile[] unreadable,
        IReadOnlyList<LeftOut> skipped,
        Func<int, bool> isRead
    ) =>
        new(Name(root), parts[0], parts[1], Notes(root, listing, parts, unreadable))
        {
            Validation = parts.ElementAtOrDefault(2),
            Groups = ImageGroups.Numbers(listing.Train.Where((_, i) => isRead(i))),
            TestGroups = ImageGroups.Numbers(listing.Test.Where((_, i) => isRead(listing.Train.Count + i))),
            LeftOut = [.. listing.LeftOut, .. skipped],
        };

    private static IReadOnlyList<string> Duplicates(string root, ImageListing listing, OpenOptions options) =>
        options.ReadsAll
            ? IdenticalFiles.Notes(root, IdenticalFiles.Find(listing.PartFiles))
            :
            [
                $"{root}: files with the same bytes are not looked for while images are streamed; 'counterpoise data inspect' finds them.",
            ];

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

    /// <summary>The files that have a reason as what is not used.</summary>
    public static IReadOnlyList<LeftOut> LeftOutOf(ImageFile[] files, string?[] reasons, IReadOnlyList<string> classes)
    {
        var found = new LeftOutList();
        foreach ((ImageFile file, string? reason) in files.Zip(reasons).Where(pair => pair.Second is not null))
        {
            found.Add($"unreadable files ({reason})", classes[file.Label], file.Path);
        }

        return found.All;
    }

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
        InMemoryImages images = InMemoryImages.Allocate(
            [.. files.Select(file => file.Label)],
            classes,
            geometry.Resize,
            geometry.Resize,
            geometry.Size,
            position => StreamedImages.Identity(root, files[position].Path)
        );
        images.Names = [.. files.Select(file => Path.GetRelativePath(root, file.Path))];
        return images;
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

    private static void RequireEveryClass(string root, InMemoryImages train, ImageListing listing)
    {
        int[][] positions = ClassPositions.Of(train.Labels, train.Classes.Count);
        int empty = Array.FindIndex(positions, list => list.Length == 0);
        if (empty >= 0 && listing.Train.Count > 0)
        {
            throw new CounterpoiseException(
                $"{root}: class '{train.Classes[empty]}' has no readable training image; add one or remove the class."
            );
        }
    }

    private static List<string> Notes(
        string root,
        ImageListing listing,
        IImageSource[] parts,
        UnreadableFile[] unreadable
    )
    {
        string counts = ImageListing.CountsOf(
            listing.Classes.Count,
            parts[0].Count,
            parts[1].Count,
            parts.ElementAtOrDefault(2)?.Count
        );
        List<string> notes =
        [
            $"{root}: recognised {listing.Form}: {counts}.",
            .. listing.Notes,
            .. LeftOut.Notes(root, listing.LeftOut),
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
