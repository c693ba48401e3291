using System.Text.Json.Nodes;
using Counterpoise.Training;

namespace Counterpoise.Runs;

/// <summary>All that a run folder tells about a training, read once and checked: what figures and reports are made from.</summary>
/// <remarks>What a run of an earlier version, or an unfinished one, does not have is null.</remarks>
public sealed record RunHistory
{
    /// <summary>The run folder, as it was named.</summary>
    public required string Folder { get; init; }

    /// <summary>The recipe, resolved.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The recipe as it is in the folder, in TOML.</summary>
    public required string RecipeToml { get; init; }

    /// <summary>The class names in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The number of training images of every class.</summary>
    public required IReadOnlyList<int> ClassCounts { get; init; }

    /// <summary>Where the run comes from.</summary>
    public required RunOrigin Origin { get; init; }

    /// <summary>The epochs so far, in order.</summary>
    public required IReadOnlyList<RunEpoch> Epochs { get; init; }

    /// <summary>The last epoch's numbers of a finished run; null while it is not finished.</summary>
    public RunEpoch? Result { get; init; }

    /// <summary>The folder's own name.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>The methods joined by '+'.</summary>
    public string Method => Recipe.MethodNames;

    /// <summary>Whether the training came to its end.</summary>
    public bool IsFinished => Result is not null;

    /// <summary>Epochs of all phases of the recipe.</summary>
    public int PlannedEpochs => Recipe.Phases.Sum(phase => phase.Epochs);

    /// <summary>The test accuracies of the result, or of the last epoch that was tested.</summary>
    public RunAccuracies? Test => Result?.Test ?? Epochs.LastOrDefault(epoch => epoch.Test is not null)?.Test;

    /// <summary>The statistics of the result, or of the last epoch that has some.</summary>
    public RecordedStatistics? Statistics =>
        Result?.Statistics ?? Epochs.LastOrDefault(epoch => epoch.Statistics is not null)?.Statistics;

    /// <summary>Training accuracy of every class in percent at the end; null where not known.</summary>
    public IReadOnlyList<double?>? TrainPerClass => Statistics?.TrainPerClass ?? Result?.TrainPerClass;

    /// <summary>The classes in order of their training images, most first; equal ones in label order.</summary>
    public IReadOnlyList<int> BySize =>
        [.. Enumerable.Range(0, Classes.Count).OrderByDescending(c => ClassCounts[c]).ThenBy(c => c)];

    /// <summary>Reads a run folder.</summary>
    /// <exception cref="CounterpoiseException">It is no run folder, or a file in it is damaged: the message names file, line and key.</exception>
    public static RunHistory Read(string folder)
    {
        using RunFolder run = RunFolder.Open(folder, write: false);
        var description = new JsonFields(run.Description, Path.Combine(folder, RunDescription.DescriptionFile));
        IReadOnlyList<string> classes = description.Required(description.Texts("classes"), "classes");
        IReadOnlyList<int> counts = description.Required(description.Counts("class_counts"), "class_counts");
        if (counts.Count != classes.Count)
        {
            throw description.Wrong(
                "class_counts",
                $"{classes.Count} numbers, one a class,",
                $"a list of {counts.Count}"
            );
        }

        string metrics = Path.Combine(folder, "metrics.jsonl");
        string result = Path.Combine(folder, "result.json");
        return new RunHistory
        {
            Folder = folder,
            Recipe = RecipeText.Parse(run.Recipe, Path.Combine(folder, RunDescription.RecipeFile)),
            RecipeToml = run.Recipe,
            Classes = classes,
            ClassCounts = counts,
            Origin = RunOrigin.Read(description),
            Epochs =
            [
                .. run.ReadMetrics()
                    .Select(
                        (line, i) => RunEpoch.Read(new JsonFields(line, $"{metrics}: line {i + 1}"), classes.Count)
                    ),
            ],
            Result = run.Result is JsonObject last
                ? RunEpoch.ReadResult(new JsonFields(last, result), classes.Count)
                : null,
        };
    }
}
