using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>Which columns of a list say what, found by the names in its header or by what its first line holds.</summary>
/// <param name="Header">The names of the columns; null where the list has no header line.</param>
/// <param name="Path">The column of paths.</param>
/// <param name="Label">The column of labels; -1 where there is none.</param>
/// <param name="OneHot">Columns that are a class each, with 1 for the image's class; empty where labels have a column.</param>
/// <param name="Parts">Columns that may say which part an image is of, the likeliest first.</param>
/// <param name="Group">The column of groups; -1 for none.</param>
/// <param name="Count">How many columns there are.</param>
internal sealed record ListColumns(
    string[]? Header,
    int Path,
    int Label,
    int[] OneHot,
    int[] Parts,
    int Group,
    int Count
)
{
    // In the order in which they are preferred.
    private static readonly string[] PathNames =
    [
        "path",
        "file",
        "filename",
        "file_name",
        "image_path",
        "img_path",
        "file_path",
        "filepath",
        "image_file",
        "image",
        "img",
        "image_name",
        "img_name",
        "image_id",
    ];

    private static readonly string[] LabelNames =
    [
        "label",
        "class",
        "category",
        "target",
        "label_name",
        "class_name",
        "labels",
    ];

    /// <summary>Names of columns whose values are names of parts.</summary>
    internal static readonly string[] PartNamesOfColumns =
    [
        "split",
        "subset",
        "set",
        "part",
        "partition",
        "phase",
        "usage",
        "fold",
    ];

    private static readonly string[] SureNames =
    [
        "split",
        "subset",
        "partition",
        "is_test",
        "is_train",
        "is_valid",
        "is_val",
        "is_validation",
    ];

    /// <summary>Names of columns that say of one part whether the image is of it.</summary>
    internal static readonly (string Name, Part Part)[] Flags =
    [
        ("is_test", Part.Test),
        ("is_valid", Part.Validation),
        ("is_val", Part.Validation),
        ("is_validation", Part.Validation),
        ("is_train", Part.Train),
        ("train", Part.Train),
        ("test", Part.Test),
    ];

    /// <summary>The part that a column is a flag of; null for another column.</summary>
    internal Part? FlagOf(int column) =>
        Flags.Where(flag => IsOf(Name(column), [flag.Name])).Select(flag => (Part?)flag.Part).FirstOrDefault();

    /// <summary>Whether a column of this name says parts, so that its values must be understood.</summary>
    internal static bool IsOfParts(string name) => IsOf(name, SureNames);

    /// <summary>Whether a column is named as one of parts is.</summary>
    internal bool MustSayParts(int column) => IsOfParts(Name(column));

    /// <summary>Whether a column is named as one of parts may be.</summary>
    internal bool MaySayParts(int column) => IsOf(Name(column), PartNamesOfColumns);

    /// <summary>The name of a column, or its number where it has none.</summary>
    internal string Name(int column) => Header?[column] ?? (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Columns that say nothing that is used.</summary>
    internal IEnumerable<int> Unused(int part) =>
        Enumerable
            .Range(0, Count)
            .Where(column =>
                column != Path && column != Label && column != part && column != Group && !OneHot.Contains(column)
            );

    /// <summary>The columns of a list by its first two lines; null where they are none of a list of images.</summary>
    /// <param name="first">The fields of the first line.</param>
    /// <param name="second">Those of the second line; null where there is none.</param>
    /// <param name="listing">The columns that the user names.</param>
    internal static ListColumns? Of(string[] first, string[]? second, ListingOptions listing)
    {
        string[] known = [.. PathNames, .. LabelNames, listing.PathColumn ?? ""];
        bool hasHeader =
            !Array.Exists(first, field => ImageFormats.IsNamedLikeOne(field))
            && Array.Exists(first, field => IsOf(field, known));
        string[]? header = hasHeader ? first : null;
        int path =
            listing.PathColumn is { } named ? Named(header, first.Length, named)
            : header is not null ? Find(header, PathNames)
            : Array.FindIndex(first, field => ImageFormats.IsNamedLikeOne(field));
        if (path < 0)
        {
            return null;
        }

        int group = listing.Group is { } groups ? Numbered(header, first.Length, groups) ?? -1 : -1;
        int[] parts = header is null
            ? []
            :
            [
                .. PartNamesOfColumns
                    .Concat(Flags.Select(flag => flag.Name))
                    .Select(name => Find(header, [name]))
                    .Where(column => column >= 0 && column != path),
            ];
        int label =
            listing.LabelColumn is { } labelled ? Named(header, first.Length, labelled)
            : header is not null ? Labels(header, second, path)
            : first.Length == 2 ? 1 - path
            : -1;
        int[] oneHot =
            label < 0 && header is not null && second?.Length == header.Length
                ?
                [
                    .. Enumerable
                        .Range(0, header.Length)
                        .Where(column =>
                            column != path && column != group && !parts.Contains(column) && IsBit(second[column])
                        ),
                ]
                : [];
        int[] others =
            second?.Length == first.Length
                ?
                [
                    .. Enumerable
                        .Range(0, first.Length)
                        .Where(column =>
                            column != path
                            && column != label
                            && !parts.Contains(column)
                            && PartNames.Of(second[column]) is not null
                        ),
                ]
                : [];
        return new ListColumns(
            header,
            path,
            label,
            oneHot.Length > 1 ? oneHot : [],
            [.. parts.Where(column => column != label), .. others],
            group,
            first.Length
        );
    }

    /// <summary>A column of labels that holds names of parts, beside another, is none.</summary>
    private static int Labels(string[] header, string[]? second, int path)
    {
        int[] found =
        [
            .. LabelNames.Select(name => Find(header, [name])).Where(column => column >= 0 && column != path),
        ];
        return found.Length > 1 && second?.Length == header.Length
                ? found.OrderBy(column => PartNames.Of(second[column]) is not null).First()
            : found is [var only, ..] ? only
            : -1;
    }

    private static int Named(string[]? header, int count, string column) =>
        Numbered(header, count, column)
        ?? throw new UsageException(
            $"there is no column '{column}'; expected {(header is null ? "" : string.Join(", ", header) + ", or ")}a number from 1 to {count}."
        );

    /// <summary>A column by its name, or by its number from 1; null where there is none.</summary>
    private static int? Numbered(string[]? header, int count, string column) =>
        header is not null && Find(header, [column]) is >= 0 and var named ? named
        : int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number >= 1
        && number <= count
            ? number - 1
        : null;

    private static int Find(string[] header, string[] names)
    {
        foreach (string name in names)
        {
            int[] found = [.. header.Index().Where(field => IsOf(field.Item, [name])).Select(field => field.Index)];
            if (found.Length > 1)
            {
                throw new UsageException(
                    $"there are {found.Length} columns '{header[found[0]]}', {string.Join(" and ", found.Select(column => column + 1))}; rename those that are not meant."
                );
            }

            if (found is [var only])
            {
                return only;
            }
        }

        return -1;
    }

    /// <summary>Names of columns are the same in any case, with blanks, hyphens, underscores or nothing between words.</summary>
    private static bool IsOf(string field, string[] names) =>
        field.Length > 0 && names.Any(name => Plain(name).Equals(Plain(field), StringComparison.OrdinalIgnoreCase));

    private static string Plain(string name) => string.Concat(name.Split(' ', '-', '_', '\t', '\u00A0'));

    /// <summary>Whether a value is 0 or 1, such as <c>1.0</c>, or true or false.</summary>
    internal static bool IsBit(string value) =>
        bool.TryParse(value, out _)
        || (
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number is 0 or 1
        );

    /// <summary>Whether a value is 1 or true.</summary>
    internal static bool IsOne(string value) =>
        bool.TryParse(value, out bool truth)
            ? truth
            : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number == 1;
}
