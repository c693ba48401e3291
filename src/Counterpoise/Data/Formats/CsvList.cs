using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>Lists of image files with columns: one of paths, one of labels and, in one file for all, one of parts.</summary>
internal sealed class CsvList() : ListingFormat("CSV files that list image files")
{
    private const string Metadata = "metadata.csv";
    private static readonly string[] Endings = [".csv", ".tsv"];

    /// <inheritdoc/>
    internal override ListingNeed Heeds =>
        ListingNeed.ImageRoot
        | ListingNeed.TestData
        | ListingNeed.Files
        | ListingNeed.PathColumn
        | ListingNeed.LabelColumn;

    /// <summary>The listing of a list, or of a folder with lists of such columns; else null.</summary>
    /// <exception cref="UsageException">The images are not found.</exception>
    /// <exception cref="CounterpoiseException">A column is missing or a row is wrong; the message names it.</exception>
    private protected override ImageListing? Find(string path, OpenOptions options)
    {
        ListingOptions listing = options.Listing;
        var listed = new ListedFiles(options);
        List<string> notes = [];
        string? file;
        Dictionary<Part, FileList> parts;
        if (Directory.Exists(path))
        {
            file = ListIn(path, listing);
            if (file is null)
            {
                file = Path.Combine(path, Metadata);
                parts = OfFolders(path, listing, listed, notes);
            }
            else
            {
                parts = OfFile(file, listing, listed, notes);
            }
        }
        else if (HasEnding(path))
        {
            file = path;
            parts = OfFile(file, listing, listed, notes);
        }
        else
        {
            return null;
        }

        if (parts.Count == 0)
        {
            return null;
        }

        if (options.TestsAll && !parts.ContainsKey(Part.Train))
        {
            parts = new() { [Part.Train] = parts.GetValueOrDefault(Part.Test) ?? parts[Part.Validation] };
        }

        if (!parts.TryGetValue(Part.Train, out FileList? train) || train.Files.Count == 0)
        {
            throw new CounterpoiseException(
                $"{file}: has no training rows; mark them with train in the column of parts."
            );
        }

        string[] classes = ClassesOf(train);
        Dictionary<string, int> indices = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        ImageListing found = listed.Listing(
            $"the CSV list {Path.GetFileName(file)}",
            classes,
            parts,
            label => indices.GetValueOrDefault(label, -1)
        );
        return found with { Notes = [.. notes, .. found.Notes] };
    }

    /// <summary>The parts of a list by itself: in it, or in lists beside it.</summary>
    private static Dictionary<Part, FileList> OfFile(
        string file,
        ListingOptions listing,
        ListedFiles listed,
        List<string> notes
    )
    {
        var rows = CsvRows.Read(file, listing, listed);
        notes.AddRange(rows.Notes);
        if (!rows.IsLabelled)
        {
            throw new CounterpoiseException(
                $"{file}: has no column of labels, such as label or class; name it with {SettingName.Named("labelColumn")}."
            );
        }

        if (listing.TestData is { } test)
        {
            return new()
            {
                [Part.Train] = rows.Parts is null ? rows.All : rows.Of(Part.Train),
                [Part.Test] = TestRows(CsvRows.Read(test, listing, listed), listed),
            };
        }

        IReadOnlyList<Part>? divided = rows.Parts ?? PartsOfPaths(rows.All);
        if (divided is null)
        {
            return OfListsBeside(file, rows.All, listing, listed, notes);
        }

        if (rows.Parts is null)
        {
            notes.Add($"{file}: the parts are those of the folders in the paths, such as {rows.All.Files[0].Path}.");
        }

        _ = listed.Once(rows.All);
        CsvRows known = rows with { Parts = divided };
        return Enum.GetValues<Part>()
            .Select(part => (part, known.Of(part)))
            .Where(pair => pair.Item2.Files.Count > 0)
            .ToDictionary(pair => pair.part, pair => pair.Item2);
    }

    /// <summary>The rows to test on of a list that is given for that: of one with parts those of its test part, or else of its validation part.</summary>
    private static FileList TestRows(CsvRows rows, ListedFiles listed)
    {
        Part? tested = new Part?[] { Part.Test, Part.Validation }.FirstOrDefault(part =>
            rows.Parts?.Contains(part!.Value) == true
        );
        if (tested is null)
        {
            return rows.All;
        }

        foreach (ListedFile row in rows.All.Files.Where((_, i) => rows.Parts![i] != tested))
        {
            listed.LeftOut.Add("rows of other parts of the list to test on", null, rows.All.At(row));
        }

        return rows.Of(tested.Value);
    }

