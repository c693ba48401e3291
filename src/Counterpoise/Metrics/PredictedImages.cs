using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data;
using CsvHelper;
using CsvHelper.Configuration;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>What a classifier says of labelled images that it has not seen: test images, held-out ones, or those of each fold by a classifier without it.</summary>
/// <param name="Classes">The class names.</param>
/// <param name="Images">The images.</param>
internal sealed record PredictedImages(IReadOnlyList<string> Classes, IReadOnlyList<PredictedImage> Images)
{
    private const int ColumnsBefore = 4;
    private const int MostInMemory = 1 << 24;
    internal const int MostInFile = 1 << 22;

    /// <summary>Whether probabilities of so many images and classes are kept in memory: for 2^24 numbers, whose metrics take a few seconds.</summary>
    internal static bool Fit(int images, int classes) => (long)images * classes <= MostInMemory;

    /// <summary>Whether they are few enough for a file: 2^22 numbers, some 45 MB.</summary>
    internal bool FitFile => (long)Images.Count * Classes.Count <= MostInFile;

    /// <summary>Takes the softmax of logits of training images.</summary>
    /// <param name="logits">[N, classes], of all training images; those that no fold has are left out.</param>
    /// <param name="folds">The folds.</param>
    /// <param name="images">The training images.</param>
    /// <param name="groups">The group of each; null for none.</param>
    internal static PredictedImages Of(
        Tensor logits,
        TrainingFolds folds,
        IImageSource images,
        IReadOnlyList<int>? groups
    )
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int classes = images.Classes.Count;
        float[] all = nn.functional.softmax(logits, 1).to(ScalarType.Float32).data<float>().ToArray();
        return new PredictedImages(
            images.Classes,
            [
                .. folds.Predicted.Select(image => new PredictedImage(
                    image,
                    images.Labels[image],
                    groups?[image],
                    folds[image],
                    all.AsSpan(image * classes, classes).ToArray()
                )),
            ]
        );
    }

    /// <summary>What one classifier says of images in order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="probabilities">[N, classes].</param>
    /// <param name="groups">The group of each; null for none.</param>
    internal static PredictedImages Of(
        IImageSource images,
        IReadOnlyList<float[]> probabilities,
        IReadOnlyList<int>? groups = null
    ) =>
        new(
            images.Classes,
            [
                .. probabilities.Select(
                    (row, image) => new PredictedImage(image, images.Labels[image], groups?[image], Fold: null, row)
                ),
            ]
        );

    /// <summary>The same of images that are a part of the training images.</summary>
    /// <param name="part">Which part; null for none.</param>
    internal PredictedImages From(HeldOutPart? part) =>
        part is null
            ? this
            : this with
            {
                Images =
                [
                    .. Images.Select(
                        (image, i) =>
                            image with
                            {
                                Position = part.Positions[i],
                                Group = part.Groups?[i],
                                Fold = part.Fold,
                            }
                    ),
                ],
            };

    /// <summary>What classifiers say whose logits are shifted by class sizes, of each fold by the sizes without it.</summary>
    /// <param name="counts">The number of training images of every class.</param>
    /// <param name="shift">What is added to each logit, by the number of training images of every class.</param>
    internal PredictedImages Shifted(IReadOnlyList<int> counts, Func<IReadOnlyList<int>, double[]> shift)
    {
        var shifts = Images
            .GroupBy(image => image.Fold ?? 0)
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
                        Probabilities = Shifted(image.Probabilities, shifts[image.Fold ?? 0]),
                    }
                ),
            ],
        };
    }

    /// <summary>What a classifier says whose logits are shifted.</summary>
    /// <param name="shift">What is added to each logit.</param>
    internal PredictedImages Shifted(double[] shift) =>
        this with
        {
            Images = [.. Images.Select(image => image with { Probabilities = Shifted(image.Probabilities, shift) })],
        };

    private static float[] Shifted(float[] probabilities, double[] shift)
    {
        double[] factors = [.. probabilities.Select((p, c) => p * Math.Exp(shift[c]))];
        double total = factors.Sum();

        // Where only classes that cannot occur have a probability, it says nothing of the others.
        return total > 0 ? [.. factors.Select(factor => (float)(factor / total))] : probabilities;
    }

    /// <summary>How good it is.</summary>
    /// <param name="trainingCounts">The number of training images of every class.</param>
    internal ClassificationMetrics Metrics(IReadOnlyList<int> trainingCounts) =>
        ClassificationMetrics.Of(Predicted, Labels, trainingCounts) with
        {
            Scores = ScoreMetrics.Of(this),
        };

    /// <summary>The classes, one an image.</summary>
    internal int[] Labels => [.. Images.Select(image => image.Label)];

    /// <summary>The predicted classes, one an image.</summary>
    internal int[] Predicted => [.. Images.Select(image => image.Predicted)];

    /// <summary>The groups, one an image, where every image has one; else null.</summary>
    internal int[]? Groups =>
        Images.All(image => image.Group is not null) ? [.. Images.Select(image => image.Group!.Value)] : null;

    /// <summary>The images by their probability of a class.</summary>
    internal Ranking Ranking(int label) =>
        new(Images.Select(image => image.Probabilities[label]), image => Images[image].Label == label);

    /// <summary>A line an image: its position in its part, its class, its group and its fold if it has one, and the probability of every class.</summary>
    internal string Csv()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
        {
            Array.ForEach(["image", "class", "group", "fold", .. Classes], csv.WriteField);
            csv.NextRecord();
            foreach (PredictedImage image in Images)
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
    internal static PredictedImages Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
            csv.Read();
            csv.ReadHeader();
            string[] classes = csv.HeaderRecord![ColumnsBefore..];
            var labels = classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
            List<PredictedImage> images = [];
            while (csv.Read())
            {
                images.Add(
                    new PredictedImage(
                        csv.GetField<int>(0),
                        labels[csv.GetField(1)!],
                        csv.GetField<int?>(2),
                        csv.GetField<int?>(3),
                        [.. classes.Index().Select(name => csv.GetField<float>(ColumnsBefore + name.Index))]
                    )
                );
            }

            return new PredictedImages(classes, images);
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
/// <param name="Position">Where it is in its part; a training image in the training set as it is without anything held out.</param>
/// <param name="Label">Its class.</param>
/// <param name="Group">Its group, whose images are in one fold; null for none.</param>
/// <param name="Fold">Its fold; null where nothing is divided into folds.</param>
/// <param name="Probabilities">The probability of every class.</param>
internal sealed record PredictedImage(int Position, int Label, int? Group, int? Fold, float[] Probabilities)
{
    /// <summary>The class of the largest probability, the first of equal ones.</summary>
    internal int Predicted => Array.IndexOf(Probabilities, Probabilities.Max());

    /// <summary>Whether that is its class.</summary>
    internal bool IsRight => Predicted == Label;
}
