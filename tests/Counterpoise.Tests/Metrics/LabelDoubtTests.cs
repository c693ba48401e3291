using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class LabelDoubtTests
{
    [Fact]
    public void A_label_is_doubted_where_another_class_is_as_probable_as_for_its_own_images()
    {
        // Images of a have 0.8 of it on average, those of b 0.5: the classifier is less sure of b.
        PredictedImages said = new(
            ["a", "b"],
            [
                Image(0, 0, 0.9f),
                Image(1, 0, 0.95f),
                Image(2, 0, 0.55f), // Its own class is more probable.
                Image(3, 0, 0.45f), // Doubted: b has 0.55, and images of b have less on average.
                Image(4, 1, 0.3f),
                Image(5, 1, 0.35f),
                Image(6, 1, 0.6f), // a is more probable, but less than for images of a.
                Image(7, 1, 0.98f), // Doubted most.
            ]
        );

        IReadOnlyList<LabelDoubt> doubts = LabelDoubt.Of(said);

        Assert.Equal([7, 3], doubts.Select(doubt => doubt.Image.Position));
        Assert.Equal([0, 1], doubts.Select(doubt => doubt.Likelier));
        Assert.Equal(0.96, doubts[0].Margin, 1e-6);
        Assert.Equal(0.1, doubts[1].Margin, 1e-6);

        static PredictedImage Image(int position, int label, float a) =>
            new(position, label, Group: null, Fold: 0, [a, 1 - a]);
    }

    [Fact]
    public void Labels_that_were_changed_are_doubted_and_no_others()
    {
        var random = new Random(1);
        HashSet<int> changed = [.. Enumerable.Range(0, 20).Select(i => i * 37)];
        PredictedImages said = new(
            ["a", "b", "c"],
            [
                .. Enumerable
                    .Range(0, 1000)
                    .Select(i =>
                    {
                        int truth = i % 3;
                        double[] p =
                        [
                            .. Enumerable.Range(0, 3).Select(c => (c == truth ? 6 : 1) + random.NextDouble()),
                        ];
                        return new PredictedImage(
                            i,
                            changed.Contains(i) ? (truth + 1) % 3 : truth,
                            null,
                            0,
                            [.. p.Select(one => (float)(one / p.Sum()))]
                        );
                    }),
            ]
        );

        int[] doubted = [.. LabelDoubt.Of(said).Select(doubt => doubt.Image.Position)];
        Assert.Subset(changed, doubted.ToHashSet());
        Assert.InRange(doubted.Length, 8, 20); // Some are less probable of their class than the average is.
    }
}
