using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>One file of iNaturalist's JSON, of which only what labels images is kept while it is read.</summary>
internal sealed record INaturalistFile(
    [property: JsonPropertyName("images")] IReadOnlyList<INaturalistImage> Images,
    [property: JsonPropertyName("annotations")] IReadOnlyList<INaturalistAnnotation> Annotations,
    [property: JsonPropertyName("categories")] IReadOnlyList<INaturalistCategory>? Categories = null
)
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static readonly string?[] Keys = ["info", "images", "annotations", "categories", "licenses", "type"];

    /// <summary>Whether a file begins as one of iNaturalist's does: other JSON may lie beside images.</summary>
    internal static bool Fits(string path)
    {
        byte[] start = new byte[4096];
        using Stream file = RegularFile.Open(path);
        int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var reader = new Utf8JsonReader(start.AsSpan(0, length), isFinalBlock: false, default);
        try
        {
            string? key =
                reader.Read()
                && reader.TokenType == JsonTokenType.StartObject
                && reader.Read()
                && reader.TokenType == JsonTokenType.PropertyName
                    ? reader.GetString()
                    : null;
            return Keys.Contains(key);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a file piece by piece: the published ones have hundreds of MB.</summary>
    /// <exception cref="CounterpoiseException">It is damaged or something else.</exception>
    public static INaturalistFile Read(string path)
    {
        try
        {
            using Stream content = RegularFile.Open(path);
            INaturalistFile? file = JsonSerializer.Deserialize<INaturalistFile>(content, Strict);
            return file is { Images.Count: > 0 }
                ? file
                : throw new CounterpoiseException($"{path}: has no images; download the file again.");
        }
        catch (JsonException failure)
        {
            throw new CounterpoiseException(
                $"{path}: is damaged, or not iNaturalist's: expected images with id and file_name, and annotations with image_id "
                    + $"and category_id; download it again ({failure.Message.ReplaceLineEndings(" ")}).",
                failure
            );
        }
    }

    /// <summary>The files with the category of their annotation, in the order of the images.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="CounterpoiseException">Images and annotations do not belong together one to one.</exception>
    public FileList Labelled(string path)
    {
        Dictionary<long, long?> categories = new(Images.Count);
        foreach (INaturalistImage image in Images)
        {
            if (!categories.TryAdd(image.Id, null))
            {
                throw Refusal($"two images have the id {image.Id}, the second is {image.FileName}");
            }
        }

        foreach (INaturalistAnnotation annotation in Annotations)
        {
            if (!categories.TryGetValue(annotation.ImageId, out long? before))
            {
                throw Refusal($"an annotation is of the image {annotation.ImageId}, which is not among the images");
            }

            categories[annotation.ImageId] = before is null
                ? annotation.CategoryId
                : throw Refusal(
                    $"image {annotation.ImageId} has two annotations, of the categories {before} and {annotation.CategoryId}"
                );
        }

        ListedFile Labelled(INaturalistImage image, int index) =>
            categories[image.Id] is { } category
                ? new ListedFile(image.FileName, category.ToString(CultureInfo.InvariantCulture), index + 1)
                : throw Refusal($"image {image.Id} ({image.FileName}) has no annotation");
        return new FileList(path, [.. Images.Select(Labelled)]) { Unit = "image" };

        CounterpoiseException Refusal(string what) =>
            new($"{path}: {what}, expected one annotation for each image; correct the file or download it again.");
    }
}

/// <summary>An image of iNaturalist's JSON.</summary>
internal sealed record INaturalistImage(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("file_name")] string FileName
);

/// <summary>The category of an image.</summary>
internal sealed record INaturalistAnnotation(
    [property: JsonPropertyName("image_id")] long ImageId,
    [property: JsonPropertyName("category_id")] long CategoryId
);

/// <summary>A category and its name.</summary>
internal sealed record INaturalistCategory(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("name")] string? Name = null
);
