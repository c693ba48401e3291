using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>How often images of each class are predicted as each class.</summary>
/// <remarks>Only cells that are not zero are kept: of thousands of classes nearly all are.</remarks>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(int Label, int Predicted), int> cells;
    private readonly int[] images;
    private readonly int[] predictions;

    /// <summary>Counts predictions.</summary>
    /// <param name="predicted">The predicted class of every image.</param>
    /// <param name="labels">The true class of every image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="IndexOutOfRangeException">A label or a prediction is not 0 to <paramref name="classes"/> - 1.</exception>
    public ConfusionMatrix(IReadOnlyList<int> predicted, IReadOnlyList<int> labels, int classes)
        : this(Count(predicted, labels), classes) { }

    private ConfusionMatrix(Dictionary<(int Label, int Predicted), int> cells, int classes)
    {
        this.cells = cells;
        images = new int[classes];
        predictions = new int[classes];
        foreach (((int label, int predicted), int count) in cells)
        {
            images[label] += count;
            predictions[predicted] += count;
        }
    }

    /// <summary>The number of classes.</summary>
    public int Classes => images.Length;

    /// <summary>How many images of a class were predicted as another, or the same.</summary>
    public int this[int label, int predicted] => cells.GetValueOrDefault((label, predicted));

    /// <summary>The cells that are not zero, by label and prediction.</summary>
    public IEnumerable<(int Label, int Predicted, int Images)> Cells =>
        cells.OrderBy(cell => cell.Key).Select(cell => (cell.Key.Label, cell.Key.Predicted, cell.Value));

    /// <summary>The number of images of a class.</summary>
    public int Images(int label) => images[label];

    /// <summary>The number of images predicted as a class.</summary>
    public int Predictions(int predicted) => predictions[predicted];

    /// <summary>
    /// The classification ratio of every class (Ye, Zhan and Chao, ICCV 2021, equation 13): images predicted as it over
    /// images of it; null for a class without images. Below 1 a class is predicted too rarely.
    /// </summary>
    public IReadOnlyList<double?> ClassificationRatio =>
        [.. images.Zip(predictions, (of, predicted) => of == 0 ? null : (double?)predicted / of)];

    /// <summary>
    /// Agreement beyond chance of classes that are ordered, up to 1, where a mistake counts by the square of its distance
    /// (Cohen, Psychological Bulletin, 1968); 0 where chance would agree always.
    /// </summary>
    public double QuadraticKappa
    {
        get
        {
            double all = images.Sum();
            double found = cells.Sum(cell => Square(cell.Key.Label - cell.Key.Predicted) * cell.Value);

            // The mean square of differences of independent numbers, of their first and second moments.
            double chance = (
                Moment(images, 2) + Moment(predictions, 2) - (2 * Moment(images, 1) * Moment(predictions, 1) / all)
            );
            return chance == 0 ? 0 : 1 - (found / chance);

            static double Square(double number) => number * number;

            static double Moment(int[] counts, int power) =>
                counts.Index().Sum(count => Math.Pow(count.Index, power) * count.Item);
        }
    }

    /// <summary>The most frequent mistakes, most frequent first; of equally frequent ones, by label and prediction.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<Confusion> Top(int most) =>
        [
            .. Cells
                .Where(cell => cell.Label != cell.Predicted)
                .OrderByDescending(cell => cell.Images)
                .Take(most)
                .Select(cell => new Confusion(
                    cell.Label,
                    cell.Predicted,
                    cell.Images,
                    (double)cell.Images / images[cell.Label]
                )),
        ];

    /// <summary>[label, predicted, images] of every cell that is not zero.</summary>
    internal JsonArray ToJson() =>
        [.. Cells.Select(cell => (JsonNode)new JsonArray(cell.Label, cell.Predicted, cell.Images))];

    internal static ConfusionMatrix Read(JsonFields fields, string key, int classes)
    {
        var read = new Dictionary<(int, int), int>();
        foreach ((int label, int predicted, int count) in fields.Required(fields.Triples(key), key))
        {
            if (label >= classes || predicted >= classes || !read.TryAdd((label, predicted), count))
            {
                throw fields.Wrong(
                    key,
                    $"labels below {classes}, no pair twice",
                    $"a list with [{label}, {predicted}, {count}]"
                );
            }
        }

        return new ConfusionMatrix(read, classes);
    }

    private static Dictionary<(int, int), int> Count(IReadOnlyList<int> predicted, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(labels);
        return predicted.Count == labels.Count
            ? labels.Zip(predicted).GroupBy(pair => pair).ToDictionary(pair => pair.Key, pair => pair.Count())
            : throw new ArgumentException(
                $"{predicted.Count} predictions for {labels.Count} images.",
                nameof(predicted)
            );
    }
}

/// <summary>One kind of mistake.</summary>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The predicted class.</param>
/// <param name="Images">How many images.</param>
/// <param name="Share">Their share of the class's images, 0 to 1.</param>
public sealed record Confusion(int Label, int Predicted, int Images, double Share);
