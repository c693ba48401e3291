using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Metrics;
using Counterpoise.Recipes;

namespace Counterpoise.Runs;

/// <summary>All that a run folder tells about a training, read once and checked: what figures and reports are made of.</summary>
public sealed record RunHistory
{
    /// <summary>The run folder, as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>The folder for pictures of mistakes, <c>N.png</c> for the test image at position N; it may not exist.</summary>
    public string ExamplesPath => System.IO.Path.Combine(Path, RunFiles.Examples);

    /// <summary>The recipe, resolved.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The class names, in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The training images of every class.</summary>
    public required IReadOnlyList<int> ClassCounts { get; init; }

    /// <summary>What the run was started with.</summary>
    internal RunDescription Description { get; private init; } = new();

    /// <summary>The epochs so far, in order.</summary>
    public required IReadOnlyList<EpochHistory> Epochs { get; init; }

    /// <summary>What a finished run ended with: after a last phase without epochs, not what its last epoch has. Null while it is not finished.</summary>
    public EpochHistory? Result { get; init; }

    /// <summary>Training accuracy of every class of a finished run, in percent, without mixing or augmentation.</summary>
    private IReadOnlyList<double?>? ResultTrainPerClassAccuracy { get; init; }

    /// <summary>What the network at the end says of the test images; null where that was not kept, or the run is not finished.</summary>
    /// <exception cref="CounterpoiseException">The file cannot be read, or is damaged.</exception>
    internal PredictedImages? TestPredictions => Predictions(RunFiles.TestPredictions);

    /// <summary>The same of held-out images that are no fold.</summary>
    /// <inheritdoc cref="TestPredictions"/>
    internal PredictedImages? HeldOutPredictions => Predictions(RunFiles.HeldOutPredictions);

    /// <summary>What classifiers that have not seen them say of training images.</summary>
    /// <inheritdoc cref="TestPredictions"/>
    internal PredictedImages? OutOfFoldPredictions => Predictions(RunFiles.OutOfFold);

    /// <summary>Epochs of all phases of the recipe.</summary>
    public int PlannedEpochs => Recipe.Phases.Sum(phase => phase.Epochs);

    /// <summary>The labels, those of large classes first; of equally large ones in their own order.</summary>
    public IReadOnlyList<int> BySize =>
        [.. Enumerable.Range(0, Classes.Count).OrderByDescending(label => ClassCounts[label])];

    /// <summary>Accuracies on the test images: the result's, or those of the newest epoch that was tested; null where none was.</summary>
    public ClassificationMetrics? Test => Result?.Test ?? Epochs.LastOrDefault(epoch => epoch.Test is not null)?.Test;

    /// <summary>The newest epoch that has statistics: the result, where it has some; null where there are none.</summary>
    public EpochHistory? Studied =>
        Result is { Statistics: not null } ? Result : Epochs.LastOrDefault(epoch => epoch.Statistics is not null);

    /// <summary>The newest statistics; null where there are none.</summary>
    public TrainingStatistics? Statistics => Studied?.Statistics;

    /// <summary>Training accuracy of every class in percent: of the newest statistics, or of the result; null where neither is there.</summary>
    public IReadOnlyList<double?>? TrainPerClassAccuracy =>
        Statistics?.TrainPerClassAccuracy ?? ResultTrainPerClassAccuracy;

    /// <summary>Reads a run folder; statistics that were taken from checkpoints later fill in for epochs without.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="known">The methods and networks that its recipe may name; null for the library's.</param>
    /// <exception cref="CounterpoiseException">It is no run folder, or a file of it is damaged: the message names file, line and key.</exception>
    public static RunHistory Read(string path, Vocabulary? known = null)
    {
        using RunFolder folder = RunFolder.Open(path, write: false, known);
        string In(string file) => System.IO.Path.Combine(path, file);
        IReadOnlyList<string> classes = TrainingPlan.ClassesOf(folder);
        IReadOnlyList<int> counts = TrainingPlan.ClassCountsOf(folder);
        if (counts.Count != classes.Count)
        {
            throw folder.Described.Wrong(
                "class_counts",
                $"{classes.Count} numbers, one a class,",
                $"a list of {counts.Count}"
            );
        }

        var later = Lines(folder.ReadStatistics(), In(RunFiles.Statistics))
            .GroupBy(line => line.Required(line.Count("epoch"), "epoch"))
            .ToDictionary(epoch => epoch.Key, epoch => epoch.Last());
        JsonFields? result = folder.Result is { } read ? new JsonFields(read, In(RunFiles.Result)) : null;
        return new RunHistory
        {
            Path = path,
            Recipe = RecipeText.Parse(folder.Recipe, In(RunFiles.Recipe), folder.Known),
            Classes = classes,
            ClassCounts = counts,
            Description = folder.Description,
            Epochs =
            [
                .. Lines(folder.ReadMetrics(), In(RunFiles.Metrics))
                    .Select(line =>
                        EpochHistory.Read(
                            line,
                            "epoch",
                            later.GetValueOrDefault(line.Required(line.Count("epoch"), "epoch")),
                            classes.Count
                        )
                    ),
            ],
            Result = result is null ? null : EpochHistory.Read(result, "epochs", later: null, classes.Count),
            ResultTrainPerClassAccuracy = result?.Numbers("train_per_class_accuracy", classes.Count),
        };
    }

    private PredictedImages? Predictions(string name)
    {
        string file = System.IO.Path.Combine(Path, name);
        return File.Exists(file) ? PredictedImages.Read(file) : null;
    }

    private static IEnumerable<JsonFields> Lines(IEnumerable<JsonObject> lines, string file) =>
        lines.Select((line, i) => new JsonFields(line, $"{file}: line {i + 1}"));
}
