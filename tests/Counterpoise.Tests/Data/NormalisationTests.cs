using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class NormalisationTests
{
    [Fact]
    public void Means_and_deviations_are_those_of_all_pixels()
    {
        using InMemoryImages images = TestImages.Random(700, 4, 6);
        Normalisation normalisation = Normalisation.Of(images);
        for (int channel = 0; channel < 3; channel++)
        {
            List<double> values = [];
            for (int i = 0; i < 700 * 24; i++)
            {
                values.Add(TestImages.Pixel(i / 24, channel, i % 24 / 6, i % 6) / 255.0);
            }

            double mean = values.Average();
            Assert.Equal(mean, normalisation.Mean[channel], 1e-6);
            Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), normalisation.Std[channel], 1e-6);
        }
    }

    [Fact]
    public void A_constant_channel_does_not_divide_by_zero()
    {
        using InMemoryImages images = TestImages.Of([.. Enumerable.Repeat((byte)51, 12)], 1, 2, 2);
        Assert.Equal(new Normalisation([0.2f, 0.2f, 0.2f], [1 / 255f, 1 / 255f, 1 / 255f]), Normalisation.Of(images));
    }

    [Fact]
    public void An_empty_set_is_refused()
    {
        using InMemoryImages images = TestImages.Of([], 0, 2, 2);
        Assert.Throws<ArgumentException>(() => Normalisation.Of(images));
    }
}
