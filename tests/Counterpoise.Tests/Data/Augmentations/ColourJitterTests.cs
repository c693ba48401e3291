using Counterpoise.Basics;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using CsCheck;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class ColourJitterTests
{
    private const int Images = 24_000;

    private static readonly PixelChange[][] Drawn =
    [
        .. Enumerable
            .Range(0, Images)
            .Select(place =>
            {
                var changes = new PixelChange[ColourJitter.Changes];
                ColourJitter.Draw(0.4, 0.1, new Draws(3).At(DrawPurpose.ColourJitter, 2, place), changes);
                return changes;
            }),
    ];

    /// <summary>23 degrees of freedom: the statistic is above 49.7 once in a thousand.</summary>
    [Fact]
    public void All_orders_are_equally_frequent()
    {
        string[] orders = [.. Drawn.Select(changes => string.Join(' ', changes.Select(change => change.Operation)))];
        string[] different = [.. orders.Distinct()];
        Assert.Equal(24, different.Length);
        int[] counts = [.. different.Select(order => orders.Count(other => other == order))];
        Assert.InRange(ChiSquare.Of(counts, [.. counts.Select(_ => 1.0 / counts.Length)]), 0, 49.7);
    }

    [Theory]
    [InlineData(PixelOperation.Brightness, 0.4)]
    [InlineData(PixelOperation.Contrast, 0.4)]
    [InlineData(PixelOperation.Color, 0.4)]
    [InlineData(PixelOperation.Hue, 0.1)]
    public void Each_is_uniform_in_its_range(object operation, double strength)
    {
        double[] drawn =
        [
            .. Drawn.Select(changes =>
                changes.Single(change => change.Operation == (PixelOperation)operation).Magnitude
            ),
        ];
        Assert.All(drawn, magnitude => Assert.InRange(magnitude, -strength, strength));
        int[] counts = ChiSquare.Count(drawn.Select(m => Math.Min(9, (int)((m + strength) / strength * 5))), 10);
        Assert.InRange(ChiSquare.Of(counts, [.. counts.Select(_ => 0.1)]), 0, 27.9);
    }

    [Fact]
    public void Factors_are_not_negative_however_strong()
    {
        var changes = new PixelChange[ColourJitter.Changes];
        for (int place = 0; place < 1000; place++)
        {
            ColourJitter.Draw(1.5, 0, new Draws(3).At(DrawPurpose.ColourJitter, 2, place), changes);
            Assert.All(changes, change => Assert.InRange(change.Magnitude, -1, 1.5));
        }
    }

    [Fact]
    public void The_changes_follow_each_other_in_the_order_that_was_drawn() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 0.5], Gen.ULong)
            .Sample(
                (strength, hue, key) =>
                {
                    var size = new PixelSize(5, 4);
                    byte[] image =
                    [
                        .. Enumerable.Range(0, 60).Select(i => TestImages.Pixel((int)(key % 1000), 0, i, 0)),
                    ];
                    byte[] expected = [.. image];
                    var changes = new PixelChange[ColourJitter.Changes];
                    ColourJitter.Draw(strength, hue, new DrawStream(key), changes);
                    foreach (PixelChange change in changes.Where(change => change.Magnitude != 0))
                    {
                        change.Apply(expected, size);
                    }

                    ColourJitter.Apply(image, size, strength, hue, new DrawStream(key));
                    Assert.Equal(expected, image);
                }
            );

    [Fact]
    public void An_image_is_changed_without_allocating()
    {
        byte[] image = new byte[3 * 32 * 32];
        var size = new PixelSize(32, 32);
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            for (int place = 0; place < 100; place++)
            {
                ColourJitter.Apply(image, size, 0.4, 0.1, new Draws(1).At(DrawPurpose.ColourJitter, 0, place));
            }
        }
    }
}
