using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>Lists a folder of images by its layout.</summary>
/// <param name="root">The folder.</param>
/// <param name="options">How it is opened.</param>
internal sealed class FolderListing(string root, OpenOptions options)
{
    // What people call the one folder of a part's images when they have no labels.
    private static readonly string[] Unlabelled =
    [
        "images",
        "image",
        "imgs",
        "img",
        "data",
        "unknown",
        "unlabeled",
        "unlabelled",
    ];
    private static readonly string[] Lists = [".csv", ".tsv", ".json", ".jsonl", ".parquet"];
    private readonly ImageFileWalk walk = new(root, options.Listing.Choice, options.Decoding, options.Listing.TestData);
    private readonly ImageGroups? groups = ImageGroups.Of(options.Listing);
    private readonly HashSet<string> looked = new(StringComparer.Ordinal);

    /// <summary>The listing; null where no folder holds images.</summary>
    /// <exception cref="CounterpoiseException">The folder is laid out wrongly, or can be read in two ways; the message says where.</exception>
    internal ImageListing? List()
    {
        // Looking at folders counts nothing: what is left out is counted once, below.
        var scout = new ImageFileWalk(root, walk.Choice, options.Decoding, options.Listing.TestData);
        var layout = FolderLayout.Of(root, scout, options.Listing.Folders);
        _ = walk.Folders(root);
        CountLooseFiles(root);
        CountLists();
        List<string> notes = [.. layout.Notes];
        foreach (string other in layout.Others)
        {
            CountImages(other, "images in folders beside the parts");
        }

        if (options.Listing.TestData is { } elsewhere)
        {
            if (layout.Parts.TryGetValue(Part.Test, out PartFolder? replaced) && replaced.Path != elsewhere)
            {
                CountImages(replaced.Path, "images of a test part in whose place another is tested on");
            }

            layout = layout.WithTest(elsewhere, new ImageFileWalk(elsewhere, walk.Choice, options.Decoding));
        }

        if (!layout.Parts.TryGetValue(Part.Train, out PartFolder? train))
        {
            return layout.Parts.Count == 0 ? Nothing() : TestOnly(layout, notes);
        }

        CountLooseFiles(train.Path);
        string[] classes = [.. train.Classes.Select(folder => folder.Class)];
        ImageFile[][] files = [.. train.Classes.Select((folder, label) => Files(folder, label))];
        if (files.All(list => list.Length == 0))
        {
            return layout.Parts.Count > 1 || ImageFileWalk.HasFiles(train.Path) && train.Path != root
                ? throw new CounterpoiseException(
                    $"{train.Path}: found no images in folders per class, expected at least two; make a folder for each class and move its images there."
                )
                : Nothing();
        }

        RequireClasses(train, files);
        ImageFile[]? validation = FilesOf(layout, Part.Validation, train, classes, notes);
        ImageFile[]? test = FilesOf(layout, Part.Test, train, classes, notes);
        if (test is not null && validation is not null)
        {
            notes.Add(
                $"{root}: the validation part ({layout.NameOf(Part.Validation)}) is held out for choosing settings; the test part ({layout.NameOf(Part.Test)}) is tested on."
            );
        }
        else if (test is null && validation is not null)
        {
            (test, validation) = (validation, null);
            notes.Add(
                $"{root}: the validation part ({layout.NameOf(Part.Validation)}) is tested on, as there is no other part to test on."
            );
        }

        if (test is not null && options.Listing.Folds > 0)
        {
            throw new UsageException(
                $"{root}: has a part to test on, but folds are for data that has none; give {train.Path}."
            );
        }

        ImageListing listing = test is null
            ? StratifiedSplit.Of(root, classes, files, options)
            : new ImageListing(classes, [.. files.SelectMany(list => list)], test, Untested(layout, classes, test))
            {
                Validation = validation,
            };
        return listing with
        {
            Notes =
            [
                .. notes,
                .. listing.Notes,
                .. groups?.Notes(root) ?? [],
                .. listing.SharedGroups(root),
                .. walk.Notes,
            ],
            LeftOut = walk.LeftOut.All,
            HasProtocol = layout.Parts.Values.Any(part => TinyImageNetLabels.Find(part.Path) is not null),
        };
    }

    /// <summary>A folder whose parts are for testing alone, as somebody has who tests what was trained elsewhere.</summary>
    private ImageListing TestOnly(FolderLayout layout, List<string> notes)
    {
        PartFolder[] parts =
        [
            .. new[] { Part.Test, Part.Validation }.Where(layout.Parts.ContainsKey).Select(part => layout.Parts[part]),
        ];
        if (!options.TestsAll)
        {
            throw new CounterpoiseException(
                $"{root}: found {Path.GetFileName(parts[0].Path)}/ but no train/ beside it; name the training folder train, "
                    + $"or take every folder for a class with {Named("folders")} classes."
            );
        }

        PartFolder tested =
            parts.FirstOrDefault(part => part.Classes.Any(folder => walk.HasFilesBelow(folder.Path)))
            ?? throw new CounterpoiseException(
                $"{parts[0].Path}: found no images in folders per class, expected such to test on; make a folder for each class."
            );
        foreach (PartFolder other in parts.Where(part => part != tested))
        {
            CountImages(other.Path, "images of a part that is not tested on");
        }

        CountLooseFiles(tested.Path);
        string[] classes = [.. tested.Classes.Select(folder => folder.Class)];
        return new ImageListing(classes, [], [.. tested.Classes.SelectMany(Files)], [.. notes, .. walk.Notes])
        {
            LeftOut = walk.LeftOut.All,
        };
    }

