using System.Text.Json.Nodes;
using Counterpoise.Training;

namespace Counterpoise.Cli.Output;

/// <summary>Writes one JSON object a line to standard output; messages go to standard error.</summary>
internal sealed class JsonObserver : ITrainingObserver
{
    public void OnStep(TrainingProgress progress) { }

    public void OnEpoch(EpochMetrics metrics) => WriteEvent("epoch", metrics.ToJson());

    public void OnMessage(string message) => Console.Error.WriteLine(message);

    internal static void WriteEvent(string name, JsonObject content)
    {
        var line = new JsonObject { ["event"] = name };
        foreach ((string key, JsonNode? value) in content)
        {
            line[key] = value?.DeepClone();
        }

        Console.Out.WriteLine(line.ToJsonString());
        Console.Out.Flush();
    }
}
