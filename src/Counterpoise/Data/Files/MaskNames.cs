using System.Text.RegularExpressions;

namespace Counterpoise.Data.Files;

/// <summary>How people name masks, which lie beside the images that they are made of and are none themselves.</summary>
internal static partial class MaskNames
{
    private static readonly HashSet<string> Folders = new(StringComparer.OrdinalIgnoreCase)
    {
        "masks",
        "mask",
        "labels",
        "annotations",
        "annotation",
        "groundtruth",
        "ground_truth",
        "gt",
        "segmentation",
        "segmentations",
    };

    /// <summary>Whether a folder of this name holds masks or labels where one of images is beside it.</summary>
    internal static bool IsFolder(string name) => Folders.Contains(name);

    /// <summary>The name of the image that a file is a mask of by its own, both without endings: <c>cat</c> for <c>cat_mask</c>. Null where it is named like no mask.</summary>
    internal static string? MaskedBy(string stem) =>
        Ending().Match(stem) is { Success: true, Index: > 0 } found ? stem[..found.Index] : null;

    [GeneratedRegex(
        "[-_. ](?:mask|masks|seg|segmentation|gt|groundtruth|label|labels|annotation)$",
        RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex Ending();
}
