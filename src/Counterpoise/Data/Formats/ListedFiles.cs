using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>One line of a list: a file and its label as they are written there.</summary>
/// <param name="Path">The file, relative to the images' folder.</param>
/// <param name="Label">The label.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Group">What it is kept together with others by; null where a column says nothing.</param>
internal readonly record struct ListedFile(string Path, string Label, long Line, string? Group = null);

/// <summary>A list of the files of one part.</summary>
/// <param name="Path">Where it is, for messages.</param>
/// <param name="Files">Its lines.</param>
internal sealed record FileList(string Path, IReadOnlyList<ListedFile> Files)
{
    /// <summary>What the list counts: lines, or images where a line says nothing.</summary>
    public string Unit { get; init; } = "line";

    /// <summary>The folder that its paths start from, where that is not its own.</summary>
    public string? Root { get; init; }

    /// <summary>A place in the list, for messages.</summary>
    public string At(ListedFile file) => $"{Path}: {Unit} {file.Line}";
}

/// <summary>Makes a listing of lists. Lines that lead elsewhere, to nothing or to the same file twice are refused, or counted where data is only looked at.</summary>
/// <param name="options">How the data is opened.</param>
internal sealed class ListedFiles(OpenOptions options)
{
    private const int FilesTried = 100;
    private readonly HashSet<string> named = new(StringComparer.Ordinal);

    /// <summary>What is not used so far.</summary>
    internal LeftOutList LeftOut { get; } = new();

    /// <summary>Whether lines that are wrong are counted and not refused.</summary>
    internal bool Counts => options.Inspects;

    /// <summary>Refuses a line, or counts it where data is only looked at.</summary>
    /// <param name="at">Where the line is.</param>
    /// <param name="reason">What such lines are, as <see cref="LeftOut.Reason"/> has it.</param>
    /// <param name="message">The message that refuses it.</param>
    /// <exception cref="CounterpoiseException">The data is not only looked at.</exception>
    internal void Refuse(string at, string reason, string message)
    {
        if (!options.Inspects)
        {
            throw new CounterpoiseException(message);
        }

        LeftOut.Add(reason, null, at);
    }

    /// <summary>
    /// The folder that a list's paths start from: that of the list, or the one in it that has most of the first files. A
    /// folder named like another part is the last to be asked, for the same names may be there for other images.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="part">The part whose images it lists.</param>
    /// <exception cref="UsageException">The first file is in none of those that may be meant.</exception>
    /// <exception cref="CounterpoiseException">The first file's path leads elsewhere.</exception>
    private string RootOf(FileList list, Part part)
    {
        string folder = list.Root ?? Path.GetDirectoryName(Path.GetFullPath(list.Path))!;
        string? given = options.Listing.ImageRoot;
        string[] candidates = given is not null
            ? [given]
            :
            [
                folder,
                .. Directory
                    .EnumerateDirectories(folder)
                    .OrderBy(inside => PartNames.Of(Path.GetFileName(inside)) == part ? 0 : 1)
                    .ThenBy(inside => inside, StringComparer.Ordinal),
            ];
        ListedFile[] tried = [.. list.Files.Where(file => LeadsInside(file.Path)).Take(FilesTried)];
        string? root = candidates
            .Select(candidate => (candidate, Found: tried.Count(file => Find(candidate, file.Path) is not null)))
            .Where(place => place.Found > 0)
            .OrderBy(place =>
                place.candidate != folder
                && PartNames.Of(Path.GetFileName(place.candidate)) is { } other
                && other != part
            )
            .ThenByDescending(place => place.Found)
            .Select(place => place.candidate)
            .FirstOrDefault();
        ListedFile first = list.Files[0];
        return root is not null ? root
            : !LeadsInside(first.Path) ? throw new CounterpoiseException(Outside(list, first))
            : throw new UsageException(
                $"{list.At(first)} names {first.Path}, which is not below {candidates[0]}"
                    + (
                        given is null
                            ? $" nor a folder in it; say where the images are with {Named("imageRoot")}."
                            : $"; give the folder that the paths start from with {Named("imageRoot")}."
                    )
            );
    }

