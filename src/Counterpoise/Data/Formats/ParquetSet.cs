using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>A data set in Parquet files as the Hugging Face hub serves it: several shards a part, told apart by their names.</summary>
internal sealed class ParquetSet
{
    // Another one where rows, labels or classes are read in another way than before, so that old packed versions are not used.
    private const int Reading = 3;
    private const int MostNamed = 3;
    private readonly string path;
    private readonly ParquetFiles files;

    private ParquetSet(string path, ParquetFiles files)
    {
        this.path = path;
        this.files = files;
    }

    /// <summary>What is tested on; null where a part must be split off for that.</summary>
    private Part? Tested => new Part?[] { Part.Test, Part.Validation }.FirstOrDefault(part => Has(part!.Value));

    /// <summary>The files that are used, those to train on first.</summary>
    private IEnumerable<ParquetShard> Used =>
        files
            .Parts.Where(part => part.Key == Part.Train || Has(part.Key))
            .OrderBy(part => part.Key)
            .SelectMany(part => part.Value);

    /// <summary>The set that a path names; null where it is none.</summary>
    /// <inheritdoc cref="ParquetFiles.Find" path="/exception"/>
    /// <param name="path">A folder or a file.</param>
    /// <param name="labelColumn">The column of labels, by name or number from 1; null to find it.</param>
    internal static ParquetSet? Find(string path, string? labelColumn = null)
    {
        try
        {
            return ParquetFiles.Find(path, labelColumn) is { } files ? new ParquetSet(path, files) : null;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    /// <summary>Where the packed version is kept: another one for other files, sizes or choices.</summary>
    internal string CachePath(OpenOptions options)
    {
        var identity = new StringBuilder();
        identity.Append(Reading).Append('\n');
        foreach (ParquetShard shard in files.Parts.OrderBy(part => part.Key).SelectMany(part => part.Value))
        {
            string name = Path.GetRelativePath(files.Folder, shard.Path);
            identity.Append(name).Append(' ').Append(CacheEntry.IdentityOf(shard.Path)).Append('\n');
        }

        identity.Append(Used.FirstOrDefault()?.Columns.Label?.Path).Append(' ');
        identity.Append(options.SkipUnreadable).Append(options.Reading.Identity);
        if (Tested is null)
        {
            identity.Append(options.TestsAll).Append(options.Seed);
        }

        string digits = CacheEntry.Digits(identity.ToString());
        string rule = options.ResizeRule == ResizeRule.Square ? "square" : "shorter-side";
        return CacheFolder.PathIn(files.Folder, $"{options.Geometry.Resize}-{rule}-{digits}.pack");
    }

    /// <summary>Opens the set for packing.</summary>
    /// <param name="options">The size, and what to do about rows without a class.</param>
    /// <param name="unreadable">Gets rows without a class, which are not refused then; null to go by the options.</param>
    /// <exception cref="CounterpoiseException">A file is damaged, has other columns, or labels that do not fit together.</exception>
    internal ImageData Open(OpenOptions options, ICollection<UnreadableFile>? unreadable = null)
    {
        Part? tested = Tested;
        bool trains = files.Parts.ContainsKey(Part.Train);
        if (!trains && (tested is null || !options.TestsAll))
        {
            throw new UsageException(
                $"{path}: found {ParquetFiles.Shortened(files.Parts.Values.SelectMany(shards => shards).Select(Name))}, expected files named train*.parquet and perhaps test*.parquet or validation*.parquet; "
                    + "rename them, or download the missing part."
            );
        }

        RequireOneColumn();
        var classes = ParquetClasses.Of(files.Parts[trains ? Part.Train : tested!.Value], options.TestsAll ? 1 : 2);
        var leftOut = new LeftOutList();
        ParquetRows train = trains ? Rows(Part.Train) : new([], [], []);
        ParquetRows test;
        List<string> notes = [.. ClassNames.Notes(path, classes.Names)];
        if (tested is { } part)
        {
            test = Rows(part);
            if (part == Part.Validation)
            {
                notes.Add($"{path}: there is no test part with labels; the validation part is tested on.");
            }
        }
        else if (options.TestsAll)
        {
            (train, test) = (new([], [], []), train);
            notes.Add($"{path}: there is no test part; all {test.Rows.Count} images are tested on.");
        }
        else
        {
            (train, test, string note) = Split(train, classes.Names, options);
            notes.Add(note);
        }

        ParquetRows? validation = tested == Part.Test && Has(Part.Validation) ? Rows(Part.Validation) : null;
        var labels = test.Labels.ToHashSet();
        string[] untested = [.. classes.Names.Where((_, label) => !labels.Contains(label))];
        if (untested.Length > 0)
        {
            notes.Add($"{path}: no test images of {ParquetFiles.Shortened(untested)}.");
        }

        notes.AddRange(
            files
                .Parts.Where(part => part.Value.All(shard => shard.Rows == 0))
                .Select(part =>
                    $"{path}: the {ParquetFiles.Name(part.Key)} part has no rows, in {ParquetFiles.Shortened(part.Value.Select(Name))}, and is left out."
                )
        );
        notes.AddRange(NotesOnLabels(classes));
        LeftOut[] all = [.. files.LeftOut, .. Unlabelled(), .. Unused(classes), .. leftOut.All];
        notes.AddRange(LeftOut.Notes(path, all));
        string held = validation is null ? "" : $", {validation.Rows.Count} validation images in {Names(validation)}";
        return new ImageData(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(files.Folder))),
            Images(train),
            Images(test),
            [
                $"{path}: recognised Parquet files: {classes.Names.Count} classes, {train.Rows.Count} training images in {Names(train)}, "
                    + $"{test.Rows.Count} test images in {Names(test)}{held}.",
                .. notes,
            ]
        )
        {
            Validation = validation is null ? null : Images(validation),
            LeftOut = all,
            Reading = options.Reading,
        };

        ParquetRows Rows(Part part) =>
            ReadRows(
                part,
                classes,
                (row, problem) =>
                {
                    if (unreadable is null && !options.SkipUnreadable)
                    {
                        throw new CounterpoiseException(
                            $"{row} comes {problem}; correct or remove the row, or leave such rows out ({Named("skipUnreadable")})."
                        );
                    }

                    unreadable?.Add(new UnreadableFile(row, $"the row comes {problem}"));
                    leftOut.Add($"rows {problem}", null, row);
                }
            );

        ParquetImages Images(ParquetRows rows) => new(files.Folder, rows, classes.Names, options.Reading);
    }

