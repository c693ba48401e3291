using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>What a decision comes to on labelled images.</summary>
/// <param name="Classes">Of every class; null for one without images, or without an alarm where alarms are raised.</param>
/// <param name="Decided">The share of images that are decided, 0 to 1; 1 where alarms are raised.</param>
/// <param name="Wrong">The share of decided images whose label is wrong, 0 to 1; null where alarms are raised.</param>
internal sealed record DecisionOutcome(IReadOnlyList<ClassOutcome?> Classes, double Decided, double? Wrong)
{
    /// <summary>Tries a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="said">What its classifier says of images.</param>
    internal static DecisionOutcome Of(Decision decision, PredictedImages said)
    {
        Decided[] decided = [.. said.Images.Select(image => decision.Of(image.Probabilities))];
        int classes = said.Classes.Count;
        int[] labels = said.Labels;
        int[] images = Data.ClassCounts.Of(labels, classes);
        IReadOnlyList<double> q = decision.Probabilities.Frequencies;
        double share = Enumerable.Range(0, classes).Where(c => images[c] > 0).Sum(c => q[c]);
        int[] given = [.. Enumerable.Range(0, decided.Length).Where(i => decided[i].Label is not null)];
        return new DecisionOutcome(
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(c =>
                        images[c] == 0 || (decision.Thresholds is { } levels && levels[c] is null) ? null : OfClass(c)
                    ),
            ],
            decision.RaisesAlarms ? 1 : (double)given.Length / decided.Length,
            decision.RaisesAlarms || given.Length == 0
                ? null
                : (double)given.Count(i => decided[i].Label != labels[i]) / given.Length
        );

        ClassOutcome OfClass(int label)
        {
            int[] asIt = new int[classes];
            for (int i = 0; i < decided.Length; i++)
            {
                bool isIt = decision.RaisesAlarms ? decided[i].Alarms.Contains(label) : decided[i].Label == label;
                asIt[labels[i]] += isIt ? 1 : 0;
            }

            double right = q[label] * asIt[label] / images[label];
            double wrong = Enumerable
                .Range(0, classes)
                .Where(c => c != label && images[c] > 0)
                .Sum(c => q[c] * asIt[c] / images[c]);
            return new ClassOutcome(
                images[label],
                100.0 * asIt[label] / images[label],
                Interval.Wilson(asIt[label], images[label]).Times(100),
                right + wrong > 0 ? 100 * right / (right + wrong) : null,
                1000 * wrong / share
            );
        }
    }
}

/// <summary>What a decision comes to for a class, at the frequencies where it is used.</summary>
/// <param name="Images">Images of the class.</param>
/// <param name="Recall">Those that are found, in percent.</param>
/// <param name="RecallInterval">Where that lies, in percent.</param>
/// <param name="Precision">Of what is taken for the class, the share that is of it, in percent; null where nothing is.</param>
/// <param name="FalseAlarms">Images taken for it wrongly, in a thousand.</param>
internal sealed record ClassOutcome(
    int Images,
    double Recall,
    Interval RecallInterval,
    double? Precision,
    double FalseAlarms
);
