using System.Globalization;
using System.Text.Json;

namespace Counterpoise.Data;

/// <summary>iNaturalist's own JSON: <c>train2018.json</c> and <c>val2018.json</c> with images, annotations and, where they are, categories.</summary>
internal static class INaturalist
{
    private const string Pattern = "train*.json";

    /// <summary>The listing of a folder with such files; else null.</summary>
    /// <exception cref="UsageException">There is no validation file, or the images are not found.</exception>
    /// <exception cref="CounterpoiseException">A file is damaged or incomplete.</exception>
    internal static ImageListing? Find(string path, string? imageRoot)
    {
        string? train = Directory.Exists(path)
            ? Directory.EnumerateFiles(path, Pattern).Order(StringComparer.Ordinal).FirstOrDefault()
            : null;
        if (train is null)
        {
            return null;
        }

        string test = Path.Combine(path, "val" + Path.GetFileName(train)["train".Length..]);
        if (!File.Exists(test))
        {
            throw new UsageException(
                $"{train}: found no {Path.GetFileName(test)} beside it to test on; download it, too."
            );
        }

        (List<ListedFile> trainFiles, Dictionary<string, string> names) = Read(train);
        List<ListedFile> testFiles = Read(test).Files;
        string root = ListedFiles.RootOf(train, imageRoot, trainFiles[0]);
        string[] labels =
        [
            .. trainFiles
                .Select(file => file.Label)
                .Distinct()
                .OrderBy(label => long.Parse(label, CultureInfo.InvariantCulture)),
        ];
        var indices = labels
            .Select((label, index) => (label, index))
            .ToDictionary(pair => pair.label, pair => pair.index);
        int LabelOf(string label) => indices.GetValueOrDefault(label, -1);
        return new ImageListing(
            [.. labels.Select(label => names.GetValueOrDefault(label, label))],
            ListedFiles.Resolve(train, root, trainFiles, LabelOf),
            ListedFiles.Resolve(test, root, testFiles, LabelOf),
            [$"{test} is tested on; the images are in {root}."]
        )
        {
            Form = $"iNaturalist's {Path.GetFileName(train)}",
            ImageRoot = root,
        };
    }

    /// <summary>The files with the category of their annotation, in the order of the images; lines are numbers of images.</summary>
    private static (List<ListedFile> Files, Dictionary<string, string> Names) Read(string file)
    {
        try
        {
            using FileStream content = File.OpenRead(file);
            using JsonDocument document = JsonDocument.Parse(content);
            JsonElement top = document.RootElement;
            Dictionary<long, string> categories = [];
            foreach (JsonElement annotation in top.GetProperty("annotations").EnumerateArray())
            {
                categories[annotation.GetProperty("image_id").GetInt64()] = annotation
                    .GetProperty("category_id")
                    .GetInt64()
                    .ToString(CultureInfo.InvariantCulture);
            }

            List<ListedFile> files = [];
            foreach (JsonElement image in top.GetProperty("images").EnumerateArray())
            {
                long id = image.GetProperty("id").GetInt64();
                string name = image.GetProperty("file_name").GetString()!;
                files.Add(
                    categories.TryGetValue(id, out string? category)
                        ? new ListedFile(name, category, files.Count + 1)
                        : throw new CounterpoiseException(
                            $"{file}: image {id} ({name}) has no annotation; download the file again."
                        )
                );
            }

            return files.Count > 0
                ? (files, Names(top))
                : throw new CounterpoiseException($"{file}: has no images; download the file again.");
        }
        catch (Exception failure)
            when (failure
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new CounterpoiseException(
                $"{file}: is damaged, or not iNaturalist's: expected images with id and file_name, and annotations with image_id and category_id ({failure.Message.ReplaceLineEndings(" ")}).",
                failure
            );
        }
    }

    private static Dictionary<string, string> Names(JsonElement top)
    {
        Dictionary<string, string> names = [];
        if (top.TryGetProperty("categories", out JsonElement categories))
        {
            foreach (JsonElement category in categories.EnumerateArray())
            {
                if (category.TryGetProperty("name", out JsonElement name))
                {
                    string id = category.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture);
                    names[id] = name.GetString() ?? id;
                }
            }
        }

        return names.Values.Distinct().Count() == names.Count ? names : [];
    }
}
