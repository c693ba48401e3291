using System.Globalization;
using System.Text.Json.Nodes;

namespace Counterpoise.Basics;

/// <summary>Typed access to the keys of an object that was read from a file; errors say where, what was found and expected.</summary>
/// <param name="source">The object.</param>
/// <param name="place">Where it is, such as a file and line.</param>
/// <param name="advice">What to do about a value that is wrong; null for what to do about a run.</param>
internal sealed class JsonFields(JsonObject source, string place, string? advice = null)
{
    /// <summary>Whether there is a number.</summary>
    internal bool IsNumber(string key) => source[key] is JsonValue value && value.TryGetValue(out double _);

    /// <summary>A text; null where there is none.</summary>
    internal string? Text(string key) =>
        source[key] is not { } found ? null
        : found is JsonValue value && value.TryGetValue(out string? text) ? text
        : throw Wrong(key, "a text");

    /// <summary>True or false; null where there is none.</summary>
    internal bool? Flag(string key) =>
        source[key] is not { } found ? null
        : found is JsonValue value && value.TryGetValue(out bool flag) ? flag
        : throw Wrong(key, "true or false");

    /// <summary>Numbers in single precision; null where there is no list.</summary>
    internal IReadOnlyList<float>? Singles(string key) =>
        List(key) is { } list
            ?
            [
                .. list.Select(item =>
                    item is JsonValue value && value.TryGetValue(out float number)
                        ? number
                        : throw Wrong(key, "numbers")
                ),
            ]
            : null;

    /// <summary>A number, NaN and infinities included; null where there is none.</summary>
    internal double? Number(string key) => Number(source[key], key);

    /// <summary>A whole number, 0 or more; null where there is none.</summary>
    internal int? Count(string key) => Count(source[key], key);

    /// <summary>A class's label, which there must be.</summary>
    /// <param name="key">The key.</param>
    /// <param name="classes">The number of classes.</param>
    internal int Label(string key, int classes) =>
        Required(Count(key), key) is var label && label < classes
            ? label
            : throw Wrong(key, $"a label below {classes}");

    /// <summary>Numbers, some of which may be missing; null where there is no list.</summary>
    /// <param name="key">The key.</param>
    /// <param name="length">How many there must be.</param>
    internal IReadOnlyList<double?>? Numbers(string key, int length) =>
        List(key) is { } list
            ? list.Count == length
                ? [.. list.Select(item => Number(item, key))]
                : throw Wrong(key, $"{length} numbers, one a class,", $"a list of {list.Count}")
            : null;

    /// <summary>Whole numbers, 0 or more; null where there is no list.</summary>
    internal IReadOnlyList<int>? Counts(string key) =>
        List(key) is { } list ? [.. list.Select(item => Count(item, key) ?? throw Wrong(key, "whole numbers"))] : null;

    /// <summary>Texts; null where there is no list.</summary>
    internal IReadOnlyList<string>? Texts(string key) =>
        List(key) is { } list
            ?
            [
                .. list.Select(item =>
                    item is JsonValue value && value.TryGetValue(out string? text) ? text : throw Wrong(key, "texts")
                ),
            ]
            : null;

    /// <summary>Lists of three whole numbers; null where there is no list.</summary>
    internal IReadOnlyList<(int First, int Second, int Third)>? Triples(string key) =>
        List(key) is { } list
            ?
            [
                .. list.Select(item =>
                    item is JsonArray { Count: 3 } triple
                    && Count(triple[0], key) is { } first
                    && Count(triple[1], key) is { } second
                    && Count(triple[2], key) is { } third
                        ? (first, second, third)
                        : throw Wrong(key, "lists of three whole numbers")
                ),
            ]
            : null;

    /// <summary>An object; null where there is none.</summary>
    internal JsonFields? Fields(string key) =>
        source[key] is not { } found ? null
        : found is JsonObject fields ? new JsonFields(fields, $"{place}, '{key}'", advice)
        : throw Wrong(key, "an object");

    /// <summary>Objects; null where there is no list.</summary>
    internal IReadOnlyList<JsonFields>? FieldsList(string key) =>
        List(key) is { } list
            ?
            [
                .. list.Select(
                    (item, i) =>
                        item is JsonObject fields
                            ? new JsonFields(fields, $"{place}, '{key}' {i + 1}", advice)
                            : throw Wrong(key, "objects")
                ),
            ]
            : null;

    /// <summary>What a key must have.</summary>
    /// <exception cref="CounterpoiseException">It is null.</exception>
    internal T Required<T>(T? value, string key)
        where T : class => value ?? throw Lacks(key);

    /// <inheritdoc cref="Required{T}(T, string)"/>
    internal T Required<T>(T? value, string key)
        where T : struct => value ?? throw Lacks(key);

    /// <summary>The error for a value of the wrong kind.</summary>
    internal CounterpoiseException Wrong(string key, string expected, string? found = null) =>
        new(
            $"{place}: '{key}' is {found ?? Short(source[key])}, expected {expected}; {advice ?? "the run is damaged, train it again"}."
        );

    private CounterpoiseException Lacks(string key) =>
        new($"{place}: lacks '{key}'; {advice ?? "the run is damaged or of an early version, train it again"}.");

    private JsonArray? List(string key) =>
        source[key] is not { } found ? null : found as JsonArray ?? throw Wrong(key, "a list");

    private double? Number(JsonNode? item, string key) =>
        item is null ? null
        : item is not JsonValue value ? throw Wrong(key, "a number")
        : value.TryGetValue(out double number) ? number
        : value.TryGetValue(out string? text) && text is "NaN" or "Infinity" or "-Infinity"
            ? double.Parse(text, CultureInfo.InvariantCulture)
        : throw Wrong(key, "a number");

    private int? Count(JsonNode? item, string key) =>
        item is null ? null
        : item is JsonValue value && value.TryGetValue(out int count) && count >= 0 ? count
        : throw Wrong(key, "a whole number, 0 or more");

    private static string Short(JsonNode? value)
    {
        const int longest = 40;
        string text = value?.ToJsonString() ?? "missing";
        return text.Length > longest ? text[..longest] + "..." : text;
    }
}
