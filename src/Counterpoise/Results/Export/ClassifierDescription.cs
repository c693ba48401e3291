using System.Globalization;
using System.Text;
using System.Text.Json;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Files;
using Counterpoise.Decisions;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using static Counterpoise.Basics.FormatRequirement;

namespace Counterpoise.Results.Export;

/// <summary>
/// What must be known of a trained classifier beside its parameters: it goes with them as the metadata of ONNX and
/// safetensors files.
/// </summary>
public sealed record ClassifierDescription
{
    private const string FormatKey = "counterpoise_format";
    private const string Format = "2";

    // What is resized once more, which older versions would not do.
    private const string ResizedFormat = "3";

    // What comes with a decision, which older versions would leave out.
    private const string DecidedFormat = "4";

    // What older versions read, too.
    private const string FirstFormat = "1";
    private const string ClassesKey = "classes";
    private const string SizeKey = "image_size";
    private const string ResizeKey = "resize";
    private const string RuleKey = "resize_rule";
    private const string BackgroundKey = "background";
    private const string RangeKey = "range";
    private const string DecodingKey = "decoding";
    private const string MeanKey = "mean";
    private const string StdKey = "std";
    private const string CountsKey = "class_counts";
    private const string PriorKey = "prior";
    private const string NetworkKey = "network";
    private const string MethodsKey = "methods";
    internal const string FeaturesKey = "features";
    private const string FeaturesIdentityKey = "features_identity";
    private const string DecisionKey = "decision";
    private const string StoredKey = "stored_size";
    private const int LargestSize = 1024;
    private const int LargestResize = 4096;

    internal ClassifierDescription(
        IReadOnlyList<string> classes,
        ImagePreparation images,
        IReadOnlyList<int> classCounts,
        IReadOnlyList<double> prior,
        string network,
        string methods
    )
    {
        Classes = classes;
        Images = images;
        ClassCounts = classCounts;
        Prior = prior;
        Network = network;
        Methods = methods;
    }

    /// <summary>The class names, in the order of the logits.</summary>
    public IReadOnlyList<string> Classes { get; internal init; }

    /// <summary>How an image file becomes the network's input.</summary>
    internal ImagePreparation Images { get; init; }

    /// <summary>The number of training examples of every class.</summary>
    public IReadOnlyList<int> ClassCounts { get; internal init; }

    /// <summary>The class frequencies that its probabilities take for granted, which depend on the method; they sum to 1.</summary>
    public IReadOnlyList<double> Prior { get; internal init; }

    /// <summary>The network's name.</summary>
    public string Network { get; internal init; }

    /// <summary>The methods it was trained with, such as <c>mfw+drw</c>.</summary>
    public string Methods { get; internal init; }

    /// <summary>The frozen network whose features are classified, as people know it, and its <see cref="FrozenNetwork.Identity"/>; null for none.</summary>
    internal (string Name, string Identity)? Features { get; init; }

    /// <summary>What follows from its probabilities; null where nothing was decided.</summary>
    internal Decision? Decision { get; init; }

