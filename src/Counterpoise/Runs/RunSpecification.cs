using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;

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
    /// <summary>The usual interval of statistics, in epochs: often enough for curves, and a few percent of the training time.</summary>
    public const int UsualStatisticsEvery = 10;

    private const string PretrainedKey = "pretrained_sha256";

    /// <summary>The folder that the paths of lists start from, or null.</summary>
    public string? ImageRoot { get; init; }

    /// <summary>The list that is tested on, or null for the one beside the data.</summary>
    public string? TestData { get; init; }

    /// <summary>Where the pixels of image files are kept; it is not part of what the run is.</summary>
    public ImageStore Store { get; init; }

    /// <summary>Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</summary>
    public int? KeepEvery { get; init; }

    /// <summary>Take the statistics of all classes every so many epochs; 0 for never.</summary>
    public int StatisticsEvery { get; init; } = UsualStatisticsEvery;

    /// <summary>How the data is opened for this run.</summary>
    public OpenOptions OpenOptions =>
        new()
        {
            ImageSize = Recipe.Data.ImageSize,
            Resize = Recipe.Data.Resize,
            ResizeRule = Recipe.Data.ResizeRule,
            Store = Store,
            ImageRoot = ImageRoot,
            TestData = TestData,
            Tiered = Recipe.Data.Tiered,
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
        var known = Vocabulary.Of(Recipe);
        if (!File.Exists(Path.Combine(path, "run.json")))
        {
            return RunFolder.Create(path, toml, Describe(data, command), known);
        }

        RunFolder folder = RunFolder.Open(path, write: true, known);
        try
        {
            // By value: a recipe written before a setting existed has that setting's default.
            Recipe existing = Of(folder).Recipe;
            string? difference =
                Difference(existing, RecipeText.Parse(toml, path, known)) is { } other ? $"another recipe ({other})"
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
    /// <param name="changes">What is told anew. Threads that are not are as many as before, or one a processor where the number of ranks is another one.</param>
    /// <exception cref="CounterpoiseException">The run's description lacks something.</exception>
    /// <exception cref="UsageException">The device is not there, or the threads are not positive.</exception>
    public static RunSpecification Of(RunFolder folder, RunChanges? changes = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        changes ??= new RunChanges();
        return new RunSpecification(
            RecipeText.Parse(folder.Recipe, Path.Combine(folder.Path, "recipe.toml"), folder.Known),
            changes.Source ?? Described<string>(folder, "data"),
            Described<bool>(folder, "skip_unreadable"),
            Execution.Resolve(
                changes.Threads ?? (RanksOf(folder) == RankLaunch.Count ? Described<int>(folder, "threads") : null),
                changes.Device ?? Described<string>(folder, "device"),
                Enum.TryParse(Described<string>(folder, "precision"), ignoreCase: true, out Precision precision)
                    ? precision
                    : throw Lacking(folder, "precision")
            )
        )
        {
            KeepEvery =
                changes.KeepEvery
                ?? (folder.Description["keep_every"] is null ? null : Described<int>(folder, "keep_every")),
            StatisticsEvery =
                changes.StatisticsEvery
                ?? (folder.Description["statistics_every"] is null ? 0 : Described<int>(folder, "statistics_every")),
            ImageRoot =
                changes.ImageRoot
                ?? (folder.Description["image_root"] is null ? null : Described<string>(folder, "image_root")),
            TestData =
                changes.TestData
                ?? (folder.Description["test_data"] is null ? null : Described<string>(folder, "test_data")),
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

    /// <summary>Checks that the file a run starts from is still the one it was created with.</summary>
    /// <exception cref="CounterpoiseException">Its content has changed.</exception>
    internal static void RequireSamePretrained(RunFolder folder, string file)
    {
        string? digest = folder.Description[PretrainedKey]?.GetValue<string>();
        if (digest is not null && digest != DigestOf(file))
        {
            throw new CounterpoiseException(
                $"{file} is not what {folder.Path} was started with: its content has changed; start a new run."
            );
        }
    }

    /// <summary>The ranks that a run was started with; runs that do not say had one.</summary>
    private static int RanksOf(RunFolder folder) =>
        folder.Description["ranks"] is null ? 1 : Described<int>(folder, "ranks");

    private static string DigestOf(string file)
    {
        try
        {
            using FileStream content = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(file, failure);
        }
    }

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
            ["image_root"] = ImageRoot is null ? null : Path.GetFullPath(ImageRoot),
            ["test_data"] = TestData is null ? null : Path.GetFullPath(TestData),
            ["data_name"] = data.Name,
            ["skip_unreadable"] = SkipUnreadable,
            ["fingerprint"] = data.Fingerprint,
            [PretrainedKey] = Recipe.Pretrained.Length == 0 ? null : DigestOf(Recipe.Pretrained),
            ["classes"] = new JsonArray([.. data.Train.Classes.Select(name => (JsonNode?)name)]),
            ["class_counts"] = new JsonArray([.. data.ClassCounts.Select(count => (JsonNode?)count)]),
            ["mean"] = new JsonArray([.. data.Normalisation.Mean.Select(value => (JsonNode?)value)]),
            ["std"] = new JsonArray([.. data.Normalisation.Std.Select(value => (JsonNode?)value)]),
            ["threads"] = Execution.Threads,
            ["ranks"] = RankLaunch.Count,
            ["device"] = Execution.Device,
            ["precision"] = Execution.Precision.ToString().ToLowerInvariant(),
            ["keep_every"] = KeepEvery,
            ["statistics_every"] = StatisticsEvery,
            ["machine"] =
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
            ["version"] = typeof(RunSpecification)
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
