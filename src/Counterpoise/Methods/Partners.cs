using Counterpoise.Basics;

namespace Counterpoise.Methods;

/// <summary>Draws the mixing partner of each example of a mini-batch.</summary>
internal static class Partners
{
    /// <param name="choice">Whom an example may be mixed with.</param>
    /// <param name="labels">The N labels, each the index of a class.</param>
    /// <param name="draws">The mini-batch's draws.</param>
    /// <returns>[N]; the index in the batch of each example's partner.</returns>
    internal static int[] Draw(PartnerChoice choice, ReadOnlySpan<int> labels, ref DrawStream draws)
    {
        if (choice == PartnerChoice.Any)
        {
            return draws.Permutation(labels.Length);
        }

        // The batch in the order of its classes: those of class c lie in places first[c] to first[c + 1] - 1.
        int[] sorted = [.. Enumerable.Range(0, labels.Length)];
        int[] keys = labels.ToArray();
        Array.Sort(keys, sorted);
        int[] first = [.. Enumerable.Range(0, keys.Length).Where(i => i == 0 || keys[i] != keys[i - 1]), keys.Length];
        int[] partners = new int[labels.Length];
        for (int n = 0; n < partners.Length; n++)
        {
            int place =
                choice == PartnerChoice.OtherClass
                    ? InAnotherClass(Array.BinarySearch(keys, labels[n]), first, ref draws)
                    : InAnyClass(first, ref draws);
            partners[n] = place < 0 ? n : sorted[place];
        }

        return partners;
    }

    /// <summary>A place outside the class that has <paramref name="own"/>; -1 where there is none.</summary>
    private static int InAnotherClass(int own, int[] first, ref DrawStream draws)
    {
        int found = Array.BinarySearch(first, own);
        int block = found >= 0 ? found : ~found - 1;
        (int start, int end) = (first[block], first[block + 1]);
        int others = first[^1] - (end - start);
        if (others == 0)
        {
            return -1;
        }

        int place = draws.NextInt(others);
        return place < start ? place : place + end - start;
    }

    private static int InAnyClass(int[] first, ref DrawStream draws)
    {
        int block = draws.NextInt(first.Length - 1);
        return first[block] + draws.NextInt(first[block + 1] - first[block]);
    }
}
