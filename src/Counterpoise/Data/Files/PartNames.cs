using System.Text.RegularExpressions;

namespace Counterpoise.Data.Files;

/// <summary>How people name the parts of a data set: folders, files, columns' values. The one list of such names.</summary>
internal static partial class PartNames
{
    // Whole words; "set", "images" and other words may stand beside them, and the two may be one: trainset, testdata.
    private static readonly (Part Part, string[] Words)[] Words =
    [
        (Part.Train, ["train", "training", "trn"]),
        (Part.Validation, ["val", "valid", "validation", "validate", "dev", "development"]),
        (Part.Test, ["test", "testing", "tst", "eval", "evaluation", "holdout", "heldout"]),
    ];

    private static readonly string[] Companions = ["set", "data", "images", "image", "imgs", "img", "split", "part"];

    /// <summary>
    /// The part that a name says: <c>Training</c>, <c>test_set</c>, <c>seg_train</c>, <c>val2017</c>. Null where it says
    /// none or two, as <c>train_val</c> does.
    /// </summary>
    /// <param name="name">A name of a folder, of a file without its ending, or of a value, in any case.</param>
    internal static Part? Of(string name)
    {
        Part[] said = [.. Word().Matches(name).Select(word => OfWord(word.Value)).OfType<Part>().Distinct()];
        return said.Length == 1 ? said[0] : null;
    }

    /// <summary>Whether a name says that it is about no single part, as <c>train_unlabeled</c> and <c>trainval</c> do.</summary>
    /// <param name="name">As in <see cref="Of"/>.</param>
    /// <returns>The words of the name that are neither a part's nor usual companions of one; none for a plain name.</returns>
    internal static IReadOnlyList<string> OtherWords(string name) =>
        [
            .. Word()
                .Matches(name)
                .Select(word => word.Value.ToLowerInvariant())
                .Where(word => OfWord(word) is null && !Companions.Contains(word)),
        ];

    private static Part? OfWord(string word)
    {
        string lower = word.ToLowerInvariant();
        foreach ((Part part, string[] names) in Words)
        {
            if (names.Any(name => lower == name || Companions.Any(companion => lower == name + companion)))
            {
                return part;
            }
        }

        return null;
    }

    // "TrainSet" and "train2017" are words, too: a capital after a small letter and a digit begin another one.
    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|[\p{L}-[\p{Lu}\p{Ll}]]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
