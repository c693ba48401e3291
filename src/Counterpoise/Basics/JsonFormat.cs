using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Counterpoise.Basics;

/// <summary>How the JSON in a run folder is written and read.</summary>
internal static class JsonFormat
{
    /// <summary>One line an object. A diverged loss is a result too: NaN and the infinities become strings.</summary>
    internal static JsonSerializerOptions OneLine { get; } =
        new()
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };

    private static readonly JsonSerializerOptions ForPeople = new(OneLine) { WriteIndented = true, NewLine = "\n" };

    // Otherwise a key that occurs twice would surface later, where the object is used.
    private static readonly JsonDocumentOptions NoKeyTwice = new() { AllowDuplicateProperties = false };

    /// <summary>Writes an object to a file, whole or not at all.</summary>
    internal static void Write(string path, JsonObject content) =>
        AtomicFile.WriteText(path, JsonSerializer.Serialize(content, ForPeople) + "\n");

    /// <summary>Parses an object in UTF-8.</summary>
    /// <exception cref="JsonException">It is not one, or has a key twice.</exception>
    internal static JsonObject Parse(ReadOnlySpan<byte> utf8) =>
        JsonNode.Parse(utf8, documentOptions: NoKeyTwice) as JsonObject
        ?? throw new JsonException("It is not an object.");

    /// <summary>Reads a file that holds one object; null where there is no such file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="advice">The end of the message about a damaged file: what the user should do.</param>
    internal static JsonObject? Read(string path, string advice)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException failure)
        {
            throw new CounterpoiseException($"{path}: damaged: expected a JSON object. {advice}", failure);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }
}