    /// <summary>The parts of a list by the folders in its paths; null where these are of one part or of none.</summary>
    /// <exception cref="CounterpoiseException">Some paths have a part and others none.</exception>
    private static Part[]? PartsOfPaths(FileList list)
    {
        Part?[] parts =
        [
            .. list.Files.Select(file =>
                file.Path.Replace('\\', '/').Split('/')[..^1].Select(PartNames.Of).OfType<Part>().Distinct().ToArray()
                    is [var one]
                    ? (Part?)one
                    : null
            ),
        ];
        if (parts.OfType<Part>().Distinct().Count() < 2 || !parts.Contains(Part.Train))
        {
            return null;
        }

        int other = Array.IndexOf(parts, null);
        return other < 0
            ? [.. parts.Select(part => part!.Value)]
            : throw new CounterpoiseException(
                $"{list.At(list.Files[other])} names {list.Files[other].Path}, which is in no folder of a part, but others are, such as {list.Files[Array.FindIndex(parts, part => part == Part.Train)].Path}; "
                    + "say the parts in a column split, with train, test or val in every line."
            );
    }

    /// <summary>A training list by its name, and the lists of other parts in its folder.</summary>
    private static Dictionary<Part, FileList> OfListsBeside(
        string file,
        FileList train,
        ListingOptions listing,
        ListedFiles listed,
        List<string> notes
    )
    {
        Dictionary<Part, FileList> parts = new() { [Part.Train] = train };
        if (PartOf(file) != Part.Train)
        {
            return parts;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        foreach (string other in ListsIn(folder).Where(other => PartOf(other) is Part.Test or Part.Validation))
        {
            var rows = CsvRows.Read(other, listing, listed);
            Part part = PartOf(other)!.Value;
            if (!rows.IsLabelled)
            {
                notes.Add($"{other}: has no column of labels, so that it is not used.");
                foreach (ListedFile row in rows.All.Files)
                {
                    listed.LeftOut.Add("rows of a part without labels", null, rows.All.At(row));
                }
            }
            else if (!parts.TryAdd(part, rows.All))
            {
                throw new UsageException(
                    $"{other}: is the same part as {parts[part].Path} by its name; keep one, or give it with {SettingName.Named("testData")}."
                );
            }
        }

        return parts;
    }

    /// <summary>Lists that lie in the folders of the parts, each with its images, as the Hugging Face hub has them.</summary>
    private static Dictionary<Part, FileList> OfFolders(
        string path,
        ListingOptions listing,
        ListedFiles listed,
        List<string> notes
    )
    {
        Dictionary<Part, FileList> parts = [];
        foreach (string folder in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            string file = Path.Combine(folder, Metadata);
            if (PartNames.Of(name) is not { } part || !File.Exists(file) || !CsvRows.Fits(file, listing))
            {
                continue;
            }

            var rows = CsvRows.Read(file, listing, listed);
            notes.AddRange(rows.Notes);
            FileList list = rows.All with
            {
                Root = path,
                Files = [.. rows.All.Files.Select(row => row with { Path = $"{name}/{row.Path}" })],
            };
            if (!parts.TryAdd(part, list))
            {
                throw new UsageException(
                    $"{folder}: is the same part as {Path.GetDirectoryName(parts[part].Path)} by its name; keep one."
                );
            }
        }

        return parts;
    }

    /// <summary>Other lists may lie beside folders of images: they count where their columns are those of a list.</summary>
    private static string? ListIn(string folder, ListingOptions listing)
    {
        ILookup<Part?, string> lists = ListsIn(folder).ToLookup(PartOf);
        string[] training = [.. lists[Part.Train].Where(file => CsvRows.Fits(file, listing))];
        if (training.Length == 0 && lists[Part.Train].FirstOrDefault() is { } wrong && !HoldsClasses(folder))
        {
            return wrong; // What is wrong with it is told when it is read.
        }

        string[] chosen = training.Length > 0 ? training : [.. lists[null].Where(file => CsvRows.Fits(file, listing))];
        return chosen.Length < 2
            ? chosen.FirstOrDefault()
            : throw new UsageException(
                $"{folder}: found the lists {string.Join(", ", chosen.Select(Path.GetFileName))}; give the path of one of them, or name the training list train.csv."
            );
    }

    private static bool HoldsClasses(string folder)
    {
        var walk = new ImageFileWalk(folder);
        return walk.Folders(folder).Any(walk.HasFilesBelow);
    }

    private static IEnumerable<string> ListsIn(string folder) =>
        Directory.EnumerateFiles(folder).Where(HasEnding).Order(StringComparer.Ordinal);

    private static bool HasEnding(string file) =>
        Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>The part of a list whose name is that of a part alone: <c>train.csv</c>, not <c>train_log.csv</c>.</summary>
    private static Part? PartOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return PartNames.OtherWords(name).Count == 0 ? PartNames.Of(name) : null;
    }

    /// <summary>Labels that are all numbers go by size, others in ordinal order.</summary>
    private static string[] ClassesOf(FileList train)
    {
        string[] labels = [.. train.Files.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        return labels.All(label => label.All(char.IsAsciiDigit))
            ?
            [
                .. labels
                    .OrderBy(label => label.TrimStart('0').Length)
                    .ThenBy(label => label.TrimStart('0'), StringComparer.Ordinal),
            ]
            : labels;
    }
}
