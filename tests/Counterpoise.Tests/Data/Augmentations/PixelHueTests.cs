using Counterpoise.Data.Augmentations;
using CsCheck;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class PixelHueTests
{
    private const int Steps = 256;

    [Theory]
    [InlineData(0.0, new byte[] { 255, 0, 0 }, new byte[] { 255, 0, 0 })]
    [InlineData(0.5, new byte[] { 255, 0, 0 }, new byte[] { 0, 255, 252 })] // Step 127 of 255.
    [InlineData(-0.5, new byte[] { 255, 0, 0 }, new byte[] { 0, 246, 255 })] // Step 129, as they are counted modulo 256.
    [InlineData(0.3, new byte[] { 77, 77, 77 }, new byte[] { 77, 77, 77 })]
    [InlineData(0.3, new byte[] { 0, 0, 0 }, new byte[] { 0, 0, 0 })]
    public void Small_cases_come_out_as_by_hand(double share, byte[] before, byte[] after)
    {
        PixelHue.Turn(before, share);
        Assert.Equal(after, before);
    }

    /// <summary>
    /// Where a hue or a saturation is a whole step in exact numbers, float may lie just below it; so the step below is
    /// allowed there, and a gray level may be rounded the other way.
    /// </summary>
    [Fact]
    public void Every_colour_turns_as_by_exact_fractions() =>
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, Gen.Double[-0.5, 0.5])
            .Sample(
                (red, green, blue, share) =>
                {
                    byte[] image = [red, green, blue];
                    PixelHue.Turn(image, share);
                    Assert.Contains(
                        Slow([red, green, blue], (int)Math.Truncate(255 * share)),
                        slow => slow.Zip(image).All(pair => Math.Abs(pair.First - pair.Second) <= 0.51)
                    );
                },
                iter: 20_000
            );

    private static IEnumerable<double[]> Slow(int[] colour, int turn)
    {
        (int highest, int lowest) = (colour.Max(), colour.Min());
        int range = highest - lowest;
        if (range == 0)
        {
            return
            [
                [highest, highest, highest],
            ];
        }

        // The hue in sixths of the circle, times the range: a whole number.
        int first = Array.IndexOf(colour, highest);
        int sixths = (2 * first * range) + colour[(first + 1) % 3] - colour[(first + 2) % 3];
        sixths = (sixths + (6 * range)) % (6 * range);
        return from hue in Cut(255 * sixths, 6 * range)
            from saturation in Cut(255 * range, highest)
            select Join((hue + turn + Steps) % Steps, saturation, highest);
    }

    private static int[] Cut(int numerator, int denominator) =>
        numerator % denominator == 0 && numerator > 0
            ? [numerator / denominator, (numerator / denominator) - 1]
            : [numerator / denominator];

    private static double[] Join(int hue, int saturation, int value)
    {
        // Each channel falls from its own sixths of the circle to both sides.
        double place = hue * 6 / 255.0;
        return
        [
            .. new[] { 0, 2, 4 }.Select(own =>
            {
                double away = Math.Abs(place - own);
                away = Math.Min(away, 6 - away);
                return value * (1 - (saturation / 255.0 * Math.Clamp(away - 1, 0, 1)));
            }),
        ];
    }
}
