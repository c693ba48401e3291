using System.Text.Json.Nodes;
using Counterpoise.Benchmarks.Measuring;

namespace Counterpoise.Benchmarks.Work;

/// <summary>What a run says of its epochs, the first one left out: it warms up.</summary>
/// <param name="Turn">Their time, and the images they trained on.</param>
/// <param name="ExchangeSeconds">The time of summing gradients over ranks.</param>
internal sealed record TrainedEpochs(Turn Turn, double ExchangeSeconds)
{
    internal static TrainedEpochs Of(string metrics)
    {
        JsonNode[] lines = [.. File.ReadLines(metrics).Skip(1).Select(line => JsonNode.Parse(line)!)];
        double Sum(string key) => lines.Sum(line => line[key]?.GetValue<double>() ?? 0);
        double images = lines.Sum(line =>
            line["images_per_second"]!.GetValue<double>() * line["seconds"]!.GetValue<double>()
        );
        double resident = lines.Max(line => line["peak_memory_mb"]!.GetValue<double>());
        return new TrainedEpochs(new Turn(Sum("seconds"), images, resident), Sum("exchange_seconds"));
    }
}