    /// <summary>Whether a part is there and has a label at all: those of competitions' test parts are often kept back.</summary>
    private bool Has(Part part) =>
        files.Parts.TryGetValue(part, out IReadOnlyList<ParquetShard>? shards)
        && shards.Any(shard => shard.Columns.Label is not null && !shard.Labels.All(ParquetLabel.IsNone));

    private void RequireOneColumn()
    {
        ParquetShard first = Used.First();
        foreach (ParquetShard shard in Used)
        {
            string label = (shard.HasColumns ? shard.Columns.Label! : throw shard.Columns.Missing()).Path.ToString();
            if (label != first.Columns.Label!.Path.ToString())
            {
                throw new CounterpoiseException(
                    $"{shard.Path}: its labels are in the column {label}, those of {first.Path} in {first.Columns.Label.Path}; call the columns alike."
                );
            }
        }
    }

    /// <summary>The rows of a part that have a class.</summary>
    /// <param name="part">The part.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="refuse">Gets every other row and its problem.</param>
    private ParquetRows ReadRows(Part part, ParquetClasses classes, Action<string, string> refuse)
    {
        List<int> rows = [];
        List<int> labels = [];
        int first = 0;
        foreach (ParquetShard shard in files.Parts[part])
        {
            foreach ((int row, ParquetLabel label) in classes.Of(shard).Index())
            {
                if (label.Problem is { } problem)
                {
                    refuse(shard.At(row), problem);
                }
                else
                {
                    rows.Add(first + row);
                    labels.Add(label.Class);
                }
            }

            first += shard.Rows;
        }

        return rows.Count > 0
            ? new ParquetRows(files.Parts[part], rows, labels)
            : throw new CounterpoiseException(
                $"{files.Parts[part][0].Path}: no row of the {ParquetFiles.Name(part)} part has one of the classes {ParquetFiles.Shortened(classes.Names)}; correct the labels."
            );
    }

