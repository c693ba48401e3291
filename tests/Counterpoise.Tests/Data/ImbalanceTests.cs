using Counterpoise.Basics;
using Counterpoise.Data;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class ImbalanceTests
{
    private static readonly string[] Ten = [.. Enumerable.Range(0, 10).Select(c => $"class {c}")];

    [Fact]
    public void Long_tailed_counts_of_CIFAR10_at_rho_100_are_those_of_the_paper() =>
        Assert.Equal(
            [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50],
            new Imbalance(ImbalanceKind.LongTailed, 100).Counts(5000, 10)
        );

    [Theory]
    [InlineData(ImbalanceKind.LongTailed, 10, 5000, 10, 20431)]
    [InlineData(ImbalanceKind.LongTailed, 50, 5000, 10, 13996)]
    [InlineData(ImbalanceKind.LongTailed, 100, 5000, 10, 12406)]
    [InlineData(ImbalanceKind.LongTailed, 200, 5000, 10, 11203)]
    [InlineData(ImbalanceKind.LongTailed, 500, 5000, 10, 10011)]
    [InlineData(ImbalanceKind.LongTailed, 1000, 5000, 10, 9324)]
    [InlineData(ImbalanceKind.LongTailed, 100, 500, 100, 10847)]
    [InlineData(ImbalanceKind.Step, 100, 5000, 10, 25250)]
    [InlineData(ImbalanceKind.Natural, 1, 5000, 10, 50000)]
    public void Totals_are_those_of_the_paper(ImbalanceKind kind, double rho, int largest, int classes, int total) =>
        Assert.Equal(total, new Imbalance(kind, rho).Counts(largest, classes).Sum());

    [Fact]
    public void The_smallest_class_has_one_in_rho_of_the_largest_whenever_that_is_whole() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 1000], Gen.Int[2, 200])
            .Sample(
                (smallest, rho, classes) =>
                    new Imbalance(ImbalanceKind.LongTailed, rho).Counts(smallest * rho, classes)[^1] == smallest
                    && new Imbalance(ImbalanceKind.Step, rho).Counts(smallest * rho, classes)[^1] == smallest
            );

    [Fact]
    public void Step_keeps_the_first_half_of_the_classes_rounded_down() =>
        Assert.Equal([40, 40, 4, 4, 4], new Imbalance(ImbalanceKind.Step, 10).Counts(40, 5));

    [Fact]
    public void Select_keeps_the_counts_in_ascending_order_and_depends_on_the_seed_alone()
    {
        int[] labels = [.. Enumerable.Range(0, 2000).Select(i => i % 10)];
        Imbalance imbalance = new(ImbalanceKind.LongTailed, 20);
        int[] kept = imbalance.Select(labels, Ten, 0);
        Assert.Equal(kept.Order().Distinct(), kept);
        Assert.Equal(
            imbalance.Counts(200, 10),
            ClassPositions.Of([.. kept.Select(i => labels[i])], 10).Select(c => c.Length)
        );
        Assert.Equal(kept, imbalance.Select(labels, Ten, 0));
        Assert.NotEqual(kept, imbalance.Select(labels, Ten, 1));
        Assert.Subset(kept.ToHashSet(), new Imbalance(ImbalanceKind.LongTailed, 50).Select(labels, Ten, 0).ToHashSet());
    }

    [Fact]
    public void The_largest_class_is_as_large_as_every_class_allows()
    {
        int[] sizes = [100, 20, 30];
        int[] labels = [.. sizes.SelectMany((size, c) => Enumerable.Repeat(c, size))];
        int[] kept = new Imbalance(ImbalanceKind.LongTailed, 9).Select(labels, ["a", "b", "c"], 0);
        // 62/3 is 20.7: the second class has just enough. 63 would need 21 of its 20 images.
        Assert.Equal([62, 20, 6], ClassPositions.Of([.. kept.Select(i => labels[i])], 3).Select(c => c.Length));
    }

    [Fact]
    public void Natural_keeps_everything_even_a_class_without_images() =>
        Assert.Equal([0, 1, 2], Imbalance.Natural.Select([0, 0, 2], ["a", "b", "c"], 5));

    [Theory]
    [InlineData(ImbalanceKind.LongTailed)]
    [InlineData(ImbalanceKind.Step)]
    public void A_class_that_would_be_empty_is_refused_with_the_largest_rho_that_works(ImbalanceKind kind)
    {
        int[] labels = [.. Enumerable.Range(0, 300).Select(i => i % 10)];
        UsageException error = Assert.Throws<UsageException>(() => new Imbalance(kind, 100).Select(labels, Ten, 0));
        Assert.Contains("at rho 100; the largest rho that works here is 30.", error.Message, StringComparison.Ordinal);
        string named = kind == ImbalanceKind.Step ? "Class 'class 5'" : "Class 'class 7'";
        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
        int[] kept = new Imbalance(kind, 30).Select(labels, Ten, 0);
        Assert.Single(kept, i => labels[i] == 9);
        Assert.Throws<UsageException>(() => new Imbalance(kind, 31).Select(labels, Ten, 0));
    }

    [Fact]
    public void A_class_without_any_image_is_named()
    {
        UsageException error = Assert.Throws<UsageException>(() =>
            new Imbalance(ImbalanceKind.Step, 2).Select([0, 0, 0], ["a", "b"], 0)
        );
        Assert.Contains("a class without images", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rho_that_is_no_number_of_at_least_1_is_refused(double rho) =>
        Assert.Throws<UsageException>(() => new Imbalance(ImbalanceKind.LongTailed, rho).Counts(10, 2));
}
