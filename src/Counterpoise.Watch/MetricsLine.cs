using System.Buffers;
using System.Text.Json;

namespace Counterpoise.Watch;

/// <summary>A line of <c>metrics.jsonl</c>, read without building objects.</summary>
internal static class MetricsLine
{
    /// <summary>Large, and needed of the newest line alone.</summary>
    private static readonly string[] Details = ["confusion", "calibration", "errors"];

    /// <summary>The numbers at the top of a line; null where it is not a JSON object.</summary>
    internal static (int? Epoch, double? Accuracy, double? Balanced, bool HasStatistics)? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            int? epoch = null;
            double? accuracy = null;
            double? balanced = null;
            bool statistics = false;
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                reader.Read();
                switch (key)
                {
                    case "epoch":
                        epoch = (int?)Number(ref reader);
                        break;
                    case "accuracy":
                        accuracy = Number(ref reader);
                        break;
                    case "balanced_accuracy":
                        balanced = Number(ref reader);
                        break;
                    case "statistics":
                        statistics = reader.TokenType == JsonTokenType.StartObject;
                        break;
                }

                reader.Skip();
            }

            return reader.Read() ? null : (epoch, accuracy, balanced, statistics);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A line for the page's curves: without the details of its statistics, with numbers of five digits.</summary>
    /// <returns>The object in UTF-8; null where the line is not a JSON object.</returns>
    internal static byte[]? ForCurves(ReadOnlySpan<byte> line)
    {
        try
        {
            var output = new ArrayBufferWriter<byte>(line.Length);
            using var writer = new Utf8JsonWriter(output);
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            do
            {
                if (reader.TokenType == JsonTokenType.PropertyName && Details.Contains(reader.GetString()))
                {
                    reader.Skip();
                }
                else
                {
                    Copy(ref reader, writer);
                }
            } while (reader.Read());

            writer.Flush();
            return output.WrittenSpan.ToArray();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.GetString()!);
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out long whole):
                writer.WriteNumberValue(whole);
                break;
            case JsonTokenType.Number when double.IsFinite(reader.GetDouble()):
                writer.WriteNumberValue(FiveDigits(reader.GetDouble()));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.WriteBooleanValue(reader.GetBoolean());
                break;
            default: // Null, and numbers too large for a double.
                writer.WriteNullValue();
                break;
        }
    }

    private static double FiveDigits(double value)
    {
        int decimals = value == 0 ? 0 : 4 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return decimals is >= 0 and <= 15 ? Math.Round(value, decimals) : value;
    }

    private static double? Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : null;
}
