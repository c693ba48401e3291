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
    /// <summary>Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</summary>
    public int? KeepEvery { get; init; }

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
        try
        {
            // By value: a recipe written before a setting existed has that setting's default.
            Recipe existing = Of(folder).Recipe;
            string? difference =
                Difference(existing, RecipeText.Parse(toml, path)) is { } other ? $"another recipe ({other})"
                : Described<string>(folder, "fingerprint") != data.Fingerprint ? "other data"
                : null;
            return difference is null
                ? folder
                : throw new CounterpoiseException(
                    $"{path} holds a run of {difference}; choose another --output or remove it."
                );
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Reads back what an existing run was started with.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="threads">Compute with another number of threads; null for as many as before.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>; null for the one before.</param>
    /// <exception cref="CounterpoiseException">The run's description lacks something.</exception>
    /// <exception cref="UsageException">The device is not there, or the threads are not positive.</exception>
    public static RunSpecification Of(RunFolder folder, int? threads = null, string? device = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new RunSpecification(
            RecipeText.Parse(folder.Recipe, Path.Combine(folder.Path, "recipe.toml")),
            Described<string>(folder, "data"),
            Described<bool>(folder, "skip_unreadable"),
            Execution.Resolve(
                threads ?? Described<int>(folder, "threads"),
                device ?? Described<string>(folder, "device"),
                Enum.TryParse(Described<string>(folder, "precision"), ignoreCase: true, out Precision precision)
                    ? precision
                    : throw Lacking(folder, "precision")
            )
        )
        {
            KeepEvery = folder.Description["keep_every"] is null ? null : Described<int>(folder, "keep_every"),
        };
    }

    /// <summary>Checks that data is still what an existing run was started with.</summary>
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
        new(List<float>(folder, "mean"), List<float>(folder, "std"));

    /// <summary>The number of training examples of every class of a run.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks it.</exception>
    public static IReadOnlyList<int> ClassCountsOf(RunFolder folder) => List<int>(folder, "class_counts");

    /// <summary>The class names of a run, in the order of its logits.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks them.</exception>
    public static IReadOnlyList<string> ClassesOf(RunFolder folder) => List<string>(folder, "classes");

    /// <summary>The first keys in which two recipes differ, for an error message; null where they are equal.</summary>
    internal static string? Difference(Recipe existing, Recipe wanted)
    {
        const int named = 3;
        if (existing == wanted)
        {
            return null;
        }

        if (existing.MethodNames != wanted.MethodNames)
        {
            return $"{existing.MethodNames} there, {wanted.MethodNames} here";
        }

        var values = RecipeText.Describe(existing).ToDictionary(setting => setting.Key, setting => setting.Value);
        string[] keys =
        [
            .. RecipeText
                .Describe(wanted)
                .Where(setting => values.TryGetValue(setting.Key, out string? value) && value != setting.Value)
                .Select(setting => $"{setting.Key} {values[setting.Key]} there, {setting.Value} here"),
        ];
        return string.Join("; ", keys.Take(named)) + (keys.Length > named ? "; ..." : "");
    }

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
            ["keep_every"] = KeepEvery,
            ["machine"] =
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
            ["version"] = typeof(Trainer)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion,
        };

    private static IReadOnlyList<T> List<T>(RunFolder folder, string key)
    {
        try
        {
            return [.. folder.Description[key]!.AsArray().Select(item => item!.GetValue<T>())];
        }
        catch (Exception error) when (error is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw Lacking(folder, key);
        }
    }

    private static T Described<T>(RunFolder folder, string key) =>
        folder.Description[key] is JsonValue value && value.TryGetValue(out T? result)
            ? result
            : throw Lacking(folder, key);

    private static CounterpoiseException Lacking(RunFolder folder, string key) =>
        new(
            $"{Path.Combine(folder.Path, "run.json")} lacks a valid '{key}'; the run cannot be used further, train again."
        );
}
