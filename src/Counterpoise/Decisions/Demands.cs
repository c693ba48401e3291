using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>What is demanded of a decision. Shares are from 0 to 1.</summary>
internal sealed record Demands
{
    /// <summary>Alarms: the share of each class's images that must be found, by label.</summary>
    internal IReadOnlyDictionary<int, double> Recall { get; init; } = new Dictionary<int, double>();

    /// <summary>Alarms: false ones of each class among a thousand images, at most, by label.</summary>
    internal IReadOnlyDictionary<int, double> FalseAlarms { get; init; } = new Dictionary<int, double>();

    /// <summary>Labels: what deciding for a class [C] costs where another is true, [C] of [C] by the true one; null for none.</summary>
    internal IReadOnlyList<IReadOnlyList<double>>? Costs { get; init; }

    /// <summary>Labels: the metric that is to be largest; null for none.</summary>
    internal DecisionMetric? Best { get; init; }

    /// <summary>Labels: the share of images that may be left to people; null for none.</summary>
    internal double? Rejected { get; init; }

    /// <summary>Labels: the share of those decided that may be wrong; null for any.</summary>
    internal double? Risk { get; init; }

    /// <summary>How sure each must be met on images to come, such as 0.95; null for on average.</summary>
    internal double? Confidence { get; init; } = 0.95;

    /// <summary>Whether alarms are demanded.</summary>
    internal bool AreAlarms => Recall.Count + FalseAlarms.Count > 0;

    /// <summary>In words.</summary>
    internal string Describe(IReadOnlyList<string> classes)
    {
        string sure = Confidence is { } confidence ? $", {100 * confidence:0.##} % sure" : ", on average";
        string[] parts =
        [
            .. Recall.Select(of => $"recall of {classes[of.Key]} at least {100 * of.Value:0.##} %{sure}"),
            .. FalseAlarms.Select(of =>
                $"false alarms of {classes[of.Key]} at most {of.Value:0.##} in a thousand images{sure}"
            ),
            .. Costs is null ? [] : new[] { "least expected cost" },
            .. Best is null ? [] : new[] { $"best {Best.Title}" },
            .. Rejected is { } left ? new[] { $"at most {100 * left:0.##} % of images left to people" } : [],
            .. Risk is { } risk ? new[] { $"at most {100 * risk:0.##} % of decisions wrong{sure}" } : [],
        ];
        return parts.Length > 0 ? string.Join("; ", parts) : "the most probable class";
    }
}
