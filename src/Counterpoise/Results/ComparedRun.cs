using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Runs;

namespace Counterpoise.Results;

/// <summary>A finished run as a comparison sees it.</summary>
/// <param name="Methods">Its methods joined by '+'.</param>
/// <param name="Seed">Its training seed.</param>
/// <param name="Epochs">Epochs of all phases.</param>
/// <param name="Seconds">The time of all training passes, those of a first phase that it started from included.</param>
/// <param name="Accuracies">Test accuracies in percent by <see cref="Comparison.Columns"/>; null where there are no such classes.</param>
internal sealed record ComparedRun(
    string Methods,
    ulong Seed,
    int Epochs,
    double Seconds,
    IReadOnlyList<double?> Accuracies
)
{
    /// <summary>Reads a finished run.</summary>
    /// <exception cref="CounterpoiseException">The run is not finished, or its result lacks something.</exception>
    public static ComparedRun Of(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            JsonObject result =
                folder.Result ?? throw new CounterpoiseException($"{folder.Path}: is not finished; resume it first.");
            double? worst = result["per_class_accuracy"]!.AsArray().Min(accuracy => accuracy?.GetValue<double>());
            return new ComparedRun(
                result["method"]!.GetValue<string>(),
                result["seed"]!.GetValue<ulong>(),
                result["epochs"]!.GetValue<int>(),
                folder.ReadMetrics().Sum(line => line["seconds"]!.GetValue<double>()),
                [
                    .. Comparison.Columns.Select(column =>
                        column.Key == Comparison.WorstClass ? worst : result[column.Key]?.GetValue<double>()
                    ),
                ]
            );
        }
        catch (Exception error) when (error is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new CounterpoiseException(
                $"{folder.Path}: its result or metrics lack what a comparison needs; delete the folder and train again.",
                error
            );
        }
    }
}
