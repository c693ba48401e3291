using System.CommandLine;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Options;

/// <summary>What a training takes: a recipe, images, where it computes and what it keeps.</summary>
internal sealed class TrainOptions
{
    internal RecipeOptions Recipe { get; } = new();

    internal DataOptions Data { get; } = new();

    internal ExecutionOptions Execution { get; } = new();

    internal RecordOptions Record { get; } = new();

    internal Option<bool> Json { get; } = JsonOption.Create();

    /// <summary>What a training has in common with a comparison of several.</summary>
    internal IEnumerable<Option> All => [.. Data.All, .. Recipe.All, Record.Statistics, .. Execution.All, Json];

    /// <summary>What identifies a run of a recipe, by the options.</summary>
    internal TrainingPlan Specify(ParseResult parsed, Recipe recipe) =>
        new(
            recipe,
            parsed.GetRequiredValue(Data.Data),
            parsed.GetValue(Data.SkipUnreadable),
            Execution.Resolve(parsed, recipe.Training.Precision)
        )
        {
            KeepEvery = parsed.GetValue(Record.KeepEvery),
            StatisticsEvery = Record.StatisticsEvery(parsed),
            Store = Data.Store(parsed),
            Listing = Data.Listing(parsed),
        };

    /// <summary>What an existing run computes with from here on, where it is not as it was started.</summary>
    internal ResumeOptions Changes(ParseResult parsed) =>
        new()
        {
            Threads = parsed.GetValue(Execution.Threads),
            Device = Execution.GivenDevice(parsed),
            KeepEvery = parsed.GetValue(Record.KeepEvery),
            StatisticsEvery = parsed.IsGiven(Record.Statistics) ? Record.StatisticsEvery(parsed) : null,
        };
}
