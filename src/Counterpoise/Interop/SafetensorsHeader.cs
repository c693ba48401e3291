using System.Text.Json;
using static Counterpoise.Basics.FormatRequirement;

namespace Counterpoise.Interop;

/// <summary>Where a tensor lies in the file.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
/// <param name="Start">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, long[] Shape, long Start, long End);

/// <summary>The parsed and checked header of a safetensors file.</summary>
/// <param name="Entries">The tensors in the order of their bytes, which cover the file's body without holes.</param>
/// <param name="Metadata">All strings, with the checksum if there is one.</param>
internal sealed record SafetensorsHeader(SafetensorsEntry[] Entries, Dictionary<string, string> Metadata)
{
    private static readonly JsonDocumentOptions Json = new() { AllowDuplicateProperties = false };

    /// <summary>Parses the header.</summary>
    /// <param name="utf8">The header's bytes.</param>
    /// <param name="bodyLength">How many bytes follow the header in the file.</param>
    /// <exception cref="FormatException">The header is wrong; the message says what was found and expected.</exception>
    internal static SafetensorsHeader Parse(ReadOnlyMemory<byte> utf8, long bodyLength)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Json);
            return Parse(document.RootElement, bodyLength);
        }
        catch (JsonException failure)
        {
            throw new FormatException("the header is not valid JSON", failure);
        }
        catch (InvalidOperationException failure)
        {
            // Thrown for a string whose bytes are not UTF-8; the parser looks at them only when they are asked for.
            throw new FormatException("the header holds text that is not valid Unicode", failure);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long bodyLength)
    {
        Require(root.ValueKind == JsonValueKind.Object, "the header is not a JSON object");
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == SafetensorsFormat.MetadataKey)
            {
                ReadMetadata(property.Value, metadata);
            }
            else
            {
                entries.Add(ReadEntry(property.Name, property.Value));
            }
        }

        SafetensorsEntry[] inOrder = [.. entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End)];
        RequireNoHoles(inOrder, bodyLength);
        return new SafetensorsHeader(inOrder, metadata);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        Require(element.ValueKind == JsonValueKind.Object, "the metadata is not a JSON object");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            Require(property.Value.ValueKind == JsonValueKind.String, $"metadata '{property.Name}' is not a string");
            metadata[property.Name] = property.Value.GetString()!;
        }
    }

    private static SafetensorsEntry ReadEntry(string name, JsonElement element)
    {
        string tensor = $"tensor '{name}'";
        Require(element.ValueKind == JsonValueKind.Object, $"{tensor} is not described by a JSON object");
        string dtype =
            element.TryGetProperty("dtype", out JsonElement found) && found.ValueKind == JsonValueKind.String
                ? found.GetString()!
                : throw new FormatException($"{tensor} has no dtype");
        if (!SafetensorsType.ByName.TryGetValue(dtype, out SafetensorsType? type))
        {
            throw new FormatException($"{tensor} has dtype {dtype}, expected one of {SafetensorsType.Names}");
        }

        long[] shape = Numbers(element, "shape", tensor);
        long[] offsets = Numbers(element, "data_offsets", tensor);
        Require(offsets.Length == 2, $"{tensor} has {offsets.Length} data_offsets, expected 2");
        Int128 wanted = Size(shape, type, tensor);
        Require(
            (Int128)offsets[1] - offsets[0] == wanted,
            $"{tensor} has data_offsets {offsets[0]} to {offsets[1]}, but its shape and dtype take {wanted} bytes"
        );
        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] Numbers(JsonElement element, string key, string tensor)
    {
        Require(
            element.TryGetProperty(key, out JsonElement array) && array.ValueKind == JsonValueKind.Array,
            $"{tensor} has no list '{key}'"
        );
        return
        [
            .. array
                .EnumerateArray()
                .Select(item =>
                    item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
                        ? number
                        : throw new FormatException(
                            $"{tensor} has {item.GetRawText()} in '{key}', expected whole numbers from 0"
                        )
                ),
        ];
    }

    private static Int128 Size(long[] shape, SafetensorsType type, string tensor)
    {
        // Sizes of an empty tensor are limited too: libtorch computes strides from them.
        Int128 size = type.Size;
        foreach (long length in shape)
        {
            size *= Math.Max(length, 1);
            Require(size <= long.MaxValue, $"{tensor} has a shape that takes more than {long.MaxValue} bytes");
        }

        return shape.Contains(0) ? 0 : size;
    }

    private static void RequireNoHoles(SafetensorsEntry[] inOrder, long bodyLength)
    {
        long end = 0;
        foreach (SafetensorsEntry entry in inOrder)
        {
            Require(
                entry.Start == end,
                $"tensor '{entry.Name}' starts at byte {entry.Start} of the data, expected {end}: tensors must neither overlap nor leave holes"
            );
            end = entry.End;
        }

        Require(end == bodyLength, $"{bodyLength} bytes of data were found, expected {end}");
    }
}
