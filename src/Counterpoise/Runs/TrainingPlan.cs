using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Runs;

/// <summary>
/// What identifies a run and lets it be resumed or evaluated later: kept in the run folder as <c>recipe.toml</c> and
/// <c>run.json</c>.
/// </summary>
/// <param name="Recipe">The resolved recipe.</param>
/// <param name="Source">What the data was opened by: <c>synthetic</c> or a path.</param>
/// <param name="SkipUnreadable">Whether unreadable images were left out.</param>
/// <param name="Execution">Where and how it computes.</param>
public sealed record TrainingPlan(Recipe Recipe, string Source, bool SkipUnreadable, Execution Execution)
{
    /// <summary>The usual interval of statistics, in epochs: often enough for curves, and a few percent of the training time.</summary>
    public const int UsualStatisticsEvery = 10;

    /// <summary>Which image files are used, and how their labels and parts are found.</summary>
    public ListingOptions Listing { get; init; } = new();

    /// <summary>Where the pixels of image files are kept; it is not part of what the run is.</summary>
    public ImageStore Store { get; init; }

    /// <summary>The version of the rules that image files are read by; null for the newest, or those of a packed file.</summary>
    internal int? Decoding { get; init; }

    /// <summary>Height and width of the images of a run on features whose set has a size of its own; null for others, and before it is known.</summary>
    internal int? OwnSize { get; init; }

    /// <summary>What tells the frozen network whose features a run was trained on from others; null for pixels, and before it is known.</summary>
    internal string? FeaturesIdentity { get; init; }

    /// <summary>Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</summary>
    public int? KeepEvery { get; init; }

    /// <summary>Take the statistics of all classes every so many epochs; 0 for never.</summary>
    public int StatisticsEvery { get; init; } = UsualStatisticsEvery;

    /// <summary>How the data is opened for this run.</summary>
    internal OpenOptions OpenOptions =>
        new()
        {
            ImageSize = OwnSize ?? Recipe.Data.ImageSize,
            TakesOwnSize = Recipe.Data.Features.Length > 0,
            Resize = OwnSize ?? Recipe.Data.Resize,
            ResizeRule = Recipe.Data.ResizeRule,
            Background = BackgroundColour.Parse(Recipe.Data.Background),
            Range = Recipe.Data.Range,
            Decoding = Decoding,
            Store = Recipe.Data.CropFrom == CropSource.Original && Store == ImageStore.Auto ? ImageStore.Stream : Store,
            Listing = Listing,
            Tiered = Recipe.Data.Tiered,
            Seed = Recipe.Data.Seed,
            SkipUnreadable = SkipUnreadable,
        };

    /// <summary>Refuses a device that could not even hold the network: parameters, gradients and momentum.</summary>
    /// <param name="free">Its free memory, in bytes.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="UsageException">It could not.</exception>
    internal void RequireMemory(long free, int classes)
    {
        using StagedNetwork network = Recipe.Network.Create(classes, new Draws(Recipe.Seed));
        long least = 3 * sizeof(float) * network.ParameterCount;
        if (free < least)
        {
            throw new UsageException(
                $"{Execution.Device} has {free / 1e6:F0} MB free, but {Recipe.Model} with its gradients and momentum takes {least / 1e6:F0} MB before the first image; "
                    + $"choose a smaller {Named("model")}, or {Named("device")} cpu."
            );
        }
    }

