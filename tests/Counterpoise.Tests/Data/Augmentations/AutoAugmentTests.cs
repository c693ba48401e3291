using Counterpoise.Basics;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class AutoAugmentTests
{
    private const int Images = 50_000;

    private static readonly AutoAugmentDraw[] Draws =
    [
        .. Enumerable
            .Range(0, Images)
            .Select(place => AutoAugment.Draw(new Draws(3).At(DrawPurpose.AutoAugment, 2, place))),
    ];

    /// <summary>24 degrees of freedom: the statistic is above 51.2 once in a thousand.</summary>
    [Fact]
    public void Sub_policies_are_equally_frequent()
    {
        int[] counts = ChiSquare.Count(Draws.Select(draw => draw.SubPolicy), AutoAugment.Cifar.Count);
        Assert.InRange(ChiSquare.Of(counts, [.. counts.Select(_ => 1.0 / counts.Length)]), 0, 51.2);
    }

    [Fact]
    public void Operations_are_done_as_often_as_the_policy_says()
    {
        for (int i = 0; i < AutoAugment.Cifar.Count; i++)
        {
            AutoAugmentDraw[] drawn = [.. Draws.Where(draw => draw.SubPolicy == i)];
            (PolicyStep first, PolicyStep second) = AutoAugment.Cifar[i];
            AssertShare(first, [.. drawn.Select(draw => draw.First)]);
            AssertShare(second, [.. drawn.Select(draw => draw.Second)]);
        }
    }

    [Fact]
    public void Both_directions_are_equally_frequent()
    {
        double[] shears =
        [
            .. Draws
                .Where(draw => draw.SubPolicy == 3 && draw.First is not null)
                .Select(draw => draw.First!.Value.Magnitude),
        ];
        Assert.Equal([-0.3 * 8 / 9, 0.3 * 8 / 9], shears.Distinct().Order(), Near);
        Assert.InRange(shears.Count(shear => shear < 0) / (double)shears.Length, 0.4, 0.6);
    }

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
            for (int place = 0; place < 1000; place++)
            {
                AutoAugment.Apply(image, size, new Draws(1).At(DrawPurpose.AutoAugment, 0, place));
            }
        }
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-12;

    /// <summary>Within four standard errors.</summary>
    private static void AssertShare(PolicyStep step, PixelChange?[] drawn)
    {
        double share = drawn.Count(change => change is not null) / (double)drawn.Length;
        double error = Math.Sqrt(step.Probability * (1 - step.Probability) / drawn.Length);
        Assert.InRange(share, step.Probability - (4 * error), step.Probability + (4 * error));
        Assert.All(drawn.OfType<PixelChange>(), change => Assert.Equal(step.Operation, change.Operation));
    }
}
