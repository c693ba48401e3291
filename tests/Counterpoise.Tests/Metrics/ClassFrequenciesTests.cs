using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class ClassFrequenciesTests
{
    private static readonly PredictedImages Said = RandomPredictions.Make(300, seed: 6);

    [Fact]
    public void Values_are_those_of_images_in_such_numbers()
    {
        // Images of each class are repeated until the classes are as frequent as q.
        int[] times = [1, 2, 3, 4, 5, 0, 6];
        int[] repeated =
        [
            .. Enumerable.Range(0, 300).SelectMany(i => Enumerable.Repeat(i, times[Said.Images[i].Label])),
        ];
        int[] labels = [.. repeated.Select(i => Said.Images[i].Label)];
        int[] predicted = [.. repeated.Select(i => Said.Images[i].Predicted)];
        double[] q = ClassFrequencies.Shares([
            .. Enumerable.Range(0, RandomPredictions.Classes).Select(c => (double)labels.Count(label => label == c)),
        ]);
        var confusion = new ConfusionMatrix(Said.Predicted, Said.Labels, RandomPredictions.Classes);

        IReadOnlyList<PredictiveValues> values = ClassFrequencies.Values(confusion, q);

        Assert.Equal(
            100.0 * labels.Zip(predicted).Count(pair => pair.First == pair.Second) / labels.Length,
            ClassFrequencies.Accuracy(Said, q),
            1e-9
        );
        for (int c = 0; c < RandomPredictions.Classes; c++)
        {
            AssertShare(values[c].Positive, Count(c, true, true), Count(c, false, true));
            AssertShare(values[c].Negative, Count(c, false, false), Count(c, true, false));
            AssertShare(values[c].Specificity, Count(c, false, false), Count(c, false, true));
        }

        int Count(int c, bool isOfIt, bool isPredicted) =>
            labels.Zip(predicted).Count(pair => pair.First == c == isOfIt && pair.Second == c == isPredicted);

        static void AssertShare(double? found, int part, int rest)
        {
            Assert.Equal(part + rest == 0, found is null);
            Assert.Equal(part + rest == 0 ? 0 : 100.0 * part / (part + rest), found ?? 0, 1e-9);
        }
    }

    [Fact]
    public void Tails_fall_from_the_largest_class_to_the_smallest_and_back()
    {
        (double Ratio, double[] Of)[] tails = [.. ClassFrequencies.Tails([10, 1000, 100])];

        Assert.Equal([50, 25, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.04, 0.02], tails.Select(tail => tail.Ratio));
        foreach ((double ratio, double[] of) in tails)
        {
            Assert.Equal(1, of.Sum(), 1e-12);
            Assert.Equal(ratio, of[1] / of[0], 1e-9);
            Assert.Equal(Math.Sqrt(ratio), of[1] / of[2], 1e-9);
        }
    }

    [Fact]
    public void Moved_logits_are_those_of_the_other_frequencies()
    {
        double[] implied = ClassFrequencies.Shares([1, 2, 3, 4, 5, 6, 7]);
        double[] q = ClassFrequencies.Shares([7, 6, 5, 4, 3, 2, 1]);

        PredictedImages moved = ClassFrequencies.Moved(Said, implied, q);

        foreach ((PredictedImage before, PredictedImage after) in Said.Images.Zip(moved.Images))
        {
            double[] expected = [.. before.Probabilities.Select((p, c) => p * q[c] / implied[c])];
            Assert.Equal(expected[0] / expected.Sum(), after.Probabilities[0], 1e-6);
        }

        PredictedImages same = ClassFrequencies.Moved(Said, q, q);
        Assert.All(
            Said.Images.Zip(same.Images),
            pair => Assert.Equal(pair.First.Probabilities, pair.Second.Probabilities)
        );
    }
}