    /// <summary>The listing of the lists of parts.</summary>
    /// <param name="form">What the lists are, for the user.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="parts">The list of each part; there is one to train on. Without one to test on, a part is split off.</param>
    /// <param name="labelOf">The index of a label, or -1 for one that the training part lacks.</param>
    /// <exception cref="UsageException">The images are not found.</exception>
    /// <exception cref="CounterpoiseException">A line is wrong; the message names it.</exception>
    internal ImageListing Listing(
        string form,
        string[] classes,
        IReadOnlyDictionary<Part, FileList> parts,
        Func<string, int> labelOf
    )
    {
        FileList train = parts[Part.Train];
        RequireClasses(train, classes);
        var roots = parts.ToDictionary(
            part => part.Value,
            part => part.Value.Files.Count == 0 ? RootOf(train, Part.Train) : RootOf(part.Value, part.Key)
        );
        var groups = ImageGroups.Of(options.Listing, train.Files.Any(file => file.Group is not null));
        ImageFile[] Files(FileList list) => Resolve(list, roots[list], classes, labelOf, groups);
        ImageListing listing = Divided(classes, parts, Files(train), Files);
        string[] places = [.. roots.Values.Distinct()];
        CountUnnamed(places);
        return listing with
        {
            Form = form,
            ImageRoot = places is [var only] ? only : Path.GetDirectoryName(Path.GetFullPath(train.Path)),
            LeftOut = LeftOut.All,
            Notes =
            [
                .. listing.Notes,
                .. places is [var place]
                    ? IsOwn(place, train)
                        ? []
                        : [$"{train.Path}: the images are in {place}."]
                    : parts.Select(part =>
                        $"{part.Value.Path}: the images of the {WordOf(part.Key)} part are in {roots[part.Value]}."
                    ),
                .. groups?.Notes(train.Path) ?? [],
                .. listing.SharedGroups(train.Path),
            ],
        };
    }

    private bool IsOwn(string place, FileList list) =>
        options.Listing.ImageRoot is null && place == (list.Root ?? Path.GetDirectoryName(Path.GetFullPath(list.Path)));

    /// <summary>Counts images where the lists' images are that no line names: they may have been meant.</summary>
    private void CountUnnamed(string[] roots)
    {
        // A file may be there by another path, through a link. The links above it are followed once a folder.
        Dictionary<string, string> folders = new(StringComparer.Ordinal);
        var real = new Lazy<HashSet<string>>(() => [.. named.Select(Real)]);
        foreach (string root in roots.Where(root => !roots.Any(other => other != root && RealPath.Holds(other, root))))
        {
            var walk = new ImageFileWalk(root, options.Listing.Choice, options.Decoding);
            foreach (string file in walk.Files(Path.GetFullPath(root), null))
            {
                if (!named.Contains(file) && !real.Value.Contains(Real(file)))
                {
                    LeftOut.Add("images that no line of the lists names", null, file);
                }
            }
        }

        string Real(string file)
        {
            if (new FileInfo(file).LinkTarget is not null)
            {
                return RealPath.Of(file);
            }

            string folder = Path.GetDirectoryName(file)!;
            if (!folders.TryGetValue(folder, out string? real))
            {
                folders[folder] = real = RealPath.Of(folder);
            }

            return Path.Combine(real, Path.GetFileName(file));
        }
    }

    private ImageListing Divided(
        string[] classes,
        IReadOnlyDictionary<Part, FileList> parts,
        ImageFile[] training,
        Func<FileList, ImageFile[]> resolve
    )
    {
        FileList? validation = parts.GetValueOrDefault(Part.Validation);
        if ((parts.GetValueOrDefault(Part.Test) ?? validation) is not { } test)
        {
            ILookup<int, ImageFile> byLabel = training.ToLookup(listed => listed.Label);
            ImageFile[][] files = [.. classes.Select((_, label) => byLabel[label].ToArray())];
            return StratifiedSplit.Of(parts[Part.Train].Path, classes, files, options);
        }

        if (options.Listing.Folds > 0)
        {
            throw new UsageException(
                $"{test.Path}: is there to test on, but folds are for data without a part to test on; leave it out."
            );
        }

        ImageFile[] tested = resolve(test);
        string word = WordOf(test == validation ? Part.Validation : Part.Test);
        string what = test.Path == parts[Part.Train].Path ? $"its {word} rows are" : "is";
        List<string> notes = [$"{test.Path}: {what} tested on."];
        ImageFile[]? held = null;
        if (validation is not null && validation != test)
        {
            held = resolve(validation);
            notes.Add(
                $"{validation.Path}: {held.Length} images of the validation part are held out for choosing settings."
            );
        }

        var trained = training.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach ((FileList list, ImageFile[] files) in new[] { (test, tested), (validation!, held ?? []) })
        {
            int both = files.Count(file => trained.Contains(file.Path));
            if (both > 0)
            {
                notes.Add($"{list.Path}: {both} of its images are trained on, too; on them accuracy says little.");
            }
        }

        string[] untested = [.. classes.Where((_, label) => tested.All(file => file.Label != label)).Take(11)];
        if (untested.Length > 0)
        {
            string more = untested.Length > 10 ? " and others" : "";
            notes.Add($"{test.Path}: no test images of {string.Join(", ", untested.Take(10))}{more}.");
        }

        return new ImageListing(classes, training, tested, notes) { Validation = held };
    }

