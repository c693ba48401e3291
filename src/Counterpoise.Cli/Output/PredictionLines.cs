using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Output;

/// <summary>A JSON object a line: exactly one for each image, readable or not.</summary>
internal sealed class PredictionLines : IPredictionWriter
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Begin() { }

    public void Write(ImagePrediction prediction)
    {
        var line = new JsonObject { ["image"] = prediction.Image };
        if (prediction.Error is { } reason)
        {
            line["error"] = reason;
        }
        else
        {
            line["top"] = new JsonArray([
                .. prediction.Top.Select(ranked =>
                    (JsonNode)
                        new JsonObject { ["class"] = ranked.Class, ["probability"] = Math.Round(ranked.Probability, 6) }
                ),
            ]);
        }

        if (prediction.Decision is { } decision)
        {
            line["decision"] = decision.Alarms is { } alarms
                ? new JsonObject { ["alarms"] = new JsonArray([.. alarms.Select(alarm => (JsonNode?)alarm)]) }
                : new JsonObject { ["class"] = decision.Class };
        }

        Console.Out.WriteLine(line.ToJsonString(Readable));
    }

    public void Dispose() { }
}
