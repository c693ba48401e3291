namespace Counterpoise.Metrics;

/// <summary>An image whose label a classifier doubts that has not seen it.</summary>
/// <param name="Image">What is said of it.</param>
/// <param name="Likelier">The class that it seems to be of.</param>
/// <param name="Margin">By how much that class's probability is larger than its own, 0 to 1.</param>
internal sealed record LabelDoubt(PredictedImage Image, int Likelier, double Margin)
{
    /// <summary>
    /// Finds them by confident learning (Northcutt, Jiang and Chuang, JAIR 2021): a class is likely for an image where its
    /// probability is at least what images labelled so have on average; a label is doubted where another class is likely,
    /// the likeliest of several, and more probable than the label.
    /// </summary>
    /// <remarks>The averages make classes alike that the classifier is less sure of, such as small ones.</remarks>
    /// <param name="said">What a classifier says of images that it has not seen.</param>
    /// <returns>Those with the largest margin first.</returns>
    internal static IReadOnlyList<LabelDoubt> Of(PredictedImages said)
    {
        int classes = said.Classes.Count;
        double[] usual =
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c =>
                    said.Images.Where(image => image.Label == c)
                        .Select(image => (double)image.Probabilities[c])
                        .DefaultIfEmpty(double.PositiveInfinity)
                        .Average()
                ),
        ];
        return
        [
            .. said
                .Images.Select(image =>
                {
                    int likelier = Enumerable
                        .Range(0, classes)
                        .Where(c => image.Probabilities[c] >= usual[c])
                        .OrderByDescending(c => image.Probabilities[c])
                        .FirstOrDefault(image.Label);
                    return new LabelDoubt(
                        image,
                        likelier,
                        image.Probabilities[likelier] - image.Probabilities[image.Label]
                    );
                })
                .Where(doubt => doubt.Likelier != doubt.Image.Label && doubt.Margin > 0)
                .OrderByDescending(doubt => doubt.Margin)
                .ThenBy(doubt => doubt.Image.Position),
        ];
    }
}
