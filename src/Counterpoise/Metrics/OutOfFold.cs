using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data;
using CsvHelper;
using CsvHelper.Configuration;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>What classifiers say of training images that they have not seen.</summary>
/// <param name="Classes">The class names.</param>
/// <param name="Images">The images.</param>
internal sealed record OutOfFold(IReadOnlyList<string> Classes, IReadOnlyList<OutOfFoldImage> Images)
{
    private const int ColumnsBefore = 4;

    /// <summary>Takes the softmax of logits.</summary>
    /// <param name="logits">[N, classes], of all training images; those that no fold has are left out.</param>
    /// <param name="folds">The folds.</param>
    /// <param name="images">The training images.</param>
    /// <param name="groups">The group of each; null for none.</param>
    internal static OutOfFold Of(Tensor logits, TrainingFolds folds, IImageSource images, IReadOnlyList<int>? groups)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int classes = images.Classes.Count;
        float[] all = nn.functional.softmax(logits, 1).to(ScalarType.Float32).data<float>().ToArray();
        return new OutOfFold(
            images.Classes,
            [
                .. folds.Predicted.Select(image => new OutOfFoldImage(
                    image,
                    images.Labels[image],
                    groups?[image],
                    folds[image],
                    all.AsSpan(image * classes, classes).ToArray()
                )),
            ]
        );
    }

    /// <summary>What classifiers say whose logits are shifted by class sizes, of each fold by the sizes without it.</summary>
    /// <param name="counts">The number of training images of every class.</param>
    /// <param name="shift">What is added to each logit, by the number of training images of every class.</param>
    internal OutOfFold Shifted(IReadOnlyList<int> counts, Func<IReadOnlyList<int>, double[]> shift)
    {
        var shifts = Images
            .GroupBy(image => image.Fold)
            .ToDictionary(
                fold => fold.Key,
                fold =>
                {
                    int[] held = ClassCounts.Of([.. fold.Select(image => image.Label)], counts.Count);
                    return shift([.. counts.Select((count, c) => count - held[c])]);
                }
            );
        return this with
        {
            Images =
            [
                .. Images.Select(image =>
                    image with
                    {
                        Probabilities = Shifted(image.Probabilities, shifts[image.Fold]),
                    }
                ),
            ],
        };
    }

    private static float[] Shifted(float[] probabilities, double[] shift)
    {
        double[] factors = [.. probabilities.Select((p, c) => p * Math.Exp(shift[c]))];
        double total = factors.Sum();
        return [.. factors.Select(factor => (float)(factor / total))];
    }

    /// <summary>How many are classified correctly.</summary>
    /// <param name="trainingCounts">The number of training images of every class.</param>
    internal ClassificationMetrics Metrics(IReadOnlyList<int> trainingCounts) =>
        ClassificationMetrics.Of(
            [.. Images.Select(image => image.Predicted)],
            [.. Images.Select(image => image.Label)],
            trainingCounts
        );

    /// <summary>A line an image: its position in the training set, its class, its group if it has one, its fold, and the probability of every class.</summary>
    internal string Csv()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
        {
            Array.ForEach(["image", "class", "group", "fold", .. Classes], csv.WriteField);
            csv.NextRecord();
            foreach (OutOfFoldImage image in Images)
            {
                csv.WriteField(image.Position);
                csv.WriteField(Classes[image.Label]);
                csv.WriteField(image.Group);
                csv.WriteField(image.Fold);
                Array.ForEach(image.Probabilities, csv.WriteField);
                csv.NextRecord();
            }
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Csv"/> wrote.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="CounterpoiseException">It cannot be read, or is damaged.</exception>
    internal static OutOfFold Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
            csv.Read();
            csv.ReadHeader();
            string[] classes = csv.HeaderRecord![ColumnsBefore..];
            var labels = classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
            List<OutOfFoldImage> images = [];
            while (csv.Read())
            {
                images.Add(
                    new OutOfFoldImage(
                        csv.GetField<int>(0),
                        labels[csv.GetField(1)!],
                        csv.GetField<int?>(2),
                        csv.GetField<int>(3),
                        [.. classes.Index().Select(name => csv.GetField<float>(ColumnsBefore + name.Index))]
                    )
                );
            }

            return new OutOfFold(classes, images);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(file, failure);
        }
        catch (Exception fault) when (fault is CsvHelperException or KeyNotFoundException)
        {
            throw new CounterpoiseException($"{file} is damaged; remove its run folder, then train anew.", fault);
        }
    }
}

/// <summary>What a classifier says of an image that it has not seen.</summary>
/// <param name="Position">Where it is in the training set, as it is without anything held out.</param>
/// <param name="Label">Its class.</param>
/// <param name="Group">Its group, whose images are in one fold; null for none.</param>
/// <param name="Fold">Its fold.</param>
/// <param name="Probabilities">The probability of every class.</param>
internal sealed record OutOfFoldImage(int Position, int Label, int? Group, int Fold, float[] Probabilities)
{
    /// <summary>The class of the largest probability, the first of equal ones.</summary>
    internal int Predicted => Array.IndexOf(Probabilities, Probabilities.Max());

    /// <summary>Whether that is its class.</summary>
    internal bool IsRight => Predicted == Label;
}