    /// <summary>A folder without images is of another form, unless patterns left all of them out or they are of a kind that is not read.</summary>
    private ImageListing? Nothing()
    {
        if (!walk.Choice.IsAll && new ImageFileWalk(root).Files(root, null).Any())
        {
            throw new UsageException(
                $"{root}: of its image files none is left by {Named("include")} and {Named("exclude")}; "
                    + "in a pattern * is anything within a name, ? a character and ** any folders."
            );
        }

        var looking = new ImageFileWalk(root, decoding: options.Decoding);
        _ = looking.Files(root, null).Count();
        string[] named =
        [
            .. looking
                .LeftOut.All.Where(left => left.Files.Any(file => ImageFormats.IsNamedLikeAny(file)))
                .Select(left => $"{left.Count} {left.Reason}"),
        ];
        return named.Length == 0
            ? null
            : throw new CounterpoiseException(
                $"{root}: found no image that is read, but {string.Join(", ", named)}; save them as one of {string.Join(", ", ImageFormats.EndingsOf(options.Decoding))}."
            );
    }

    private void CountImages(string folder, string reason)
    {
        foreach (string file in walk.Files(folder, null))
        {
            walk.LeftOut.Add(reason, null, file);
        }
    }

    private void RequireClasses(PartFolder train, ImageFile[][] files)
    {
        int empty = Array.FindIndex(files, list => list.Length == 0);
        if (empty >= 0)
        {
            throw new CounterpoiseException(
                $"{train.Classes[empty].Path}: the class folder holds no images ({string.Join(", ", ImageFormats.EndingsOf(options.Decoding))}){NotRead(train.Classes[empty].Class)}; "
                    + $"add images, remove the folder, or leave it out with {Named("exclude")}."
            );
        }

        if (files.Length == 1 && !options.TestsAll)
        {
            string below = walk.Folders(train.Classes[0].Path) is { Length: > 1 }
                ? $"if the classes are the folders in it, give {train.Classes[0].Path}"
                : "make a folder per class";
            throw new CounterpoiseException(
                $"{train.Path}: found one class, '{train.Classes[0].Class}', expected at least two; {below}."
            );
        }
    }

    /// <summary>What was left out of a class, as the end of a sentence; empty where nothing was.</summary>
    private string NotRead(string @class) =>
        string.Concat(
            walk.LeftOut.All.Where(left => left.Class == @class).Select(left => $", but {left.Count} {left.Reason}")
        );

    /// <summary>The files of a part beside the training part; null where it is not there or has no labels.</summary>
    private ImageFile[]? FilesOf(FolderLayout layout, Part part, PartFolder train, string[] classes, List<string> notes)
    {
        if (!layout.Parts.TryGetValue(part, out PartFolder? folder))
        {
            return null;
        }

        if (TinyImageNetLabels.Find(folder.Path) is { } labels)
        {
            return labels.Files(classes);
        }

        if (IsUnlabelled(folder, classes))
        {
            CountImages(folder.Path, "images of a part without labels");
            notes.Add($"{folder.Path}: its images have no labels, for there is no folder per class.");
            return null;
        }

        CountLooseFiles(folder.Path);
        ImageFile[] files =
        [
            .. folder.Classes.SelectMany(named =>
            {
                int label = Array.IndexOf(classes, named.Class);
                ImageFile[] images = Files(named, label);
                return label < 0 && images.Length > 0
                    ? throw new CounterpoiseException(
                        $"{named.Path}: the test set has the class '{named.Class}', which {train.Path} lacks; "
                            + Nearest.Hint(named.Class, classes)
                    )
                    : images;
            }),
        ];
        return files.Length > 0
            ? files
            : throw new CounterpoiseException(
                $"{folder.Path}: found no test images; add them below a folder per class, or remove the folder to have a "
                    + "part of the training images split off."
            );
    }

    private bool IsUnlabelled(PartFolder part, string[] classes) =>
        !part.Classes.Any(folder => classes.Contains(folder.Class))
        && part.Classes.All(folder =>
            PartNames.Of(folder.Class) is not null
            || Unlabelled.Contains(folder.Class, StringComparer.OrdinalIgnoreCase)
        )
        && walk.HasFilesBelow(part.Path);

    private ImageFile[] Files(ClassFolder folder, int label) =>
        [
            .. walk.Files(folder.Path, folder.Class)
                .Select(path => new ImageFile(
                    path,
                    label,
                    groups?.NameOf(Path.GetRelativePath(root, path).Replace('\\', '/'))
                )),
        ];

    /// <summary>Counts files beside the folders that say something of the images, or might be thought to.</summary>
    private void CountLists()
    {
        foreach (FolderEntry entry in FolderEntry.Ordered(root).Where(entry => !entry.IsFolder && !entry.IsHidden))
        {
            string ending = Path.GetExtension(entry.Name).ToLowerInvariant();
            if (UnreadLists.Of(entry.Path, options) is { } reason)
            {
                walk.LeftOut.Add($"lists that name images here and are not read ({reason})", null, entry.Path);
            }
            else if (Lists.Contains(ending))
            {
                walk.LeftOut.Add("files beside the folders that are no lists of images", null, entry.Path);
            }
        }
    }

    /// <summary>Counts images that lie where class folders are, once for a folder.</summary>
    private void CountLooseFiles(string folder)
    {
        if (looked.Add(folder))
        {
            foreach (string file in walk.FilesIn(folder))
            {
                walk.LeftOut.Add("images beside the class folders", null, file);
            }
        }
    }

    private static string[] Untested(FolderLayout layout, string[] classes, ImageFile[] tested)
    {
        string[] untested = [.. classes.Where((_, label) => tested.All(file => file.Label != label))];
        PartFolder test = layout.Parts.GetValueOrDefault(Part.Test) ?? layout.Parts[Part.Validation];
        return untested.Length == 0 ? [] : [$"{test.Path}: no test images of {string.Join(", ", untested)}."];
    }
}
