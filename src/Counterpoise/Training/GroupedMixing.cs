using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Runtime;

namespace Counterpoise.Training;

/// <summary>Lets a mixer decide within each group of a mini-batch, so that one rank draws what several would.</summary>
internal static class GroupedMixing
{
    /// <summary>The decisions of all groups as one.</summary>
    /// <param name="mixer">Draws and decides.</param>
    /// <param name="context">Where training stands; it says how many groups the labels are.</param>
    /// <param name="labels">The labels.</param>
    internal static Mixing? Mix(IMixer mixer, in StepContext context, int[] labels)
    {
        if (context.MixingGroups == 1)
        {
            return mixer.Mix(context, labels);
        }

        List<Mixing> decided = [];
        List<int> partners = [];
        for (int group = 0; group < context.MixingGroups; group++)
        {
            int first = Ranks.Start(labels.Length, context.MixingGroups, group);
            int next = Ranks.Start(labels.Length, context.MixingGroups, group + 1);
            if (mixer.Mix(context.From(first), labels.AsSpan(first..next)) is not { } mixing)
            {
                return null; // What a mixer does at all depends on the epoch, not on the examples.
            }

            decided.Add(mixing);
            partners.AddRange(mixing.Partner.Select(partner => first + partner));
        }

        return new Mixing(
            decided[0].After,
            partners,
            [.. decided.SelectMany(mixing => mixing.FeatureWeight)],
            decided[0].LabelWeight is null ? null : [.. decided.SelectMany(mixing => mixing.LabelWeight!)]
        );
    }
}
