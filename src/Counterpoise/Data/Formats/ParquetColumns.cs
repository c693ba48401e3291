using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data.Listings;
using Parquet;
using Parquet.Schema;

namespace Counterpoise.Data.Formats;

/// <summary>Which columns of a Parquet file are the image and the label, and what the hub's metadata says of them.</summary>
internal sealed class ParquetColumns
{
    private const string Bytes = "bytes";
    private static readonly string[] ImageNames = ["image", "img", "image_bytes", Bytes];
    private static readonly string[] LabelNames = ["label", "labels", "fine_label", "class", "category", "target"];
    private readonly string path;
    private readonly DataField[] fields;
    private readonly JsonObject? features;
    private readonly string? givenLabel;
    private string[]? classNames;

    internal ParquetColumns(string path, ParquetReader reader, string? labelColumn)
    {
        this.path = path;
        fields = reader.Schema.GetDataFields();
        features = FeaturesIn(reader.CustomMetadata);
        Image = Find(ImageNames, "Image", ParquetColumn.IsBytes);
        givenLabel = labelColumn is null ? null : NameOf(labelColumn);
        Label = Find(
            givenLabel is null ? LabelNames : [givenLabel],
            givenLabel is null ? "ClassLabel" : null,
            field => !ReferenceEquals(field, Image) && IsLabel(field)
        );
        ImagePath = fields.FirstOrDefault(field =>
            !ReferenceEquals(field, Image)
            && field.Path.FirstPart == Image?.Path.FirstPart
            && IsSingle(field)
            && IsNamed(field.Name, "path")
        );
    }

    /// <summary>The bytes of the images; null where there is no such column.</summary>
    internal DataField? Image { get; }

    /// <summary>What the images were called before they were put into the file; null where that is not said.</summary>
    internal DataField? ImagePath { get; }

    /// <summary>The labels; null where there is no such column.</summary>
    internal DataField? Label { get; }

    /// <summary>The names of the label's numbers in the metadata; null where there are none.</summary>
    /// <exception cref="CounterpoiseException">A name stands there twice.</exception>
    internal IReadOnlyList<string>? ClassNames => classNames ??= Label is null ? null : NamesOf(Label);

    /// <summary>Columns that might have been the label, too.</summary>
    internal IReadOnlyList<string> OtherLabels =>
        [
            .. Unused.Where(name =>
                LabelNames.Contains(name, StringComparer.OrdinalIgnoreCase)
                || name.EndsWith("_label", StringComparison.OrdinalIgnoreCase)
                || IsMarked(name, "ClassLabel")
            ),
        ];

    /// <summary>Columns that are neither the image nor the label.</summary>
    internal IReadOnlyList<string> Unused =>
        [
            .. fields
                .Select(column => column.Path.FirstPart!)
                .Distinct()
                .Where(name => name != Image?.Path.FirstPart && name != Label?.Path.FirstPart),
        ];

    /// <summary>The error for a file without a column of images or without one of labels.</summary>
    internal CounterpoiseException Missing() =>
        Image is null
            ? Missing(
                ImageNames,
                "image bytes (image: {bytes, path})",
                field =>
                    !IsSingle(field) ? "lists, but one image a row is expected; make a row of every image"
                    : ParquetColumn.IsText(field)
                        ? "text, expected the images' own bytes; write them into the file, or give the images in folders or a list"
                    : null
            )
            : Missing(
                givenLabel is null ? LabelNames : [givenLabel],
                "label",
                field =>
                    !IsSingle(field)
                        ? "lists, but one label an image is expected; make a column of one label"
                        : $"values of the type {field.ClrType.Name}, expected whole numbers, true and false or text; convert the column"
            );

    private static bool IsSingle(DataField field) => field.MaxRepetitionLevel == 0 && !field.IsArray;

    // Text that is not marked as such is bytes.
    private static bool IsLabel(DataField field) =>
        ParquetColumn.IsNumber(field) || ParquetColumn.IsText(field) || ParquetColumn.IsBytes(field);

    private static bool IsNamed(string? name, string wanted) =>
        string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of a column that is given by its name or number from 1.</summary>
    private string NameOf(string given)
    {
        string[] names = [.. fields.Select(field => field.Path.FirstPart!).Distinct()];
        return
            !Named(fields, given).Any()
            && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1
            && number <= names.Length
            ? names[number - 1]
            : given;
    }

    /// <summary>The first column that has one of the names and fits; or else the only one that the metadata marks as such.</summary>
    private DataField? Find(string[] names, string? mark, Func<DataField, bool> fits)
    {
        DataField[] fitting = [.. fields.Where(field => IsSingle(field) && fits(field))];
        DataField[] marked = mark is null ? [] : [.. fitting.Where(field => IsMarked(field.Path.FirstPart!, mark))];
        return names
                .SelectMany(name => Named(fitting, name).OrderBy(field => IsNamed(field.Name, Bytes) ? 0 : 1))
                .FirstOrDefault()
            ?? (marked is [var only] ? only : null);
    }

    private static IEnumerable<DataField> Named(DataField[] among, string name) =>
        among
            .Where(field => IsNamed(field.Path.FirstPart, name) || IsNamed(field.Name, name))
            .OrderBy(field => field.Path.FirstPart == name || field.Name == name ? 0 : 1);

    private CounterpoiseException Missing(string[] names, string what, Func<DataField, string?> holds)
    {
        DataField? unfit = names
            .SelectMany(name => Named(fields, name))
            .FirstOrDefault(field => !ReferenceEquals(field, Image) && holds(field) is not null);
        return new(
            unfit is not null
                ? $"{path}: the column {unfit.Path.FirstPart} holds {holds(unfit)}."
                : $"{path}: has no column of {what}; found {string.Join(", ", fields.Select(field => field.Path))}, expected one named "
                    + $"{string.Join(", ", names)}; rename the column{(ReferenceEquals(names, ImageNames) ? "" : $", or name it ({SettingName.Named("labelColumn")})")}."
        );
    }

    private bool IsMarked(string column, string mark) =>
        features?[column] is JsonObject feature && feature["_type"]?.ToString() == mark;

    private string[]? NamesOf(DataField label)
    {
        JsonNode? feature = features;
        for (int part = 0; part < label.Path.Length; part++)
        {
            feature = (feature as JsonObject)?[label.Path[part]];
        }

        if ((feature as JsonObject)?["names"] is not JsonArray found)
        {
            return null;
        }

        string[] names = [.. found.Select(name => name?.ToString() ?? "")];
        return names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new CounterpoiseException(
                $"{path}: the name '{twice.Key}' stands for {twice.Count()} numbers of the column {label.Path} in the metadata, expected another name for each; rename classes there."
            )
            : names;
    }

    /// <summary>What the hub's libraries write of every column; null for somebody else's metadata.</summary>
    private static JsonObject? FeaturesIn(Dictionary<string, string>? metadata)
    {
        try
        {
            return metadata?.TryGetValue("huggingface", out string? text) == true
                ? ((JsonNode.Parse(text) as JsonObject)?["info"] as JsonObject)?["features"] as JsonObject
                : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
