namespace Counterpoise;

/// <summary>Finds the known name that a mistyped one was probably meant to be.</summary>
public static class Nearest
{
    /// <summary>The known name with the smallest edit distance to <paramref name="name"/>, if any is near.</summary>
    /// <returns>A name at most a third of its length away (at least 2 edits are allowed), or null.</returns>
    public static string? To(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        (string Name, int Distance)? best = known
            .Select(candidate => (candidate, Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Select(pair => ((string Name, int Distance)?)pair)
            .MinBy(pair => pair!.Value.Distance);
        return best is { } found && found.Distance <= Math.Max(2, found.Name.Length / 3) ? found.Name : null;
    }

    /// <summary>" Did you mean x?", or the whole list where nothing is near.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> known) =>
        To(name, known) is { } near ? $"did you mean '{near}'?" : $"known are: {string.Join(", ", known)}.";

    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
