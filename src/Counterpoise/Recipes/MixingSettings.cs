using Counterpoise.Basics;

namespace Counterpoise.Recipes;

/// <summary>The part of a recipe that says among which images of a mini-batch mixing partners are drawn.</summary>
internal sealed record MixingSettings
{
    /// <summary>How many parts a mini-batch has; partners are drawn within each. Null is one for each rank.</summary>
    /// <value>a whole number, 1 or more, or null for auto; null unless set</value>
    [Setting("Parts of a mini-batch within which mixing partners are drawn; auto is one for each rank", Min = 1)]
    public int? Groups { get; init; }
}
