using Counterpoise.Basics;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class RandAugmentTests
{
    private const int Images = 50_000;
    private const int Kinds = 14;

    /// <summary>13 degrees of freedom: the statistic is above 34.5 once in a thousand.</summary>
    [Fact]
    public void Operations_are_equally_frequent_the_second_one_too()
    {
        Assert.Equal(Kinds, RandAugment.Operations.Distinct().Count());
        for (int skipped = 0; skipped < 2; skipped++)
        {
            int[] kinds =
            [
                .. Drawn(9, skipped).Select(change => RandAugment.Operations.ToList().IndexOf(change?.Operation)),
            ];
            int[] counts = ChiSquare.Count(kinds, Kinds);
            Assert.InRange(ChiSquare.Of(counts, [.. counts.Select(_ => 1.0 / Kinds)]), 0, 34.5);
        }
    }

    [Fact]
    public void All_are_as_strong_as_asked_and_in_either_direction()
    {
        double[] shears =
        [
            .. Drawn(10, 0)
                .OfType<PixelChange>()
                .Where(c => c.Operation == PixelOperation.ShearX)
                .Select(c => c.Magnitude),
        ];
        Assert.All(shears, shear => Assert.Equal(0.1, Math.Abs(shear), 1e-12));
        Assert.InRange(shears.Count(shear => shear < 0) / (double)shears.Length, 0.45, 0.55);
        Assert.Equal(170, RandAugment.At(PixelOperation.Solarize, 10, false).Magnitude);
        Assert.Equal(5, RandAugment.At(PixelOperation.Posterize, 20, false).Magnitude);
        Assert.Equal(PixelChange.At(PixelOperation.Rotate, 9, true), RandAugment.At(PixelOperation.Rotate, 30, true));
    }

    [Fact]
    public void Operations_follow_each_other()
    {
        var size = new PixelSize(6, 5);
        for (int place = 0; place < 500; place++)
        {
            byte[] image = [.. Enumerable.Range(0, 90).Select(i => TestImages.Pixel(place, 0, i, 0))];
            byte[] expected = [.. image];
            DrawStream stream = new Draws(3).At(DrawPurpose.RandAugment, 2, place);
            for (int i = 0; i < 3; i++)
            {
                RandAugment.Draw(12, ref stream)?.Apply(expected, size);
            }

            RandAugment.Apply(image, size, 3, 12, new Draws(3).At(DrawPurpose.RandAugment, 2, place));
            Assert.Equal(expected, image);
        }
    }

    private static IEnumerable<PixelChange?> Drawn(int magnitude, int skipped) =>
        Enumerable
            .Range(0, Images)
            .Select(place =>
            {
                DrawStream stream = new Draws(3).At(DrawPurpose.RandAugment, 2, place);
                for (int i = 0; i < skipped; i++)
                {
                    _ = RandAugment.Draw(magnitude, ref stream);
                }

                return RandAugment.Draw(magnitude, ref stream);
            });
}
