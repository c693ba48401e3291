using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data;

/// <summary>Which image files are used, and how their labels and parts are found, where the data alone does not say.</summary>
public sealed record ListingOptions
{
    /// <summary>The folder that the paths of lists start from; null to look beside the list.</summary>
    public string? ImageRoot { get; init; }

    /// <summary>What is tested on: a list where the data is a training list, a folder where it is a folder; null to look beside it or in it.</summary>
    public string? TestData { get; init; }

    /// <summary>Patterns of the files that are used, such as <c>*.jpg</c>, over paths below the data; empty for all.</summary>
    public ValueList<string> Include { get; init; } = new();

    /// <summary>Patterns of files and folders that are not used, such as <c>masks</c> or <c>*/left/*</c>.</summary>
    public ValueList<string> Exclude { get; init; } = new();

    /// <summary>What the folders in a folder of images are.</summary>
    public FolderReading Folders { get; init; }

    /// <summary>The column of paths in a list, by name or by number from 1; null to find it.</summary>
    public string? PathColumn { get; init; }

    /// <summary>The column of labels in a list or in Parquet files, by name or by number from 1; null to find it.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>What images are kept together by: a column of a list, or a regular expression over paths whose first group, or whole match, names the group; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>The fold that is tested on, from 1; 0 for no folds.</summary>
    /// <value>a whole number from 0 to <see cref="Folds"/></value>
    public int Fold { get; init; }

    /// <summary>How many folds the images are divided into; 0 for none.</summary>
    public int Folds { get; init; }

    internal FileChoice Choice => new(Include, Exclude);

    /// <summary>The same with paths that hold from everywhere.</summary>
    internal ListingOptions Whole =>
        this with
        {
            ImageRoot = ImageRoot is null ? null : Path.GetFullPath(ImageRoot),
            TestData = TestData is null ? null : Path.GetFullPath(TestData),
        };

    /// <summary>Adds what is not as usual to an object of a record.</summary>
    internal void AddTo(JsonObject json)
    {
        json["image_root"] = ImageRoot;
        json["test_data"] = TestData;
        foreach ((string key, ValueList<string> patterns) in new[] { ("include", Include), ("exclude", Exclude) })
        {
            if (patterns.Count > 0)
            {
                json[key] = new JsonArray([.. patterns.Select(pattern => (JsonNode?)pattern)]);
            }
        }

        AddText("folders", Folders == FolderReading.Auto ? null : Setting.KebabCase($"{Folders}"));
        AddText("path_column", PathColumn);
        AddText("label_column", LabelColumn);
        AddText("group", Group);
        if (Folds > 0)
        {
            json["fold"] = Fold;
            json["folds"] = Folds;
        }

        void AddText(string key, string? text)
        {
            if (text is not null)
            {
                json[key] = text;
            }
        }
    }

    /// <summary>Reads what <see cref="AddTo"/> added.</summary>
    internal static ListingOptions Of(JsonFields json) =>
        new()
        {
            ImageRoot = json.Text("image_root"),
            TestData = json.Text("test_data"),
            Include = new ValueList<string>(json.Texts("include") ?? []),
            Exclude = new ValueList<string>(json.Texts("exclude") ?? []),
            Folders =
                json.Text("folders") is not { } folders ? FolderReading.Auto
                : Enum.TryParse(folders, ignoreCase: true, out FolderReading reading) ? reading
                : throw json.Wrong("folders", "classes or parts"),
            PathColumn = json.Text("path_column"),
            LabelColumn = json.Text("label_column"),
            Group = json.Text("group"),
            Fold = json.Count("fold") ?? 0,
            Folds = json.Count("folds") ?? 0,
        };
}