    /// <summary>The files of a list with their labels' indices.</summary>
    private ImageFile[] Resolve(
        FileList list,
        string root,
        string[] classes,
        Func<string, int> labelOf,
        ImageGroups? groups
    )
    {
        FileChoice choice = options.Listing.Choice;
        List<ImageFile> files = new(list.Files.Count);
        foreach (ListedFile line in Once(list))
        {
            string? path = LeadsInside(line.Path) ? Find(root, line.Path) : null;
            if (path is not null)
            {
                _ = named.Add(path);
            }

            int label = labelOf(line.Label);
            string at = list.At(line);
            if (!choice.IsAll && !choice.Wants(line.Path))
            {
                LeftOut.Add("excluded rows", label < 0 ? null : classes[label], at);
            }
            else if (!LeadsInside(line.Path))
            {
                Refuse(at, "rows whose path is absolute or has '..'", Outside(list, line));
            }
            else if (path is null && options.SkipUnreadable)
            {
                LeftOut.Add("rows whose file is missing", label < 0 ? null : classes[label], at);
            }
            else if (path is null)
            {
                Refuse(
                    at,
                    "rows whose file is missing",
                    $"{at} names {line.Path}, which is not in {root}; add the file, remove the line, or skip such lines ({Named("skipUnreadable")})."
                );
            }
            else if (label < 0)
            {
                Refuse(
                    at,
                    "rows with a label that no training image has",
                    $"{at} has the label {line.Label}, which no training image has; correct or remove the line."
                );
            }
            else
            {
                files.Add(new ImageFile(path, label, groups?.NameOf(line.Path.Replace('\\', '/'), line.Group)));
            }
        }

        return [.. files];
    }

    /// <summary>The lines of a list whose file no earlier line names, however the path is written.</summary>
    internal IReadOnlyList<ListedFile> Once(FileList list)
    {
        Dictionary<string, ListedFile> seen = new(list.Files.Count, StringComparer.Ordinal);
        List<ListedFile> once = new(list.Files.Count);
        foreach (ListedFile line in list.Files)
        {
            string name = string.Join('/', line.Path.Split('/', '\\').Where(part => part is not ("" or ".")));
            if (seen.TryAdd(name, line))
            {
                once.Add(line);
                continue;
            }

            ListedFile before = seen[name];
            string labels = before.Label == line.Label ? "" : $" with the labels {before.Label} and {line.Label}";
            Refuse(
                list.At(line),
                "rows that name a file again",
                $"{list.Path}: {list.Unit}s {before.Line} and {line.Line} both name {line.Path}{labels}; remove one of them."
            );
        }

        return once;
    }

    /// <summary>Refuses a training part of fewer than two classes.</summary>
    /// <exception cref="CounterpoiseException">There is one class.</exception>
    private void RequireClasses(FileList train, string[] classes)
    {
        if (classes.Length < 2 && !options.TestsAll)
        {
            throw new CounterpoiseException(
                $"{train.Path}: found one class, '{classes[0]}', expected at least two; list images of another class."
            );
        }
    }

    /// <summary>The file that a line means: lists from Windows have backslashes, and some leave endings out.</summary>
    private static string? Find(string root, string path)
    {
        foreach (string written in new[] { path, path.Replace('\\', '/') }.Distinct())
        {
            string whole = Path.GetFullPath(Path.Combine(root, written));
            if (File.Exists(whole))
            {
                return whole;
            }

            if (Path.GetExtension(written).Length == 0)
            {
                string? ended = ImageFormats.Endings.Select(ending => whole + ending).FirstOrDefault(File.Exists);
                if (ended is not null)
                {
                    return ended;
                }
            }
        }

        return null;
    }

    private static bool LeadsInside(string path) =>
        path.Length > 0
        && !Path.IsPathRooted(path)
        && path[0] != '\\'
        && (path.Length < 2 || path[1] != ':')
        && !path.Contains('\0', StringComparison.Ordinal)
        && !path.Split('/', '\\').Contains("..");

    private static string WordOf(Part part) => part == Part.Train ? "training" : part.ToString().ToLowerInvariant();

    private static string Outside(FileList list, ListedFile line) =>
        $"{list.At(line)}: {line.Path} is absolute or has '..', expected a path below the images' folder; "
        + $"correct the line, and give that folder with {Named("imageRoot")}.";
}
