using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Decisions;

/// <summary>
/// What follows from a classifier's probabilities: the class of an image, or alarms of which an image may raise none or
/// several. It is kept in a run folder and goes along with an exported classifier.
/// </summary>
internal sealed record Decision
{
    private const int Format = 1;
    private const string AlarmKind = "alarm";
    private const string LabelKind = "label";
    private const string Advice = "run 'counterpoise decide' again, or remove the file";

    /// <summary>What makes probabilities agree with shares of images.</summary>
    internal required ProbabilityMap Probabilities { get; init; }

    /// <summary>Alarms: from which probability of each class on, [C]; null for classes that raise none, and as a whole where labels are decided.</summary>
    internal IReadOnlyList<double?>? Thresholds { get; init; }

    /// <summary>Labels: the class with the largest probability times its weight, [C]; null where all are alike.</summary>
    internal IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Labels: what deciding for a class [C] costs where another is true, [C] of [C] by the true one; the least expected cost is decided for. Null where weights decide.</summary>
    internal IReadOnlyList<IReadOnlyList<double>>? Costs { get; init; }

    /// <summary>Labels: images whose class is less probable are left to people, 0 to 1; null where all are decided.</summary>
    internal double? LeastConfidence { get; init; }

    /// <summary>What was demanded, for people.</summary>
    internal required string Demand { get; init; }

    /// <summary>What it was chosen on, for people.</summary>
    internal required string Basis { get; init; }

    /// <summary>Whether alarms are raised.</summary>
    internal bool RaisesAlarms => Thresholds is not null;

    /// <summary>Decides on one image.</summary>
    /// <param name="probabilities">What the classifier says, [C].</param>
    internal Decided Of(ReadOnlySpan<float> probabilities)
    {
        double[] calibrated = Probabilities.Of(probabilities);
        if (Thresholds is not null)
        {
            return new Decided(calibrated, Label: null)
            {
                Alarms =
                [
                    .. Enumerable
                        .Range(0, calibrated.Length)
                        .Where(c => Thresholds[c] is { } least && calibrated[c] >= least),
                ],
            };
        }

        int label = Label(calibrated);
        return new Decided(calibrated, LeastConfidence is { } least && calibrated[label] < least ? null : label);
    }

    private int Label(double[] calibrated)
    {
        int best = 0;
        double least = double.PositiveInfinity;
        for (int c = 0; c < calibrated.Length; c++)
        {
            double cost = Costs is null
                ? -calibrated[c] * (Weights?[c] ?? 1)
                : calibrated.Select((p, k) => p * Costs[k][c]).Sum();
            (best, least) = cost < least ? (c, cost) : (best, least);
        }

        return best;
    }

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["format"] = Format,
            ["kind"] = RaisesAlarms ? AlarmKind : LabelKind,
            ["demand"] = Demand,
            ["basis"] = Basis,
            ["scales"] = List(Probabilities.Scales),
            ["biases"] = List(Probabilities.Biases),
            ["implied"] = List(Probabilities.Implied),
        };
        Add("prior", Probabilities.Prior is { } prior ? List(prior) : null);
        Add(
            "thresholds",
            Thresholds is { } levels ? new JsonArray([.. levels.Select(level => (JsonNode?)level)]) : null
        );
        Add("weights", Weights is { } weights ? List(weights) : null);
        Add("costs", Costs is { } costs ? new JsonArray([.. costs.Select(row => (JsonNode)List(row))]) : null);
        Add("least_confidence", LeastConfidence);
        return json;

        void Add(string key, JsonNode? value)
        {
            if (value is not null)
            {
                json[key] = value;
            }
        }

        static JsonArray List(IReadOnlyList<double> numbers) => [.. numbers.Select(number => (JsonNode?)number)];
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The object.</param>
    /// <param name="classes">C.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <exception cref="CounterpoiseException">Something is missing, or makes no sense.</exception>
    internal static Decision Read(JsonObject json, int classes, string place)
    {
        var fields = new JsonFields(json, place, Advice);
        if (fields.Count("format") != Format)
        {
            throw fields.Wrong("format", $"{Format}; a newer version may have written it");
        }

        string kind = fields.Text("kind") ?? "";
        bool isAlarm = kind is AlarmKind or LabelKind
            ? kind == AlarmKind
            : throw fields.Wrong("kind", $"{AlarmKind} or {LabelKind}");
        return new Decision
        {
            Demand = fields.Text("demand") ?? "",
            Basis = fields.Text("basis") ?? "",
            Probabilities = new ProbabilityMap(
                Numbers("scales", least: 0),
                Numbers("biases", least: double.MinValue),
                Numbers("implied", least: double.Epsilon),
                json.ContainsKey("prior") ? Numbers("prior", least: 0) : null
            ),
            Thresholds = isAlarm ? fields.Required(fields.Numbers("thresholds", classes), "thresholds") : null,
            Weights = json.ContainsKey("weights") ? Numbers("weights", least: 0) : null,
            Costs = json["costs"] is JsonArray rows
                ? rows.Count == classes
                    ? [.. rows.Select((_, row) => Row(rows, row))]
                    : throw fields.Wrong("costs", $"{classes} rows")
                : null,
            LeastConfidence = fields.Number("least_confidence"),
        };

        double[] Numbers(string key, double least)
        {
            IReadOnlyList<double?> numbers = fields.Required(fields.Numbers(key, classes), key);
            return numbers.All(number => number is { } value && double.IsFinite(value) && value >= least)
                ? [.. numbers.Select(number => number!.Value)]
                : throw fields.Wrong(key, $"{classes} finite numbers of at least {least}");
        }

        IReadOnlyList<double> Row(JsonArray rows, int row)
        {
            var one = new JsonFields(new JsonObject { ["costs"] = rows[row]?.DeepClone() }, place, Advice);
            IReadOnlyList<double?> numbers = one.Required(one.Numbers("costs", classes), "costs");
            return numbers.All(number => number is { } value && double.IsFinite(value))
                ? [.. numbers.Select(number => number!.Value)]
                : throw fields.Wrong("costs", "finite numbers");
        }
    }
}

/// <summary>What was decided on one image.</summary>
/// <param name="Probabilities">[C]: calibrated, and moved to the frequencies where they are used.</param>
/// <param name="Label">The class; null where alarms are raised instead, and where it is left to people.</param>
internal sealed record Decided(double[] Probabilities, int? Label)
{
    /// <summary>The classes that raise an alarm, by label.</summary>
    internal IReadOnlyList<int> Alarms { get; init; } = [];
}