    /// <summary>
    /// The folder to train into: a new one, or the existing one of the same recipe, data and format, finished or not.
    /// </summary>
    /// <param name="path">The run folder.</param>
    /// <param name="data">The prepared data.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <exception cref="CounterpoiseException">The folder holds something else.</exception>
    internal RunFolder OpenOrCreate(string path, TrainingData data, string command)
    {
        ArgumentNullException.ThrowIfNull(data);
        string toml = RecipeText.Write(Recipe);
        var known = Vocabulary.Of(Recipe);
        if (!File.Exists(Path.Combine(path, RunFiles.Description)))
        {
            if (Execution.GpuIndex is not null)
            {
                RequireMemory(Execution.FreeMemory, data.Train.Classes.Count);
            }

            return RunFolder.Create(path, toml, Describe(data, command), known);
        }

        RunFolder folder = RunFolder.Open(path, write: true, known);
        try
        {
            // By value: a recipe written before a setting existed has that setting's default.
            Recipe existing = Of(folder).Recipe;
            RequireSameReading(folder, data.Reading);
            string? difference =
                Difference(existing, RecipeText.Parse(toml, path, known)) is { } other ? $"another recipe ({other})"
                : folder.Required(folder.Description.Fingerprint, "fingerprint") != data.Fingerprint ? "other data"
                : null;
            return difference is null
                ? folder
                : throw new CounterpoiseException(
                    $"{path} holds a run of {difference}; choose another {Named("output")} or remove it."
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
    internal static TrainingPlan Of(RunFolder folder, ResumeOptions? changes = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        RunDescription described = folder.Description;
        _ = folder.Required(described.Source, "data");
        _ = folder.Required(described.SkipUnreadable, "skip_unreadable");
        _ = folder.Required(described.Device, "device");
        if (described.Decoding is not (null or (>= DecodingRules.First and <= DecodingRules.Newest)))
        {
            throw new CounterpoiseException(
                $"{folder.Path} reads image files by decoding {described.Decoding}, and this version knows {DecodingRules.First} to {DecodingRules.Newest}; use {described.WrittenBy ?? "the version that wrote it"}."
            );
        }

        int? threads =
            (described.Ranks ?? 1) == RankLaunch.Count ? folder.Required(described.Threads, "threads") : null;
        return Of(
            RecipeText.Parse(folder.Recipe, Path.Combine(folder.Path, RunFiles.Recipe), folder.Known),
            described with
            {
                Threads = threads,
            },
            Enum.TryParse(described.Precision, ignoreCase: true, out Precision precision)
                ? precision
                : throw folder.Described.Wrong("precision", "fp32 or bf16"),
            changes
        );
    }

    /// <summary>The plan that a record describes.</summary>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="described">The record, with at least a source, a device and what happens to unreadable images.</param>
    /// <param name="precision">What is computed in.</param>
    /// <param name="changes">What is told anew; null for nothing.</param>
    /// <exception cref="UsageException">The device is not there, or the threads are not positive.</exception>
    internal static TrainingPlan Of(
        Recipe recipe,
        RunDescription described,
        Precision precision,
        ResumeOptions? changes = null
    ) =>
        new(
            recipe,
            changes?.Source ?? described.Source!,
            described.SkipUnreadable!.Value,
            Execution.Resolve(
                changes?.Threads ?? described.Threads,
                changes?.Device ?? described.Device!,
                precision
            ) with
            {
                IsDeterministic = described.Deterministic ?? false,
            }
        )
        {
            KeepEvery = changes?.KeepEvery ?? described.KeepEvery,
            StatisticsEvery = changes?.StatisticsEvery ?? described.StatisticsEvery ?? 0,
            Listing = described.Listing with
            {
                ImageRoot = changes?.ImageRoot ?? described.Listing.ImageRoot,
                TestData = changes?.TestData ?? described.Listing.TestData,
            },
            Decoding = described.Decoding ?? DecodingRules.First,
            OwnSize = described.OwnSize,
            FeaturesIdentity = described.FeaturesIdentity,
        };

    /// <summary>Checks that data is still what an existing run was started with.</summary>
    /// <exception cref="CounterpoiseException">The images, labels or class names have changed.</exception>
    internal static TrainingData RequireSameData(RunFolder folder, TrainingData data, string source) =>
        folder.Required(folder.Description.Fingerprint, "fingerprint") == data.Fingerprint
            ? data
            : throw new CounterpoiseException(
                $"{source} is not the data of {folder.Path}: images, labels or class names differ; give the original with {Named("data")}."
            );

    /// <summary>Checks that image files were read as an existing run reads them: one network never sees two readings.</summary>
    /// <exception cref="CounterpoiseException">They were not.</exception>
    private static void RequireSameReading(RunFolder folder, ImageReading? reading)
    {
        int rules = folder.Description.Decoding ?? DecodingRules.First;
        if (reading is not null && reading.Rules != rules)
        {
            throw new CounterpoiseException(
                $"{folder.Path} holds a run that reads image files by decoding {rules}, but these were read by decoding {reading.Rules}; "
                    + $"go on with it by 'counterpoise resume {folder.Path}', or choose another {Named("output")}."
            );
        }
    }

    /// <summary>Checks that the file a run starts from is still the one it was created with.</summary>
    /// <exception cref="CounterpoiseException">Its content has changed.</exception>
    internal static void RequireSamePretrained(RunFolder folder, string file)
    {
        if (folder.Description.PretrainedSha256 is { } digest && digest != DigestOf(file))
        {
            throw new CounterpoiseException(
                $"{file} is not what {folder.Path} was started with: its content has changed; start a new run."
            );
        }
    }

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
    internal static Normalisation NormalisationOf(RunFolder folder)
    {
        IReadOnlyList<float> mean = folder.Required(folder.Description.Mean, "mean");
        IReadOnlyList<float> std = folder.Required(folder.Description.Std, "std");
        bool isOfPixels = folder.Description.FeaturesIdentity is null && mean.Count == 3;
        return isOfPixels ? new Normalisation(mean, std) : new Normalisation(mean, std, Unit: 1);
    }

    /// <summary>The number of training examples of every class of a run.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks it.</exception>
    internal static IReadOnlyList<int> ClassCountsOf(RunFolder folder) =>
        folder.Required(folder.Description.ClassCounts, "class_counts");

    /// <summary>The class names of a run, in the order of its logits.</summary>
    /// <exception cref="CounterpoiseException">The run's description lacks them.</exception>
    internal static IReadOnlyList<string> ClassesOf(RunFolder folder) =>
        folder.Required(folder.Description.Classes, "classes");

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

    /// <summary>The record of this plan, without data and machine: what those of a run and of a study have in common.</summary>
    internal RunDescription Description =>
        new()
        {
            Source = Source == SyntheticImages.Name ? Source : Path.GetFullPath(Source),
            Listing = Listing.Whole,
            SkipUnreadable = SkipUnreadable,
            Threads = Execution.Threads,
            Device = Execution.Device,
            Deterministic = Execution.IsDeterministic,
            Precision = Execution.Precision.ToString().ToLowerInvariant(),
            KeepEvery = KeepEvery,
            StatisticsEvery = StatisticsEvery,
        };

    private RunDescription Describe(TrainingData data, string command) =>
        Description with
        {
            Command = command,
            Started = DateTimeOffset.Now.ToString("O"),
            DataName = data.Name,
            Decoding = data.Reading?.Rules ?? DecodingRules.Newest,
            Fingerprint = data.Fingerprint,
            PretrainedSha256 =
                Recipe.Pretrained.Length == 0 ? null : DigestOf(PublishedParameters.FileOf(Recipe.Pretrained)),
            FeaturesIdentity = data.FeaturesIdentity,
            OwnSize = data.OwnSize,
            Classes = data.Train.Classes,
            ClassCounts = data.ClassCounts,
            HeldOutCounts = data.HeldOut is null ? null : ClassCounts.Of(data.HeldOut),
            Mean = data.Normalisation.Mean,
            Std = data.Normalisation.Std,
            Ranks = RankLaunch.Count,
            Gpu = Execution.Gpu?.Name,
            Driver = Execution.Gpu is null ? null : CudaDriver.Present?.Version,
            Machine =
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
            Version = typeof(TrainingPlan)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion,
        };
}
