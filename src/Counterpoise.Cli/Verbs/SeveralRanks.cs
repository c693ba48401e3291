using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary>What training verbs do where they run on several ranks: the first one writes and prints.</summary>
internal static class SeveralRanks
{
    /// <summary>A recipe that says how several ranks mix, so that any number of them can repeat it.</summary>
    internal static Recipe WithGroups(Recipe recipe, Ranks ranks) =>
        ranks.Count == 1 ? recipe : recipe with { Mixing = new() { Groups = recipe.Mixing.Groups ?? ranks.Count } };

    /// <summary>Refuses what one process does.</summary>
    internal static void RequireAlone(Ranks ranks, string what)
    {
        if (ranks.Count > 1)
        {
            throw new UsageException(
                $"{what} is for one process, but there are {ranks.Count} ranks; start it without mpirun."
            );
        }
    }
}
