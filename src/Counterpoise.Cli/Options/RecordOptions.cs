using System.CommandLine;
using System.Globalization;
using Counterpoise.Data;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Cli.Options;

/// <summary>What a run keeps of its training.</summary>
internal sealed class RecordOptions
{
    internal Option<string> Statistics { get; } =
        new("--statistics")
        {
            Description =
                "Take the statistics of all classes (classification ratio, feature gradients and deviation, confusions, mistakes) every=N epochs and at the end, or off",
            HelpName = "when",
            DefaultValueFactory = _ => $"every={TrainingPlan.UsualStatisticsEvery}",
        };

    internal Option<int?> KeepEvery { get; } =
        new("--keep-every")
        {
            Description = "Keep the checkpoint of every so many epochs, besides the last two [default: none]",
            HelpName = "epochs",
        };

    internal Option<bool> TensorBoard { get; } =
        new("--tensorboard")
        {
            Description = "Also write every epoch's numbers for TensorBoard, into tensorboard/ of the run folder",
        };

    internal RecordOptions()
    {
        KeepEvery.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int epochs) && epochs < 1)
            {
                result.AddError($"{KeepEvery.Name} is {epochs}, expected 1 or more");
            }
        });
        Statistics.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Interval(token.Value) < 0)
            {
                result.AddError($"{Statistics.Name} is {token.Value}, expected every=N with N from 1 on, or off");
            }
        });
    }

    internal IEnumerable<Option> All => [Statistics, KeepEvery, TensorBoard];

    /// <summary>The interval of statistics in epochs; 0 for never.</summary>
    internal int StatisticsEvery(ParseResult parsed) => Interval(parsed.GetRequiredValue(Statistics));

    /// <summary>Who watches a training beside console and log.</summary>
    internal ITrainingObserver[] Observers(ParseResult parsed, RunFolder folder, TrainingData data) =>
        parsed.GetValue(TensorBoard) ? [new TensorBoardObserver(folder, data.Train.Classes)] : [];

    /// <returns>The interval in epochs; 0 for never, -1 for what cannot be read.</returns>
    private static int Interval(string when)
    {
        const string every = "every=";
        return when == "off" ? 0
            : when.StartsWith(every, StringComparison.Ordinal)
            && int.TryParse(when.AsSpan(every.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int epochs)
            && epochs > 0
                ? epochs
            : -1;
    }
}