    private (ParquetRows Train, ParquetRows Test, string Note) Split(
        ParquetRows all,
        IReadOnlyList<string> classes,
        OpenOptions options
    )
    {
        if (
            !options.TestsAll
            && all.Shards.SelectMany(shard => shard.Columns.Unused).FirstOrDefault(ListColumns.IsOfParts) is { } column
        )
        {
            throw new CounterpoiseException(
                $"{path}: has the column {column}, by which rows may be of several parts, but a file is of one part; write a file for each part, named train and test, or leave the column out."
            );
        }

        (int[] train, int[] test, string note) = StratifiedSplit.Of(path, classes, all.Labels, options);
        return (Of(train), Of(test), note);

        ParquetRows Of(int[] positions) =>
            new(all.Shards, [.. positions.Select(i => all.Rows[i])], [.. positions.Select(i => all.Labels[i])]);
    }

    private IEnumerable<string> NotesOnLabels(ParquetClasses classes)
    {
        if (Used.First().Columns is { OtherLabels: { Count: > 0 } others, Label: { } label })
        {
            yield return $"{path}: classes are those of the column {label.Path}, not of {string.Join(", ", others)}.";
        }

        string[] notes = [.. Used.Select(classes.NoteOn).OfType<string>()];
        foreach (string note in notes.Take(MostNamed))
        {
            yield return note;
        }

        if (notes.Length > MostNamed)
        {
            yield return $"{path}: the same is true of {notes.Length - MostNamed} more files.";
        }
    }

    private IEnumerable<LeftOut> Unlabelled()
    {
        var found = new LeftOutList();
        foreach (
            (Part part, IReadOnlyList<ParquetShard> shards) in files.Parts.Where(part =>
                part.Key != Part.Train && !Has(part.Key)
            )
        )
        {
            foreach (
                (ParquetShard shard, int row) in shards.SelectMany(shard =>
                    Enumerable.Range(0, shard.Rows).Select(row => (shard, row))
                )
            )
            {
                found.Add(
                    $"images of the {ParquetFiles.Name(part)} part, none of which has a label",
                    null,
                    shard.At(row)
                );
            }
        }

        return found.All;
    }

    private IEnumerable<LeftOut> Unused(ParquetClasses classes)
    {
        string[] columns =
        [
            .. files.Parts.Values.SelectMany(shards => shards).SelectMany(shard => shard.Columns.Unused).Distinct(),
        ];
        if (columns.Length > 0)
        {
            yield return new LeftOut("columns beside the image and its label", null, columns.Length, columns);
        }

        if (classes.Unused is { Count: > 0 } unused)
        {
            yield return new LeftOut(
                "classes that are named and that no training image has",
                null,
                unused.Count,
                unused
            );
        }
    }

    private string Names(ParquetRows rows)
    {
        string[] names = [.. rows.Shards.Take(MostNamed).Select(Name)];
        int more = rows.Shards.Count - names.Length;
        return names.Length == 0 ? "no file" : string.Join(", ", names) + (more > 0 ? $" and {more} more" : "");
    }

    private string Name(ParquetShard shard) => Path.GetRelativePath(files.Folder, shard.Path);
}
