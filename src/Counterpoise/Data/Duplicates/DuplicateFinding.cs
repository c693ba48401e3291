using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Duplicates;

/// <summary>Where two images that are the same stand to each other, the worst first.</summary>
internal enum DuplicateKind
{
    /// <summary>In two parts: what is tested on is trained on.</summary>
    AcrossParts,

    /// <summary>In two classes: one of the labels is wrong.</summary>
    AcrossClasses,

    /// <summary>In one class of one part: it counts twice.</summary>
    WithinClass,
}

/// <summary>An image among others, as duplicates are looked for.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Label">Its class.</param>
/// <param name="Part">Its part.</param>
internal readonly record struct PartFile(string Path, int Label, Part Part);

/// <summary>Images that are the same in one way.</summary>
/// <param name="Kind">Where they stand to each other.</param>
/// <param name="Count">How many images stand so to an earlier one.</param>
/// <param name="Pairs">Those images with an earlier one, in order: the first <see cref="LeftOut.MostNamed"/>.</param>
internal sealed record DuplicateFinding(
    DuplicateKind Kind,
    int Count,
    IReadOnlyList<(string First, string Second)> Pairs
);
