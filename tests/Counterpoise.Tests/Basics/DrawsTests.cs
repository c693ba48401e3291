using Counterpoise.Basics;

namespace Counterpoise.Tests.Basics;

public class DrawsTests
{
    [Fact]
    public void A_draw_depends_on_its_key_alone()
    {
        var draws = new Draws(7);
        ulong wanted = draws.At(DrawPurpose.Order, 3, 11).NextBits();
        _ = draws.At(DrawPurpose.Order, 2, 11).NextBits();
        Assert.Equal(wanted, draws.At(DrawPurpose.Order, 3, 11).NextBits());
        Assert.NotEqual(wanted, draws.At(DrawPurpose.Order, 3, 12).NextBits());
        Assert.NotEqual(wanted, draws.At(DrawPurpose.Order, 4, 11).NextBits());
        Assert.NotEqual(wanted, draws.At(DrawPurpose.Partner, 3, 11).NextBits());
        Assert.NotEqual(wanted, new Draws(8).At(DrawPurpose.Order, 3, 11).NextBits());
    }

    [Fact]
    public void Draws_never_change_between_versions()
    {
        // Golden value: a change here would silently change what every recorded run means.
        Assert.Equal(GoldenBits, new Draws(0).At(DrawPurpose.Order).NextBits());
    }

    [Fact]
    public void Integers_are_uniform()
    {
        const int bound = 7;
        const int count = 70_000;
        int[] seen = new int[bound];
        for (int i = 0; i < count; i++)
        {
            seen[new Draws(1).At(DrawPurpose.Augmentation, 0, i).NextInt(bound)]++;
        }

        double chiSquare = seen.Sum(n => Math.Pow(n - (count / bound), 2) / (count / bound));
        Assert.True(chiSquare < 22.5, $"chi-square {chiSquare:F1} with 6 degrees of freedom (0.1 % level: 22.46)");
    }

    [Fact]
    public void Normals_have_mean_0_and_variance_1()
    {
        DrawStream stream = new Draws(2).At(DrawPurpose.Initialisation);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(_ => stream.NextNormal())];
        Assert.InRange(values.Average(), -0.02, 0.02);
        Assert.InRange(values.Select(v => v * v).Average(), 0.97, 1.03);
    }

    [Fact]
    public void A_permutation_holds_every_index_once()
    {
        int[] order = new Draws(3).At(DrawPurpose.Order, 1).Permutation(1000);
        Assert.Equal(Enumerable.Range(0, 1000), order.Order());
        Assert.NotEqual(Enumerable.Range(0, 1000), order);
    }

    private const ulong GoldenBits = 1656900390038628943;
}