    /// <summary>The description of a run's classifier.</summary>
    /// <param name="folder">The run, finished or not.</param>
    /// <param name="frozen">The frozen network that belongs to it; null where there is none, or without it.</param>
    /// <exception cref="CounterpoiseException">The run's description lacks something.</exception>
    internal static ClassifierDescription Of(RunFolder folder, FrozenNetwork? frozen = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice);
        Recipe recipe = run.Recipe;
        IReadOnlyList<int> counts = TrainingPlan.ClassCountsOf(folder);
        Normalisation normalisation = frozen is null
            ? TrainingPlan.NormalisationOf(folder)
            : new Normalisation(frozen.Preparation.Mean, frozen.Preparation.Std);
        return new ClassifierDescription(
            TrainingPlan.ClassesOf(folder),
            new ImagePreparation(run.OpenOptions.Reading, normalisation)
            {
                ResizedTo = run.OwnSize is null ? null : recipe.Data.ImageSize,
            },
            counts,
            ImpliedPrior.Of(recipe, counts),
            recipe.Model,
            recipe.MethodNames
        )
        {
            Features = frozen is null ? null : (Path.GetFileName(frozen.Name), frozen.Identity),
            Decision = DecisionFile.Read(folder),
        };
    }

    /// <summary>The description as texts by key.</summary>
    internal IReadOnlyDictionary<string, string> ToMetadata()
    {
        ImageReading reading = Images.Reading;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] =
                Decision is not null ? DecidedFormat
                : Images.ResizedTo is not null ? ResizedFormat
                : reading.IsFirst ? FirstFormat
                : Format,
            [ClassesKey] = JsonSerializer.Serialize(Classes),
            [SizeKey] = Images.Size.ToString(CultureInfo.InvariantCulture),
            [ResizeKey] = reading.Geometry.Resize.ToString(CultureInfo.InvariantCulture),
            [RuleKey] = reading.Geometry.Rule == ResizeRule.Square ? "square" : "shorter_side",
            [MeanKey] = JsonSerializer.Serialize(Images.Normalisation.Mean),
            [StdKey] = JsonSerializer.Serialize(Images.Normalisation.Std),
            [CountsKey] = JsonSerializer.Serialize(ClassCounts),
            [PriorKey] = JsonSerializer.Serialize(Prior),
            [NetworkKey] = Network,
            [MethodsKey] = Methods,
        };
        if (metadata[FormatKey] != FirstFormat)
        {
            metadata[BackgroundKey] = $"{reading.Background}";
            metadata[RangeKey] = reading.Range == PixelRange.Full ? "full" : "file";
            metadata[DecodingKey] = reading.Rules.ToString(CultureInfo.InvariantCulture);
        }

        if (Images.ResizedTo is not null)
        {
            metadata[StoredKey] = reading.Geometry.Size.ToString(CultureInfo.InvariantCulture);
        }

        if (Features is var (name, identity))
        {
            metadata[FeaturesKey] = name;
            metadata[FeaturesIdentityKey] = identity;
        }

        if (Decision is not null)
        {
            metadata[DecisionKey] = Decision.ToJson().ToJsonString();
        }

        return metadata;
    }

    /// <summary>Reads a description back.</summary>
    /// <param name="metadata">Texts by key.</param>
    /// <exception cref="FormatException">Something is missing or wrong; the message says what.</exception>
    internal static ClassifierDescription Read(IReadOnlyDictionary<string, string> metadata)
    {
        string format = Text(metadata, FormatKey);
        Require(
            format is FirstFormat or Format or ResizedFormat or DecidedFormat,
            $"its metadata has '{FormatKey}' {Shown(format)}, expected {FirstFormat} to {DecidedFormat}"
        );
        string[] classes = Json<string>(metadata, ClassesKey);
        Require(classes.Length > 0 && !classes.Contains(null), $"its metadata names no '{ClassesKey}'");
        int size = Whole(metadata, SizeKey, 8, LargestSize);
        bool isResized = format == ResizedFormat || (format == DecidedFormat && metadata.ContainsKey(StoredKey));
        int stored = isResized ? Whole(metadata, StoredKey, 8, LargestSize) : size;
        var geometry = new ImageGeometry(
            stored,
            Whole(metadata, ResizeKey, stored, LargestResize),
            Choice(metadata, RuleKey, ("square", ResizeRule.Square), ("shorter_side", ResizeRule.ShorterSide))
        );
        var images = new ImagePreparation(
            format == FirstFormat
                ? new ImageReading(geometry) { Rules = DecodingRules.First }
                : new ImageReading(geometry)
                {
                    Background = Colour(metadata),
                    Range = Choice(metadata, RangeKey, ("full", PixelRange.Full), ("file", PixelRange.File)),
                    Rules = Whole(metadata, DecodingKey, DecodingRules.First, DecodingRules.Newest),
                },
            new Normalisation(
                Numbers<float>(metadata, MeanKey, 3, float.IsFinite),
                Numbers<float>(metadata, StdKey, 3, value => float.IsFinite(value) && value > 0)
            )
        )
        {
            ResizedTo = isResized ? size : null,
        };
        return new ClassifierDescription(
            classes,
            images,
            Numbers<int>(metadata, CountsKey, classes.Length, count => count >= 0),
            Numbers<double>(metadata, PriorKey, classes.Length, value => value is >= 0 and <= 1),
            Text(metadata, NetworkKey),
            Text(metadata, MethodsKey)
        )
        {
            Features = metadata.TryGetValue(FeaturesKey, out string? name)
                ? (name, Text(metadata, FeaturesIdentityKey))
                : null,
            Decision = metadata.TryGetValue(DecisionKey, out string? decision)
                ? Decided(decision, classes.Length)
                : null,
        };
    }

    private static Decision Decided(string json, int classes)
    {
        try
        {
            return Decision.Read(
                JsonFormat.Parse(Encoding.UTF8.GetBytes(json)),
                classes,
                $"its metadata's '{DecisionKey}'"
            );
        }
        catch (JsonException failure)
        {
            throw new FormatException(
                $"its metadata has '{DecisionKey}' that is not the JSON object expected",
                failure
            );
        }
        catch (CounterpoiseException failure)
        {
            throw new FormatException(failure.Message.TrimEnd('.'), failure);
        }
    }

    private static string Text(IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out string? text)
            ? text
            : throw new FormatException($"its metadata lacks '{key}', which classifiers of counterpoise have");

    private static T Choice<T>(
        IReadOnlyDictionary<string, string> metadata,
        string key,
        (string Name, T Value) first,
        (string Name, T Value) second
    )
    {
        string text = Text(metadata, key);
        return text == first.Name ? first.Value
            : text == second.Name ? second.Value
            : throw new FormatException(
                $"its metadata has '{key}' {Shown(text)}, expected {first.Name} or {second.Name}"
            );
    }

    private static BackgroundColour Colour(IReadOnlyDictionary<string, string> metadata)
    {
        string text = Text(metadata, BackgroundKey);
        try
        {
            return BackgroundColour.Parse(text);
        }
        catch (UsageException failure)
        {
            throw new FormatException(
                $"its metadata has '{BackgroundKey}' {Shown(text)}, expected black, white or #rrggbb",
                failure
            );
        }
    }

    private static int Whole(IReadOnlyDictionary<string, string> metadata, string key, int least, int most)
    {
        string text = Text(metadata, key);
        Require(
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                && value >= least
                && value <= most,
            $"its metadata has '{key}' {Shown(text)}, expected {least} to {most}"
        );
        return value;
    }

    private static T[] Numbers<T>(
        IReadOnlyDictionary<string, string> metadata,
        string key,
        int count,
        Predicate<T> fits
    )
    {
        T[] numbers = Json<T>(metadata, key);
        Require(
            numbers.Length == count && Array.TrueForAll(numbers, fits),
            $"its metadata has other '{key}' than {count} numbers that make sense"
        );
        return numbers;
    }

    private static T[] Json<T>(IReadOnlyDictionary<string, string> metadata, string key)
    {
        try
        {
            return JsonSerializer.Deserialize<T[]>(Text(metadata, key)) ?? [];
        }
        catch (JsonException failure)
        {
            throw new FormatException($"its metadata has '{key}' that is not the JSON list expected", failure);
        }
    }

    /// <summary>A text that may be of any length, for a message of one line.</summary>
    internal static string Shown(string text)
    {
        const int most = 20;
        string line = text.ReplaceLineEndings(" ");
        return line.Length > most ? $"'{line[..most]}...'" : $"'{line}'";
    }
}
