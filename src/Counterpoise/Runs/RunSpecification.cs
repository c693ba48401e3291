using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Runs;

/// <summary>
/// What identifies a run and lets it be resumed or evaluated later: kept in the run folder as <c>recipe.toml</c> and
/// <c>run.json</c>.
/// </summary>
/// <param name="Recipe">The resolved recipe.</param>
/// <param name="Source">What the data was opened by: <c>synthetic</c> or a path.</param>
/// <param name="SkipUnreadable">Whether unreadable images were left out.</param>
/// <param name="Execution">Where and how it computes.</param>
public sealed record RunSpecification(Recipe Recipe, string Source, bool SkipUnreadable, Execution Execution)
{
    /// <summary>How the data is opened for this run.</summary>
    public OpenOptions OpenOptions =>
        new()
        {
            ImageSize = Recipe.Data.ImageSize,
            Seed = Recipe.Data.Seed,
            SkipUnreadable = SkipUnreadable,
        };

    /// <summary>
    /// The folder to train into: a new one, or the existing one of the same recipe, data and format, finished or not.
    /// </summary>
    /// <param name="path">The run folder.</param>
    /// <param name="data">The prepared data.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <exception cref="CounterpoiseException">The folder holds something else.</exception>
    public RunFolder OpenOrCreate(string path, TrainingData data, string command)
    {
        ArgumentNullException.ThrowIfNull(data);
        string toml = RecipeText.Write(Recipe);
        if (!File.Exists(Path.Combine(path, "run.json")))
        {
            return RunFolder.Create(path, toml, Describe(data, command));
        }

        RunFolder folder = RunFolder.Open(path, write: true);
        if (folder.Recipe == toml && Described<string>(folder, "fingerprint") == data.Fingerprint)
        {
            return folder;
        }

        folder.Dispose();
        throw new CounterpoiseException(
            $"{path} holds a run of another recipe or other data; choose another --output or remove it."
        );
    }

    /// <summary>Reads back what an existing run was started with.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks something.</exception>
    public static RunSpecification Of(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new RunSpecification(
            RecipeText.Parse(folder.Recipe, Path.Combine(folder.Path, "recipe.toml")),
            Described<string>(folder, "data"),
            Described<bool>(folder, "skip_unreadable"),
            new Execution(
                Described<int>(folder, "threads"),
                Described<string>(folder, "device"),
                Enum.Parse<Precision>(Described<string>(folder, "precision"), ignoreCase: true)
            )
        );
    }

    /// <summary>Opens and prepares the data of an existing run, and checks that it is still the same.</summary>
    /// <exception cref="CounterpoiseException">The images, labels or class names have changed.</exception>
    public static TrainingData RequireSameData(RunFolder folder, TrainingData data, string source) =>
        Described<string>(folder, "fingerprint") == data.Fingerprint
            ? data
            : throw new CounterpoiseException(
                $"{source} is not the data of {folder.Path}: images, labels or class names differ; give the original with --data."
            );

    /// <summary>The normalisation that a run's network expects.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks it.</exception>
    public static Normalisation NormalisationOf(RunFolder folder) =>
        new(Numbers(folder, "mean"), Numbers(folder, "std"));

    /// <summary>The number of training examples of every class of a run.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks it.</exception>
    public static IReadOnlyList<int> ClassCountsOf(RunFolder folder) =>
        [.. Described<JsonArray>(folder, "class_counts").Select(count => count!.GetValue<int>())];

    /// <summary>The class names of a run, in the order of its logits.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks them.</exception>
    public static IReadOnlyList<string> ClassesOf(RunFolder folder) =>
        [.. Described<JsonArray>(folder, "classes").Select(name => name!.GetValue<string>())];

    private JsonObject Describe(TrainingData data, string command) =>
        new()
        {
            ["command"] = command,
            ["started"] = DateTimeOffset.Now.ToString("O"),
            ["data"] = Source == SyntheticImages.Name ? Source : Path.GetFullPath(Source),
            ["data_name"] = data.Name,
            ["skip_unreadable"] = SkipUnreadable,
            ["fingerprint"] = data.Fingerprint,
            ["classes"] = new JsonArray([.. data.Train.Classes.Select(name => (JsonNode?)name)]),
            ["class_counts"] = new JsonArray([.. data.ClassCounts.Select(count => (JsonNode?)count)]),
            ["mean"] = new JsonArray([.. data.Normalisation.Mean.Select(value => (JsonNode?)value)]),
            ["std"] = new JsonArray([.. data.Normalisation.Std.Select(value => (JsonNode?)value)]),
            ["threads"] = Execution.Threads,
            ["device"] = Execution.Device,
            ["precision"] = Execution.Precision.ToString().ToLowerInvariant(),
            ["machine"] =
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
            ["version"] = typeof(Trainer)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion,
        };

    private static IReadOnlyList<float> Numbers(RunFolder folder, string key) =>
        [.. Described<JsonArray>(folder, key).Select(number => number!.GetValue<float>())];

    private static T Described<T>(RunFolder folder, string key)
    {
        JsonNode? value = folder.Description[key];
        return value switch
        {
            T node => node,
            JsonValue scalar when scalar.TryGetValue(out T? result) => result,
            _ => throw new CounterpoiseException(
                $"{Path.Combine(folder.Path, "run.json")} lacks a valid '{key}'; the run cannot be used further, train again."
            ),
        };
    }
}
