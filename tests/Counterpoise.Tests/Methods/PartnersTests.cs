using Counterpoise.Basics;
using Counterpoise.Methods;
using CsCheck;

namespace Counterpoise.Tests.Methods;

public sealed class PartnersTests
{
    private const int Draws = 20_000;
    private static readonly int[] Labels = [3, 0, 0, 3, 0, 7, 0, 3];

    private static readonly Gen<(PartnerChoice Choice, int[] Labels, ulong Seed)> Any = Gen.Select(
        Gen.Enum<PartnerChoice>(),
        Gen.Int[0, 6].Array[1, 40],
        Gen.ULong
    );

    [Fact]
    public void Every_example_has_a_partner_in_the_batch_and_the_same_draws_give_the_same() =>
        Any.Sample(x =>
        {
            int[] partners = Draw(x.Choice, x.Labels, x.Seed);
            return partners.Length == x.Labels.Length
                && partners.All(partner => partner >= 0 && partner < x.Labels.Length)
                && partners.SequenceEqual(Draw(x.Choice, x.Labels, x.Seed));
        });

    [Fact]
    public void Any_is_a_permutation() =>
        Any.Sample(x =>
            Draw(PartnerChoice.Any, x.Labels, x.Seed).SequenceEqual(new DrawStream(x.Seed).Permutation(x.Labels.Length))
        );

    [Fact]
    public void A_partner_of_another_class_is_one_wherever_there_is_another() =>
        Any.Sample(x =>
        {
            int[] partners = Draw(PartnerChoice.OtherClass, x.Labels, x.Seed);
            return x.Labels.Distinct().Count() == 1
                ? partners.SequenceEqual(Enumerable.Range(0, x.Labels.Length))
                : partners.Select((partner, n) => x.Labels[partner] != x.Labels[n]).All(other => other);
        });

    /// <summary>Held against the probabilities that the words of each choice give, written down one by one.</summary>
    [Theory]
    [InlineData(PartnerChoice.Any)]
    [InlineData(PartnerChoice.OtherClass)]
    [InlineData(PartnerChoice.Balanced)]
    public void Each_partner_comes_as_often_as_it_should(PartnerChoice choice)
    {
        int size = Labels.Length;
        int[,] seen = new int[size, size];
        for (int draw = 0; draw < Draws; draw++)
        {
            int[] partners = Draw(choice, Labels, (ulong)draw);
            for (int n = 0; n < size; n++)
            {
                seen[n, partners[n]]++;
            }
        }

        for (int n = 0; n < size; n++)
        {
            for (int partner = 0; partner < size; partner++)
            {
                double expected = Draws * Probability(choice, n, partner);
                Assert.InRange(
                    seen[n, partner],
                    expected - (6 * Math.Sqrt(expected)),
                    expected + (6 * Math.Sqrt(expected))
                );
            }
        }
    }

    private static double Probability(PartnerChoice choice, int n, int partner)
    {
        int OfClass(int label) => Labels.Count(other => other == label);
        return choice switch
        {
            PartnerChoice.Any => 1.0 / Labels.Length,
            PartnerChoice.OtherClass => Labels[n] == Labels[partner] ? 0 : 1.0 / (Labels.Length - OfClass(Labels[n])),
            _ => 1.0 / Labels.Distinct().Count() / OfClass(Labels[partner]),
        };
    }

    private static int[] Draw(PartnerChoice choice, int[] labels, ulong seed)
    {
        var draws = new DrawStream(seed);
        return Partners.Draw(choice, labels, ref draws);
    }
}
