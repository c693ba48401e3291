using System.Globalization;
using System.Text.Json;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
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

    /// <summary>The description of a run's classifier.</summary>
    /// <param name="folder">The run, finished or not.</param>
    /// <exception cref="CounterpoiseException">The run's description lacks something.</exception>
    internal static ClassifierDescription Of(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice);
        Recipe recipe = run.Recipe;
        IReadOnlyList<int> counts = TrainingPlan.ClassCountsOf(folder);
        return new ClassifierDescription(
            TrainingPlan.ClassesOf(folder),
            new ImagePreparation(run.OpenOptions.Reading, TrainingPlan.NormalisationOf(folder)),
            counts,
            ImpliedPrior.Of(recipe, counts),
            recipe.Model,
            recipe.MethodNames
        );
    }

    /// <summary>The description as texts by key.</summary>
    internal IReadOnlyDictionary<string, string> ToMetadata()
    {
        ImageReading reading = Images.Reading;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = reading.IsFirst ? FirstFormat : Format,
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
        if (!reading.IsFirst)
        {
            metadata[BackgroundKey] = $"{reading.Background}";
            metadata[RangeKey] = reading.Range == PixelRange.Full ? "full" : "file";
            metadata[DecodingKey] = reading.Rules.ToString(CultureInfo.InvariantCulture);
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
            format is FirstFormat or Format,
            $"its metadata has '{FormatKey}' {Shown(format)}, expected {FirstFormat} or {Format}"
        );
        string[] classes = Json<string>(metadata, ClassesKey);
        Require(classes.Length > 0 && !classes.Contains(null), $"its metadata names no '{ClassesKey}'");
        int size = Whole(metadata, SizeKey, 8, LargestSize);
        var geometry = new ImageGeometry(
            size,
            Whole(metadata, ResizeKey, size, LargestResize),
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
        );
        return new ClassifierDescription(
            classes,
            images,
            Numbers<int>(metadata, CountsKey, classes.Length, count => count >= 0),
            Numbers<double>(metadata, PriorKey, classes.Length, value => value is >= 0 and <= 1),
            Text(metadata, NetworkKey),
            Text(metadata, MethodsKey)
        );
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
    private static string Shown(string text)
    {
        const int most = 20;
        string line = text.ReplaceLineEndings(" ");
        return line.Length > most ? $"'{line[..most]}...'" : $"'{line}'";
    }
}
