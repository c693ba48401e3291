using Counterpoise.Basics;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Output;

/// <summary>How many images were taken for each class, or raised its alarm.</summary>
internal sealed class PredictionSummary
{
    private const int Most = 12;
    private const string Nothing = "no alarm";
    private const string People = "left to people";

    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private int images;

    internal void Add(ImagePrediction prediction)
    {
        images++;
        IReadOnlyList<string> found = prediction.Decision switch
        {
            { Alarms: [] } => [Nothing],
            { Alarms: { } alarms } => alarms,
            { Class: var decided } => [decided ?? People],
            null => [prediction.Top[0].Class],
        };
        foreach (string name in found)
        {
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
    }

    /// <summary>A line, the most frequent first.</summary>
    public override string ToString()
    {
        var sorted = counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal);
        string more = counts.Count > Most ? $", and {counts.Count - Most} more classes" : "";
        return $"{images} images: {string.Join(", ", sorted.Take(Most).Select(count => $"{Printable.OfLine(count.Key)} {count.Value}"))}{more}";
    }
}
