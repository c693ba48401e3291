using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Listings;

/// <summary>Which image files belong to which class and part, before any is opened.</summary>
/// <param name="Classes">The class names; those of folders are in ordinal order.</param>
/// <param name="Train">The training files, class by class, in ordinal order.</param>
/// <param name="Test">The test files, class by class, in ordinal order.</param>
/// <param name="Notes">How the test part was made, classes without test images.</param>
internal sealed record ImageListing(
    IReadOnlyList<string> Classes,
    IReadOnlyList<ImageFile> Train,
    IReadOnlyList<ImageFile> Test,
    IReadOnlyList<string> Notes
)
{
    /// <summary>The files of the validation part beside a test part; null where there is none.</summary>
    public IReadOnlyList<ImageFile>? Validation { get; init; }

    /// <summary>What is there and not used.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>What the listing was made of, for the user.</summary>
    public string Form { get; init; } = "a folder of images";

    /// <summary>Whether it is a published data set whose size of images is a matter of its protocol.</summary>
    public bool HasProtocol { get; init; }

    /// <summary>The folder that identities name files from.</summary>
    public string? ImageRoot { get; init; }

    /// <summary>The files to train on, to test on and, where there are such, to validate on.</summary>
    public IReadOnlyList<IReadOnlyList<ImageFile>> Parts =>
        Validation is null ? [Train, Test] : [Train, Test, Validation];

    /// <summary>All files with their parts, in the same order.</summary>
    internal PartFile[] PartFiles =>
        [
            .. Train.Select(file => new PartFile(file.Path, file.Label, Part.Train)),
            .. Test.Select(file => new PartFile(file.Path, file.Label, Part.Test)),
            .. (Validation ?? []).Select(file => new PartFile(file.Path, file.Label, Part.Validation)),
        ];

    /// <summary>All files, part after part.</summary>
    public IEnumerable<ImageFile> All => Parts.SelectMany(files => files);

    /// <summary>Says groups that are in more than one part, as can be where parts are given.</summary>
    internal IReadOnlyList<string> SharedGroups(string data)
    {
        string[] shared =
        [
            .. Parts
                .SelectMany((files, part) => files.Select(file => (file.Group, Part: part)))
                .Where(file => file.Group is not null)
                .Distinct()
                .CountBy(file => file.Group!)
                .Where(group => group.Value > 1)
                .Select(group => group.Key),
        ];
        return shared.Length == 0
            ? []
            :
            [
                $"{data}: {shared.Length} groups are in more than one part, such as '{shared[0]}': accuracy on them says little.",
            ];
    }

    /// <summary>How many images of which part there are, in words.</summary>
    public string Counts => CountsOf(Classes.Count, Train.Count, Test.Count, Validation?.Count);

    /// <summary>How many images of which part there are, in words.</summary>
    internal static string CountsOf(int classes, int train, int test, int? validation) =>
        validation is null
            ? $"{classes} classes, {train} training and {test} test images"
            : $"{classes} classes, {train} training, {validation} validation and {test} test images";
}
