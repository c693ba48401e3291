using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Listings;

/// <summary>Which images are of one object, such as a patient, and so must not be on both sides of a split.</summary>
internal sealed class ImageGroups
{
    private readonly Regex? pattern;
    private readonly string group;
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private int alone;
    private string? firstAlone;

    private ImageGroups(string group, Regex? pattern)
    {
        this.group = group;
        this.pattern = pattern;
    }

    /// <summary>The groups that the user names; null for none.</summary>
    /// <param name="listing">The options.</param>
    /// <param name="isColumn">Whether a list has a column of that name.</param>
    /// <exception cref="UsageException">It is no column and no regular expression.</exception>
    internal static ImageGroups? Of(ListingOptions listing, bool isColumn = false)
    {
        if (listing.Group is not { } group)
        {
            return null;
        }

        try
        {
            return new ImageGroups(
                group,
                isColumn ? null : new Regex(group, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
            );
        }
        catch (ArgumentException failure)
        {
            throw new UsageException(
                $"{Named("group")} '{group}' is no column of the list and no regular expression ({failure.Message}); give one, such as 'patient(\\d+)'."
            );
        }
    }

    /// <summary>The group of an image: what a column says, or what the pattern finds in its path; one that has none is a group by itself.</summary>
    /// <param name="path">The image's path below the data, with slashes.</param>
    /// <param name="column">What the column says; null where there is none.</param>
    internal string NameOf(string path, string? column = null)
    {
        string? name = column;
        if (pattern is not null && Match(path) is { Success: true } match)
        {
            name = match.Groups.Values.Skip(1).FirstOrDefault(part => part.Success)?.Value ?? match.Value;
        }

        if (string.IsNullOrEmpty(name))
        {
            alone++;
            firstAlone ??= path;
            return $"\0{path}";
        }

        if (!names.TryGetValue(name, out string? kept))
        {
            names[name] = kept = name;
        }

        return kept;
    }

    private Match Match(string path)
    {
        try
        {
            return pattern!.Match(path);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new UsageException(
                $"{Named("group")} '{group}' takes longer than a second on {path}; give a simpler pattern."
            );
        }
    }

    /// <summary>What the user must be told.</summary>
    /// <param name="data">The data set.</param>
    /// <exception cref="UsageException">No image has a group.</exception>
    internal IReadOnlyList<string> Notes(string data) =>
        names.Count == 0
            ? throw new UsageException(
                $"{data}: {Named("group")} '{group}' is no column, and as a pattern it fits no path, such as {firstAlone}; give one that does, such as 'patient(\\d+)'."
            )
            :
            [
                $"{data}: {names.Count} groups by '{group}' are kept together in every split{(alone > 0 ? $"; {alone} images have no group, such as {firstAlone}, and are one each" : "")}.",
            ];

    /// <summary>The groups of files as numbers from 0; null where files have none.</summary>
    internal static int[]? Numbers(IEnumerable<ImageFile> files)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        List<int> found = [];
        foreach (ImageFile file in files)
        {
            if (file.Group is null)
            {
                return null;
            }

            numbers.TryAdd(file.Group, numbers.Count);
            found.Add(numbers[file.Group]);
        }

        return [.. found];
    }
}
