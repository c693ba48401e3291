using Counterpoise.Serving;

namespace Counterpoise.Cli.Output;

/// <summary>A line an image in columns; those of classes are as wide as the longest name, so that lines can be written one by one.</summary>
internal sealed class PredictionTable(IReadOnlyList<string> classes) : IPredictionWriter
{
    private const int WidestName = 30;
    private readonly int width = Math.Min(WidestName, classes.Max(name => name.Length));

    public void Begin() { }

    public void Write(ImagePrediction prediction)
    {
        if (prediction.Error is null)
        {
            IEnumerable<string> cells = prediction.Top.Select(ranked =>
                $"{100 * ranked.Probability, 6:F2} %  {ranked.Class.PadRight(width)}"
            );
            string decided = prediction.Decision is { } decision ? $"{Told(decision).PadRight(width)}  " : "";
            Console.Out.WriteLine($"{decided}{string.Join("  ", cells)}  {prediction.Image}");
        }
    }

    public void Dispose() { }

    private static string Told(ImageDecision decision) =>
        decision.Alarms is { } alarms
            ? alarms.Count == 0
                ? "-"
                : string.Join('+', alarms)
            : decision.Class ?? "?";
}
